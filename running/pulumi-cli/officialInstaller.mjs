// The CLI as Pulumi publishes it, through the installer in Pulumi's Automation API.
import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "../children.mjs";

const installScript = fileURLToPath(new URL("install.mjs", import.meta.url));
const automation = fileURLToPath(
  new URL("../../node_modules/@pulumi/pulumi/automation/index.js", import.meta.url),
);

const site = "https://get.pulumi.com/install.sh";
/** How long the site may take to answer, and the whole installation, in milliseconds. */
const answerLimit = 5_000;
const installLimit = 120_000;

/**
 * Installs into `root/bin`.
 *
 * @param {{ root: string; version: string; progress: typeof import("../progress.mjs").startProgress }} options
 * @returns {Promise<string | undefined>} Why it did not work; undefined when it did.
 */
export async function installOfficially({ root, version, progress }) {
  if (!fs.existsSync(automation)) return "the npm packages are not installed yet";
  if (!(await answers(site))) return "get.pulumi.com cannot be reached";
  const shown = progress(`Downloading the Pulumi CLI ${version}`);
  try {
    // In a process of its own, so that a download that hangs can be ended with all that it started.
    const outcome = await run(process.execPath, [installScript, automation, version, root], {
      limit: installLimit,
    });
    if (outcome.timedOut) return `the download took longer than ${installLimit / 1000} s`;
    return outcome.code === 0 ? undefined : `its installer failed (${firstLine(outcome.stderr)})`;
  } finally {
    shown.stop();
  }
}

/** @param {string} address */
async function answers(address) {
  try {
    const response = await fetch(address, {
      method: "HEAD",
      signal: AbortSignal.timeout(answerLimit),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** @param {string} text */
function firstLine(text) {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? "no message"
  );
}
