// The browser that the tests of pages run in: a Chromium or Chrome that is there, or Debian's.
// `node tools/chromium.mjs` obtains it and says what there is. Needs nothing but Node.js.
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { findOnPath } from "../running/pulumi-cli/executables.mjs";
import { aptInstall } from "./aptInstall.mjs";

/**
 * @typedef {{ program: string; versions: string; missing?: undefined }} Found
 * @typedef {{ missing: string; program?: undefined }} Missing Why there is none, as a clause.
 */

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** How long `chromium --version` may take, in milliseconds. */
const startLimit = 60_000;

/**
 * A browser; Debian's is installed with apt-get where there is none and that can be done.
 *
 * @returns {Promise<Found | Missing>}
 */
export async function obtainChromium() {
  const found = await look();
  if (found !== undefined) return found;
  const obstacle = await aptInstall(["chromium"]);
  if (obstacle !== undefined) return { missing: `there is no Chromium: ${obstacle}` };
  return (await look()) ?? { missing: "the package chromium is installed, but does not start" };
}

/** @returns {Promise<Found | undefined>} */
async function look() {
  for (const name of names) {
    const program = findOnPath(name);
    if (program === undefined) continue;
    const { code, stdout } = await run(program, ["--version"], { limit: startLimit });
    if (code === 0) return { program, versions: stdout.trim() };
  }
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await obtainChromium();
  console.log("versions" in found ? found.versions : `missing: ${found.missing}`);
}
