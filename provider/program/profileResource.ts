import * as pulumi from "@pulumi/pulumi";
import { argumentsOf, checkNames } from "../../profile/check";
import { eachField } from "../../profile/fields";
import { dynamicTypes } from "../lifecycle/tokens";
import { claimProfile } from "./claims";
import { deployment } from "./deployment";
import { beginLeanTraces } from "./leanTraces";
import { foldIgnoreChanges, previewMark, refuseFailures, secretFields } from "./programInputs";
import { tellSingle } from "./programKnowledge";
import { lackedSettings } from "./providerSettings";
import {
  finishedLast,
  hiddenMark,
  refuseLacked,
  refuseOptions,
  withoutWildcard,
} from "./resourceOptions";

/**
 * The whole of what state keeps of the provider, twice per resource. The host, the type token and
 * this line are the contract with every state file there is: none of them may ever change.
 */
const providerText = 'exports.handler = () => require("pulumi-codestar/provider")';
const resourceType = dynamicTypes.UserProfile;

/** What ignoring everything ignores: not `ignoreDrift`, which tells the provider so. */
const ignorable = argumentsOf("CodeStarUserProfile").filter((name) => name !== "ignoreDrift");

/**
 * A profile as a program declares it. A field that is left out is not managed, compared or sent.
 */
export interface CodeStarUserProfileArgs {
  /**
   * The ARN of the IAM user, `arn:aws:iam::<12 digits>:user/<name>`, 32 to 95 characters (API
   * reference). Another ARN is another profile: the resource is replaced.
   */
  userArn: pulumi.Input<string>;
  /**
   * 1 to 64 characters without white space at either end (API reference). Needed to
   * create a profile; later it may be left out, which leaves the live value as it is,
   * for the API cannot clear it.
   */
  displayName?: pulumi.Input<string | undefined>;
  /**
   * 3 to 128 characters, `name@host` (API reference). Needed to create a
   * profile, as `displayName` is.
   */
  emailAddress?: pulumi.Input<string | undefined>;
  /**
   * One or several OpenSSH public keys, a line each; at most 16384 characters (API reference).
   * Private keys are refused, and so are DSA keys and RSA keys under 2048 bits unless
   * `codestar:allowWeakKeys` is `true`. A key that was declared and is left out later is revoked.
   */
  sshPublicKey?: pulumi.Input<string | undefined>;
  /**
   * The AWS region that holds the profile; `aws:region`, then the AWS SDK's own chain when left
   * out. Another region is another profile: the resource is replaced.
   */
  region?: pulumi.Input<string | undefined>;
  /** Take over a profile that exists already and differs, instead of failing. */
  adopt?: pulumi.Input<boolean | undefined>;
  /**
   * Fields, of `displayName`, `emailAddress` and `sshPublicKey`, that are written when the profile
   * is created or the program changes them, and whose live value is left alone otherwise. The
   * resource option `ignoreChanges` naming a field does the same.
   */
  ignoreDrift?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}

/**
 * One AWS CodeStar user profile. `pulumi preview` compares it with the live profile and shows each
 * field that drifted as an input named `_drift`; `pulumi up` repairs just those fields.
 *
 * @example
 * const ada = new CodeStarUserProfile("ada", {
 *   userArn: "arn:aws:iam::123456789012:user/ada",
 *   displayName: "Ada Lovelace",
 *   emailAddress: "ada@example.com",
 * });
 */
export class CodeStarUserProfile extends pulumi.CustomResource {
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
   * @throws pulumi.RunError when an argument is misnamed, when the stack's `codestar:` settings are
   * wrong, and when another resource of the stack declares the same profile.
   */
  constructor(name: string, args: CodeStarUserProfileArgs, opts?: pulumi.CustomResourceOptions) {
    const of = `CodeStarUserProfile "${name}"`;
    refuseFailures(of, checkNames("CodeStarUserProfile", args));
    const finish = (given: CodeStarUserProfileArgs, options: pulumi.CustomResourceOptions) => {
      refuseOptions(of, options);
      const final = withoutWildcard(options, ignorable);
      const claimant = { name, type: resourceType, opts: final };
      refuseLacked(of, lackedSettings(claimant, given.region, deployment()));
      const secret = secretFields(given, final.additionalSecretOutputs);
      const inputs = {
        // Each has to be named for its output to exist.
        ...eachField(() => undefined),
        region: undefined,
        adopt: undefined,
        createdTimestamp: undefined,
        lastModifiedTimestamp: undefined,
        ...given,
        userArn: claimProfile(claimant, given),
        ignoreDrift: foldIgnoreChanges(given.ignoreDrift, final.ignoreChanges),
        ...(secret && { secretFields: secret }),
        __program: tellSingle(claimant, given.userArn),
        ...hiddenMark(final),
        ...previewMark(),
        __provider: providerText,
      };
      return { props: inputs, opts: final };
    };
    const endLeanTraces = beginLeanTraces();
    try {
      super(resourceType, name, args, finishedLast(opts, finish));
    } finally {
      endLeanTraces();
    }
  }
}
