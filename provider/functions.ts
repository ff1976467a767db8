import * as pulumi from "@pulumi/pulumi";
import { checkArguments, checkNames } from "./check";
import { deployment } from "./deployment";
import { explain, failure } from "./errors";
import { refuseFailures } from "./programInputs";
import { runError } from "./runError";

export interface GetUserProfileArgs {
  /** The ARN of the IAM user, as in `CodeStarUserProfileArgs`. */
  userArn: string;
  /** The AWS region to look in; `aws:region`, then the AWS SDK's own chain when left out. */
  region?: string | undefined;
}

export interface GetUserProfileOutputArgs {
  userArn: pulumi.Input<string>;
  region?: pulumi.Input<string | undefined>;
}

export interface GetUserProfileResult {
  readonly id: string;
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  /** `""` when the profile has no key. */
  readonly sshPublicKey: string;
  readonly region: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly createdTimestamp: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly lastModifiedTimestamp: string;
}

export interface ListUserProfilesArgs {
  region?: string | undefined;
}

export interface ListUserProfilesOutputArgs {
  region?: pulumi.Input<string | undefined>;
}

/** A profile as the list gives it: without times. */
export interface UserProfileSummary {
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  /** `""` when the profile has no key. */
  readonly sshPublicKey: string;
}

export interface ListUserProfilesResult {
  readonly region: string;
  /** Every profile of the account in the region, in the service's order. */
  readonly userProfiles: UserProfileSummary[];
}

/**
 * Reads one live profile, whether this stack manages it or not.
 * @throws pulumi.RunError when an argument is wrong, there is no such profile, or the service does not answer.
 */
export async function getUserProfile(args: GetUserProfileArgs): Promise<GetUserProfileResult> {
  refuseFailures("getUserProfile", checkArguments("getUserProfile", args));
  const here = deployment();
  try {
    const service = await here.connection(args.region);
    const live = await service.describe(args.userArn);
    if (live === undefined) throw new Error(`there is no such profile in ${service.region}`);
    const { createdTimestamp = "", lastModifiedTimestamp = "" } = live;
    return {
      id: live.userArn,
      ...live,
      region: service.region,
      createdTimestamp,
      lastModifiedTimestamp,
    };
  } catch (error) {
    throw runError(failure("reading", args.userArn, error, here.settings).message);
  }
}

/** `getUserProfile` for arguments that are outputs; runs once they are known. */
export function getUserProfileOutput(
  args: GetUserProfileOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetUserProfileResult> {
  refuseFailures("getUserProfileOutput", checkNames("getUserProfile", args));
  return after(args, opts).apply(getUserProfile);
}

/**
 * Lists every live profile of the account in a region.
 * @throws pulumi.RunError when an argument is wrong, or the service does not answer.
 */
export async function listUserProfiles(
  args: ListUserProfilesArgs = {},
): Promise<ListUserProfilesResult> {
  refuseFailures("listUserProfiles", checkArguments("listUserProfiles", args));
  const here = deployment();
  try {
    const service = await here.connection(args.region);
    const userProfiles = (await service.list()).map((live) => ({
      userArn: live.userArn,
      displayName: live.displayName,
      emailAddress: live.emailAddress,
      sshPublicKey: live.sshPublicKey,
    }));
    return { region: service.region, userProfiles };
  } catch (error) {
    throw runError(`listing CodeStar user profiles: ${explain(error, here.settings)}`);
  }
}

/** `listUserProfiles` for arguments that are outputs; runs once they are known. */
export function listUserProfilesOutput(
  args: ListUserProfilesOutputArgs = {},
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ListUserProfilesResult> {
  refuseFailures("listUserProfilesOutput", checkNames("listUserProfiles", args));
  return after(args, opts).apply(listUserProfiles);
}

/** The arguments, once they and all that the call depends on are there. */
function after<T extends object>(
  args: T,
  opts: pulumi.InvokeOutputOptions | undefined,
): pulumi.Output<pulumi.Unwrap<T>> {
  return pulumi.all([args, dependencies(opts)]).apply(([known]) => known) as pulumi.Output<
    pulumi.Unwrap<T>
  >;
}

/** The ids of the resources in `dependsOn`; unknown at preview while one of them is to be created. */
function dependencies(opts: pulumi.InvokeOutputOptions | undefined): pulumi.Output<unknown> {
  const dependsOn = pulumi.output(opts?.dependsOn) as pulumi.Output<unknown>;
  return dependsOn.apply((resources) =>
    pulumi.all(
      [resources].flat().flatMap((r) => (pulumi.CustomResource.isInstance(r) ? [r.id] : [])),
    ),
  );
}
