// The demonstration's stack: the project at the root, with everything that Pulumi
// keeps of it inside .demo.
import * as fs from "node:fs";
import { join, sep } from "node:path";
import { run } from "../../running/children.mjs";
import { cliEnvironment } from "../../running/pulumiCli.mjs";
import { repository } from "../../running/repository.mjs";

/** Ignored by git. */
export const folder = join(repository, ".demo");
export const stackName = "demo";
export const region = "us-east-1";
/** The store with the profiles, as the setting `codestar:endpoint` and the service take it. */
export const store = `file:${join(folder, "profiles.db")}`;

const projectName = "pulumi-codestar";
const stateFolder = join(folder, "state");
const temporary = join(folder, "tmp");
const settingsFile = join(folder, `Pulumi.${stackName}.yaml`);

/**
 * Commands that read or write a stack's settings, and would otherwise look for them
 * beside the root's Pulumi.yaml.
 */
const takesSettings = new Set([
  "preview",
  "pre",
  "up",
  "update",
  "refresh",
  "destroy",
  "down",
  "config",
]);

/**
 * @typedef {(args: readonly string[], options?: import("../../running/children.mjs").RunOptions) =>
 *   Promise<import("../../running/children.mjs").Outcome>} Pulumi
 */

/**
 * A function that runs Pulumi commands on the demonstration's stack.
 *
 * @param {import("../../running/pulumiCli.mjs").PulumiCli} cli
 * @returns {Pulumi}
 */
export function pulumiOnDemo(cli) {
  // Nothing of the user's own Pulumi and AWS set-up takes part.
  const own = Object.entries(process.env).filter(([name]) => !/^(PULUMI|AWS)_/i.test(name));
  const env = {
    ...cliEnvironment(cli, Object.fromEntries(own)),
    PULUMI_BACKEND_URL: `file://${stateFolder.split(sep).join("/")}`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_STACK: stackName,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    // The examples need no plugin besides those that come with the CLI.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    AWS_EC2_METADATA_DISABLED: "true",
    // An interrupted CLI leaves its pipes behind.
    TMPDIR: temporary,
    TMP: temporary,
    TEMP: temporary,
  };
  return (args, options = {}) => {
    const [command = ""] = args;
    const settings = takesSettings.has(command) ? ["--config-file", settingsFile] : [];
    return run("pulumi", [...args, ...settings], { cwd: repository, env, ...options });
  };
}

/**
 * Begins again with an empty stack and no profiles.
 *
 * @param {Pulumi} pulumi
 */
export async function createStack(pulumi) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  for (const path of [stateFolder, temporary]) fs.mkdirSync(path, { recursive: true });
  // A new stack's settings go beside the Pulumi.yaml of the working directory: with one of the same
  // name here, the root stays as it is.
  fs.writeFileSync(join(folder, "Pulumi.yaml"), `name: ${projectName}\nruntime: nodejs\n`);
  await succeed(["stack", "init", stackName], { cwd: folder });
  await succeed(["config", "set", "codestar:endpoint", store]);
  await succeed(["config", "set", "aws:region", region]);

  /**
   * @param {readonly string[]} args
   * @param {import("../../running/children.mjs").RunOptions} [options]
   */
  async function succeed(args, options) {
    const { code, stdout, stderr } = await pulumi([...args, "--non-interactive"], options);
    if (code !== 0)
      throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stdout}${stderr}`);
  }
}

/** Whether an earlier run has left a stack to look at. */
export function stackExists() {
  return fs.existsSync(settingsFile);
}
