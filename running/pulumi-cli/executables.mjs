// Finding out whether a folder holds a Pulumi CLI that can run this project's programs.
import * as fs from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run } from "../children.mjs";
import { cacheFolder } from "./cacheFolder.mjs";

const windows = process.platform === "win32";

/**
 * What a CLI consists of here: the engine, the host for Node.js programs, the
 * launcher of dynamic providers.
 */
export const engine = "pulumi";
export const languageHost = "pulumi-language-nodejs";
export const dynamicProvider = "pulumi-resource-pulumi-nodejs";

/** Settings for every call of the CLI: no call home for a newer version. */
export const cliEnv = Object.freeze({ PULUMI_SKIP_UPDATE_CHECK: "true" });

/**
 * How long `pulumi version` may take, in milliseconds: a fraction of a second, unless
 * the machine is very busy.
 */
const versionLimit = 60_000;

/** @param {string} name */
export function executable(name) {
  return windows ? `${name}.exe` : name;
}

/**
 * The first executable of that name on the PATH.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findOnPath(name, env = process.env) {
  const names = windows ? [`${name}.exe`, `${name}.cmd`] : [name];
  const path = Object.entries(env).find(([key]) => key.toUpperCase() === "PATH")?.[1] ?? "";
  for (const folder of path.split(delimiter).filter((part) => part !== "")) {
    const found = names.map((file) => join(folder, file)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The version that a `pulumi` executable reports, such as `3.274.1`;
 * undefined when it does not run.
 *
 * @param {string} file
 */
export async function versionOf(file) {
  try {
    const { code, stdout } = await run(file, ["version"], {
      // It logs now and then, not to the user's own folder.
      env: { ...process.env, ...cliEnv, PULUMI_HOME: join(cacheFolder(), "home") },
      limit: versionLimit,
    });
    return code === 0 ? /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a folder holds all three executables and the engine runs.
 *
 * @param {string} folder
 */
export async function isComplete(folder) {
  const launcher = windows ? `${dynamicProvider}.cmd` : dynamicProvider;
  const files = [executable(engine), executable(languageHost), launcher];
  if (!files.every((file) => isExecutable(join(folder, file)))) return false;
  return (await versionOf(join(folder, executable(engine)))) !== undefined;
}

/**
 * The CLI on the PATH with its folder and version. Undefined when there is none, or when it comes
 * without the host for Node.js programs.
 */
export async function cliOnPath() {
  const file = findOnPath(engine);
  if (file === undefined || findOnPath(languageHost) === undefined) return undefined;
  const version = await versionOf(file);
  return version === undefined ? undefined : { directory: dirname(file), version };
}

/**
 * @param {string} version Such as `3.259.0`.
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const [a, b] = [version, minimum].map((text) => text.split(".").map(Number));
  for (const [index, wanted] of (b ?? []).entries()) {
    const difference = (a?.[index] ?? 0) - wanted;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
