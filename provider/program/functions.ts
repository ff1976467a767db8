import * as pulumi from "@pulumi/pulumi";
import { checkArguments, checkNames } from "../../profile/check";
import { CodeStarError } from "../../profile/codeStarError";
import { profileName } from "../lifecycle/profile";
import { explain } from "../lifecycle/sentences";
import { tokens } from "../lifecycle/tokens";
import { deployment } from "./deployment";
import { refuseFailures } from "./programInputs";
import { runError } from "./runError";
import { afterResources } from "./waiting";

/** Which profile `getUserProfile` reads. */
export interface GetUserProfileArgs {
  /** The ARN of the IAM user, as in `CodeStarUserProfileArgs`. */
  userArn: string;
  /** The AWS region to look in; `aws:region`, then the AWS SDK's own chain when left out. */
  region?: string | undefined;
}

/** Which profile `getUserProfileOutput` reads; its values may be outputs of other resources. */
export interface GetUserProfileOutputArgs {
  userArn: pulumi.Input<string>;
  region?: pulumi.Input<string | undefined>;
}

/** A profile as it is live. Times are in ISO 8601, UTC, with milliseconds. */
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

/** Whose profiles `listUserProfiles` lists. */
export interface ListUserProfilesArgs {
  region?: string | undefined;
}

/** Whose profiles `listUserProfilesOutput` lists; its values may be outputs of other resources. */
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

/** What is live in the region. */
export interface ListUserProfilesResult {
  readonly region: string;
  /** Every profile of the account in the region, in the service's order. */
  readonly userProfiles: UserProfileSummary[];
}

/**
 * Reads one live profile, whether this stack manages it or not.
 * @throws pulumi.RunError when an argument is wrong, there is no such profile, or
 * the service does not answer.
 *
 * @example
 * const { emailAddress } = await getUserProfile({
 *   userArn: "arn:aws:iam::123456789012:user/ada",
 * });
 */
export async function getUserProfile(args: GetUserProfileArgs): Promise<GetUserProfileResult> {
  refuseFailures("getUserProfile", checkArguments("getUserProfile", args));
  if (isMocked()) return pulumi.runtime.invoke(tokens.getUserProfile, args);
  const here = deployment();
  try {
    const service = await here.connection(args.region);
    const live = await service.describe(args.userArn);
    if (live === undefined) {
      throw new CodeStarError(`there is no such profile in ${service.region}`);
    }
    const { createdTimestamp = "", lastModifiedTimestamp = "" } = live;
    return {
      id: live.userArn,
      ...live,
      region: service.region,
      createdTimestamp,
      lastModifiedTimestamp,
    };
  } catch (error) {
    throw runError(`reading ${profileName(args.userArn)}: ${explain(error, here.settings)}`);
  }
}

/**
 * `getUserProfile` for arguments that are outputs. Waits for the resources that they
 * and `dependsOn` name, the children of components included; unknown in a preview that
 * is to create one of them.
 *
 * @example
 * const ada = new CodeStarUserProfile("ada", { userArn: "arn:aws:iam::123456789012:user/ada" });
 * export const live = getUserProfileOutput({ userArn: ada.userArn });
 */
export function getUserProfileOutput(
  args: GetUserProfileOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetUserProfileResult> {
  refuseFailures("getUserProfileOutput", checkNames("getUserProfile", args));
  if (isMocked()) return pulumi.runtime.invokeOutput(tokens.getUserProfile, args, opts);
  return afterResources(args, opts?.dependsOn).apply(getUserProfile);
}

/**
 * Lists every live profile of the account in a region.
 * @throws pulumi.RunError when an argument is wrong, or the service does not answer.
 *
 * @example
 * const { userProfiles } = await listUserProfiles({ region: "us-east-1" });
 * export const count = userProfiles.length;
 */
export async function listUserProfiles(
  args: ListUserProfilesArgs = {},
): Promise<ListUserProfilesResult> {
  refuseFailures("listUserProfiles", checkArguments("listUserProfiles", args));
  if (isMocked()) return pulumi.runtime.invoke(tokens.listUserProfiles, args);
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

/**
 * `listUserProfiles` for arguments that are outputs; waits as `getUserProfileOutput` does.
 *
 * @example
 * const people = new CodeStarRoster("people", { files: "rosters" });
 * export const live = listUserProfilesOutput({ region: people.region });
 */
export function listUserProfilesOutput(
  args: ListUserProfilesOutputArgs = {},
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ListUserProfilesResult> {
  refuseFailures("listUserProfilesOutput", checkNames("listUserProfiles", args));
  if (isMocked()) return pulumi.runtime.invokeOutput(tokens.listUserProfiles, args, opts);
  return afterResources(args, opts?.dependsOn).apply(listUserProfiles);
}

/** Whether a unit test has put mocks in the engine's place, which is a gRPC client otherwise. */
function isMocked(): boolean {
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  return monitor !== undefined && !("getChannel" in monitor);
}
