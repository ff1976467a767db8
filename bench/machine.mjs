import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import { delimiter } from "node:path";
import { run } from "../running/children.mjs";
import { obtainPulumi } from "../running/pulumiCli.mjs";

/**
 * @typedef {object} Machine In general terms: nothing that tells which one it is.
 * @property {number} cores
 * @property {number} memoryGigabytes
 * @property {string} system
 * @property {string} node
 * @property {string} pulumiCli
 * @property {string} pulumiSdk
 */

/** @returns {Promise<Machine>} */
export async function describeMachine() {
  const { directory, env } = await obtainPulumi();
  const { stdout } = await run("pulumi", ["version"], {
    env: { ...process.env, ...env, PATH: `${directory}${delimiter}${process.env.PATH}` },
  });
  const manifest = createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json");
  return {
    cores: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    node: process.versions.node,
    pulumiCli: stdout.trim().replace(/^v/, ""),
    pulumiSdk: JSON.parse(readFileSync(manifest, "utf8")).version,
  };
}
