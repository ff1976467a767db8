// The real Pulumi CLI for tests and the demonstration, on machines with and without one.
// Needs nothing but Node.js, so that it works before `npm ci`.

import { delimiter, join } from "node:path";
import { arch, platform } from "node:process";
import { duration, startProgress } from "./progress.mjs";
import { cacheFolder, publish, withLock } from "./pulumi-cli/cacheFolder.mjs";
import { cliEnv, cliOnPath, isAtLeast, isComplete } from "./pulumi-cli/executables.mjs";
import { buildFromGo } from "./pulumi-cli/goBuild.mjs";
import { installOfficially } from "./pulumi-cli/officialInstaller.mjs";

/**
 * The release that is prepared when the PATH has none. The Go modules in
 * pulumi-cli/ pin the same one.
 */
const version = "3.274.1";
/** The oldest release on the PATH that is used: the oldest that this project has been run on. */
const oldestUsed = "3.259.0";

/** @typedef {{ directory: string; env: Record<string, string> }} PulumiCli */

/** @type {Promise<PulumiCli> | undefined} */
let obtained;

/**
 * Finds or prepares a Pulumi CLI, once per process. In this order: the one on the PATH; a copy
 * prepared earlier in the user's cache folder; Pulumi's own installer; a build from Pulumi's Go
 * modules, which takes minutes the first time. Several processes may call it at once. Throws, with
 * what to install, when none of these works.
 *
 * @param {object} [options]
 * @param {(line: string) => void} [options.log] Gets a line for what takes time or was passed over.
 * @param {typeof startProgress} [options.progress] Shows that something long is under way.
 * @returns {Promise<PulumiCli>} The folder that goes first on the PATH, and settings for the environment of every call.
 */
export async function obtainPulumi({ log = console.error, progress = startProgress } = {}) {
  obtained ??= findOrPrepare(log, progress);
  try {
    return await obtained;
  } catch (error) {
    obtained = undefined;
    throw error;
  }
}

/**
 * @param {(line: string) => void} log
 * @param {typeof startProgress} progress
 * @returns {Promise<PulumiCli>}
 */
async function findOrPrepare(log, progress) {
  const found = (/** @type {string} */ directory) => ({ directory, env: { ...cliEnv } });

  const own = await cliOnPath();
  if (own !== undefined && isAtLeast(own.version, oldestUsed)) return found(own.directory);
  if (own !== undefined) {
    log(
      `Passing over pulumi ${own.version} in ${own.directory}: ${oldestUsed} or newer is needed.`,
    );
  }

  const copy = join(cacheFolder(), `pulumi-v${version}-${platform}-${arch}`);
  const bin = join(copy, "bin");
  const works = (/** @type {string} */ folder) => isComplete(join(folder, "bin"));
  if (await works(copy)) return found(bin);

  await withLock(
    copy,
    () => log("Another process is preparing the Pulumi CLI; waiting for it."),
    async () => {
      if (await works(copy)) return;
      /** @type {string[]} */
      const obstacles = [];
      for (const [name, attempt] of /** @type {const} */ ([
        ["Pulumi's installer", installOfficially],
        ["a build with Go", buildFromGo],
      ])) {
        const begun = Date.now();
        const done = await publish(
          copy,
          async (root) => {
            const obstacle = await attempt({ root, version, progress });
            if (obstacle === undefined && (await works(root))) return true;
            obstacles.push(`${name}: ${obstacle ?? "what it made does not run"}`);
            return false;
          },
          works,
        );
        if (done) {
          log(
            `Pulumi CLI ${version} is ready (${name}, ${duration((Date.now() - begun) / 1000)}).`,
          );
          return;
        }
      }
      if (!(await works(copy))) throw new Error(missing(obstacles));
    },
  );
  return found(bin);
}

/**
 * An environment in which `pulumi` is that CLI.
 *
 * @param {PulumiCli} cli
 * @param {NodeJS.ProcessEnv} [base]
 * @returns {NodeJS.ProcessEnv}
 */
export function cliEnvironment({ directory, env }, base = process.env) {
  // Windows spells it Path.
  const key = Object.keys(base).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  return { ...base, ...env, [key]: [directory, base[key]].filter(Boolean).join(delimiter) };
}

/** @param {readonly string[]} obstacles */
function missing(obstacles) {
  return [
    "There is no Pulumi CLI, and none could be prepared.",
    ...obstacles.map((obstacle) => `  ${obstacle}`),
    `Install the Pulumi CLI ${oldestUsed} or newer (https://www.pulumi.com/docs/install/) so that \`pulumi\` is on the`,
    "PATH, or Go 1.26 or newer (https://go.dev/dl/), and run this again.",
  ].join("\n");
}
