import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Declaration, installPlugin as letBeFound, type Project } from "./pulumi";

export const nativeType = "codestar:index:UserProfile";
export const dynamicType = "pulumi-nodejs:dynamic/codestar:CodeStarUserProfile";

export const settings = { "codestar:region": "us-east-1" };

export const dynamicRoster = "pulumi-nodejs:dynamic/codestar:CodeStarRoster";

/** Prepares a project for the native form. */
export function installPlugin(project: Project): void {
  project.config(settings);
  letBeFound(project);
}

/** Declares just these profiles, in the native form. */
export function declareNative(project: Project, ...profiles: Declaration[]): void {
  project.program(`
    for (const [name, args, opts] of ${JSON.stringify(profiles)}) {
      const secret = Object.fromEntries((opts?.secrets ?? []).map((key) => [key, pulumi.secret(args[key])]));
      new pulumi.CustomResource("${nativeType}", name, { ...args, ...secret }, opts);
    }`);
}

/** Declares a roster of one file, in the native form. */
export function declareNativeRoster(
  project: Project,
  people: Readonly<Record<string, object>>,
  args: object = {},
  opts: object = {},
): void {
  const roster = { account: "123456789012", people };
  writeFileSync(join(project.folder, "people.json"), JSON.stringify(roster));
  const given = JSON.stringify({ files: ["people.json"], ...args });
  project.program(
    `new pulumi.CustomResource("codestar:index:Roster", "people", ${given}, ${JSON.stringify(opts)});`,
  );
}
