import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Declared, Program } from "./program";

/*
 * A program as its engineers would write it. The real engine runs this file too, compiled, in a
 * project of its own: it loads nothing but the SDK.
 */

type Index = typeof import("../../../provider");

export interface Surroundings {
  /** What a provider instance of its own gets for settings. */
  readonly config: Readonly<Record<string, string>>;
  readonly rosterFolder: string;
  /** Settles when what comes late is there. */
  readonly later: () => Promise<void>;
}

export const userType = "pulumi-nodejs:dynamic/test:User";
const userProvider =
  "exports.handler = () => ({ create: async ({ made }) => ({ id: made, outs: { made, arn: made } }) })";

/** An IAM user, whose ARN is not known before it is made. */
class User extends pulumi.CustomResource {
  declare readonly arn: pulumi.Output<string>;
  constructor(name: string, made: string) {
    super(userType, name, { made, arn: undefined, __provider: userProvider });
  }
}

/** A provider instance with settings of its own, and so a process of its own. */
class OwnProvider extends pulumi.ProviderResource {}

/** Declares the resources with the package's classes. */
export function declareProgram(
  codestar: Pick<Index, "CodeStarUserProfile" | "CodeStarRoster">,
  program: Program,
  { config, rosterFolder, later }: Surroundings,
): void {
  const made = new Map<string, pulumi.Resource>();
  let own: pulumi.ProviderResource | undefined;
  const optionsOf = ({ after, explicit }: Declared): pulumi.CustomResourceOptions => {
    const before = after === undefined ? undefined : made.get(after);
    if (explicit) own ??= new OwnProvider("pulumi-nodejs", "own", { ...config });
    return { ...(before && { dependsOn: [before] }), ...(explicit && own && { provider: own }) };
  };
  for (const declared of program) {
    const { name, region, adopt } = declared;
    const options = optionsOf(declared);
    const common = { region, ...(adopt && { adopt }) };
    if (declared.kind === "roster") {
      const { people, unmanaged, maxRemovals } = declared;
      const file = join(rosterFolder, `${name}.json`);
      writeFileSync(file, JSON.stringify({ people }));
      const args = {
        files: file,
        ...common,
        ...(unmanaged && { unmanaged }),
        ...(maxRemovals !== undefined && { maxRemovals }),
      };
      made.set(name, new codestar.CodeStarRoster(name, args, options));
      continue;
    }
    const { userArn: arn, arnComes, fields, ignores } = declared;
    const userArn =
      arnComes === "late"
        ? pulumi.output(later().then(() => arn))
        : arnComes === "made"
          ? new User(`user-${name}`, arn).arn
          : arn;
    const args = { userArn, ...fields, ...common };
    const ignoring = ignores && { ignoreChanges: [...ignores] };
    made.set(name, new codestar.CodeStarUserProfile(name, args, { ...options, ...ignoring }));
  }
}
