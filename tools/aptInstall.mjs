// Installing Debian packages that tests need, where that can be done: for root, on a Debian.
import { run } from "../running/children.mjs";
import { installLimit, lastLine } from "../running/prepared.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { findOnPath } from "../running/pulumi-cli/executables.mjs";

/**
 * Installs Debian packages without a question.
 *
 * @param {readonly string[]} packages
 * @returns {Promise<string | undefined>} Why it did not work; undefined when it did.
 */
export async function aptInstall(packages) {
  const apt = findOnPath("apt-get");
  if (apt === undefined) return "this system has no apt-get";
  if (process.getuid?.() !== 0) return `only root can install ${packages.join(" and ")}`;
  const shown = startProgress(`Installing ${packages.join(" and ")}`);
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
  console.error(`Installed ${packages.join(" and ")} (${duration(seconds)}).`);
  return undefined;
}
