// What is obtained once for all processes of the user: prepared in the cache folder, as a whole or
// not at all.
import * as fs from "node:fs";
import { join } from "node:path";
import { run } from "./children.mjs";
import { duration, startProgress } from "./progress.mjs";
import { cacheFolder, publish, withLock } from "./pulumi-cli/cacheFolder.mjs";
import { executable, findOnPath } from "./pulumi-cli/executables.mjs";

/**
 * @typedef {{ missing: string }} Missing Why there is none, as a clause.
 *
 * @typedef {{ update(line: string): void }} Shown
 */

/** How long an installation may take, in milliseconds. */
export const installLimit = 15 * 60_000;

/**
 * @template Found
 * @param {object} wanted
 * @param {string} wanted.name
 * @param {string} wanted.version
 * @param {(folder: string) => Promise<Found | undefined>} wanted.look What a folder holds; undefined
 *   unless it works.
 * @param {(folder: string, shown: Shown) => Promise<void>} wanted.fill
 * @returns {Promise<Found | Missing>}
 */
export async function prepared({ name, version, look, fill }) {
  const folder = join(cacheFolder(), `${name}-v${version}`);
  const found = await look(folder);
  if (found !== undefined) return found;
  const works = async (/** @type {string} */ root) => (await look(root)) !== undefined;
  let obstacle = "what was prepared does not work";
  await withLock(
    folder,
    () => console.error(`Another process is preparing ${name}; waiting for it.`),
    async () => {
      if (await works(folder)) return;
      const shown = startProgress(`Preparing ${name} ${version}`);
      try {
        const fillAndTry = async (/** @type {string} */ root) => {
          await fill(root, shown);
          return works(root);
        };
        const done = await publish(folder, fillAndTry, works);
        if (done) console.error(`${name} ${version} is ready (${duration(shown.stop())}).`);
      } catch (error) {
        obstacle = error instanceof Error ? error.message : String(error);
      } finally {
        shown.stop();
      }
    },
  );
  return (await look(folder)) ?? { missing: `${name} is not there: ${obstacle}` };
}

/**
 * A Python of its own with packages, none of which is compiled or run to be installed.
 *
 * @template Found
 * @param {object} wanted
 * @param {string} wanted.name
 * @param {string} wanted.version
 * @param {readonly string[]} wanted.packages For pip.
 * @param {(python: string) => Promise<Found | undefined>} wanted.look Undefined unless it works.
 * @returns {Promise<Found | Missing>}
 */
export function preparedPython({ name, version, packages, look }) {
  const python = (/** @type {string} */ root) =>
    process.platform === "win32"
      ? join(root, "Scripts", executable("python"))
      : join(root, "bin", "python");
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  return prepared({
    name,
    version,
    look: async (root) => (fs.existsSync(python(root)) ? look(python(root)) : undefined),
    async fill(root, shown) {
      const base = findOnPath("python3") ?? findOnPath("python");
      if (base === undefined) throw new Error("Python 3 is not on the PATH");
      shown.update("venv");
      await succeed(base, ["-m", "venv", root]);
      shown.update("pip install");
      await succeed(python(root), [...pip, "--only-binary", ":all:", ...packages]);
    },
  });
}

/**
 * Runs a program, and fails with what it said last.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Omit<import("./children.mjs").RunOptions, "limit">} [options]
 */
export async function succeed(program, args, options = {}) {
  const { code, stdout, stderr } = await run(program, args, { ...options, limit: installLimit });
  if (code !== 0) throw new Error(lastLine(stderr || stdout));
}

/** @param {string} text */
export function lastLine(text) {
  return text.trim().split("\n").at(-1)?.trim() || "no message";
}
