// Installing Debian packages that tests need, where that can be done: for root, on a Debian.
import { run } from "../running/children.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { findOnPath } from "../running/pulumi-cli/executables.mjs";

/**
 * @typedef {object} InstallOptions
 * @property {(line: string) => void} [log] Gets a line for what was installed.
 * @property {typeof startProgress} [progress] Shows that something long is under way.
 */

/** How long an installation may take, in milliseconds. */
const installLimit = 600_000;

/**
 * Installs Debian packages without a question.
 *
 * @param {readonly string[]} packages
 * @param {InstallOptions} options
 * @returns {Promise<string | undefined>} Why it did not work; undefined when it did.
 */
export async function aptInstall(packages, { log = console.error, progress = startProgress }) {
  const apt = findOnPath("apt-get");
  if (apt === undefined) return "this system has no apt-get";
  if (process.getuid?.() !== 0) return `only root can install ${packages.join(" and ")}`;
  const shown = progress(`Installing ${packages.join(" and ")}`);
  const call = (/** @type {string[]} */ ...args) =>
    run(apt, ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      limit: installLimit,
    });
  const install = () => call("install", "--yes", "--no-install-recommends", ...packages);
  let outcome = await install();
  if (outcome.code !== 0) {
    // The lists of packages may be missing, or older than what the mirror has.
    await call("update");
    outcome = await install();
  }
  const seconds = shown.stop();
  if (outcome.code !== 0) return lastLine(outcome.stderr);
  log(`Installed ${packages.join(" and ")} (${duration(seconds)}).`);
  return undefined;
}

/**
 * What a program said last, for a message.
 *
 * @param {string} text
 */
export function lastLine(text) {
  return text.trim().split("\n").at(-1)?.trim() || "no message";
}
