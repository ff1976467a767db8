import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Declaration, Project } from "./pulumi";

const main = resolve(__dirname, "../../dist/provider/native/main.js");

export const nativeType = "codestar:index:UserProfile";
export const dynamicType = "pulumi-nodejs:dynamic/codestar:CodeStarUserProfile";

export const settings = { "codestar:region": "us-east-1" };

export const dynamicRoster = "pulumi-nodejs:dynamic/codestar:CodeStarRoster";

/** Lets the project find the plugin as `plugins:` in Pulumi.yaml does. */
export function installPlugin(project: Project): void {
  const { folder } = project;
  project.config(settings);
  mkdirSync(join(folder, "plugin"));
  const script = `#!/usr/bin/env node\nrequire(${JSON.stringify(main)});\n`;
  writeFileSync(join(folder, "plugin/pulumi-resource-codestar"), script, { mode: 0o755 });
  const plugins = "plugins:\n  providers:\n    - name: codestar\n      path: ./plugin\n";
  appendFileSync(join(folder, "Pulumi.yaml"), plugins);
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
