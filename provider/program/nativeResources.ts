import * as pulumi from "@pulumi/pulumi";
import { eachField } from "../../profile/fields";
import { dynamicTypes, tokens } from "../lifecycle/tokens";
import { beginLeanTraces } from "./leanTraces";
import type { CodeStarUserProfileArgs } from "./profileResource";
import type { CodeStarRosterArgs } from "./rosterResource";

/**
 * The same as `CodeStarUserProfileArgs`; the stack's region is `codestar:region`, since
 * `aws:region` does not reach a plugin.
 */
export type UserProfileArgs = CodeStarUserProfileArgs;

/** The same as `CodeStarRosterArgs`, with outputs, and with `files` as a list. */
export type RosterArgs = {
  [Name in keyof Omit<CodeStarRosterArgs, "files">]: pulumi.Input<CodeStarRosterArgs[Name]>;
} & { files: pulumi.Input<pulumi.Input<string>[]> };

/**
 * One AWS CodeStar user profile, in the native form: the plugin `pulumi-resource-codestar` has to
 * be found by the engine, as `plugins:` in `Pulumi.yaml` says where. `pulumi preview` shows drift
 * in the engine's own lines, and `pulumi import` works.
 *
 * @example
 * const ada = new UserProfile("ada", {
 *   userArn: "arn:aws:iam::123456789012:user/ada",
 *   displayName: "Ada Lovelace",
 *   emailAddress: "ada@example.com",
 * });
 */
export class UserProfile extends pulumi.CustomResource {
  declare readonly userArn: pulumi.Output<string>;
  declare readonly displayName: pulumi.Output<string | undefined>;
  declare readonly emailAddress: pulumi.Output<string | undefined>;
  declare readonly sshPublicKey: pulumi.Output<string | undefined>;
  declare readonly region: pulumi.Output<string>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  declare readonly ignoreDrift: pulumi.Output<string[] | undefined>;
  /** When the profile was created; ISO 8601, UTC, milliseconds. */
  declare readonly createdTimestamp: pulumi.Output<string>;
  /**
   * When the profile was last modified, as of this program's last write;
   * ISO 8601, UTC, milliseconds.
   */
  declare readonly lastModifiedTimestamp: pulumi.Output<string>;

  /**
   * A profile that exists and is not managed by this stack. The id is the ARN.
   *
   * @example
   * const { emailAddress } = UserProfile.get("ada", "arn:aws:iam::123456789012:user/ada");
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): UserProfile {
    // Of what is read by its id nothing is declared.
    return new UserProfile(name, {} as UserProfileArgs, { ...opts, id });
  }

  constructor(name: string, args: UserProfileArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = {
      // Each has to be named for its output to exist.
      userArn: undefined,
      ...eachField(() => undefined),
      region: undefined,
      adopt: undefined,
      ignoreDrift: undefined,
      createdTimestamp: undefined,
      lastModifiedTimestamp: undefined,
      ...(args as Partial<UserProfileArgs>),
    };
    const endLeanTraces = beginLeanTraces();
    try {
      super(tokens.UserProfile, name, inputs, knownAs(dynamicTypes.UserProfile, opts));
    } finally {
      endLeanTraces();
    }
  }
}

/**
 * All the profiles of a roster as one resource, in the native form. A preview tells in a
 * line who is added, changed, drifted, missing, removed or unmanaged. What is declared
 * is encrypted in the state.
 *
 * @example
 * new Roster("people", { files: ["rosters"], maxRemovals: 5 });
 */
export class Roster extends pulumi.CustomResource {
  declare readonly region: pulumi.Output<string>;
  /** By ARN what is declared; secret. */
  declare readonly people: pulumi.Output<
    Record<string, { displayName: string; emailAddress: string; sshPublicKey?: string }>
  >;

  constructor(name: string, args: RosterArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = { region: undefined, people: undefined, ...args };
    super(tokens.Roster, name, inputs, knownAs(dynamicTypes.Roster, opts));
  }
}

/** A resource of the dynamic form becomes one of this form, and nothing is written. */
function knownAs(type: string, opts: pulumi.CustomResourceOptions = {}) {
  return pulumi.mergeOptions(opts, { aliases: [{ type }] });
}
