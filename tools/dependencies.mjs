// What the other tools need before they start: the npm packages and the compiled code.
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../running/children.mjs";
import { onInterrupt } from "../running/interruption.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { repository } from "../running/repository.mjs";
import { sources } from "./sources.mjs";

const packages = join(repository, "node_modules");
const dist = join(repository, "dist");
/** Files besides the sources that decide what a build makes. */
const buildSettings = [
  "tsconfig.json",
  "tsconfig.build.json",
  "package-lock.json",
  "tools/bundle.mjs",
];

/**
 * Runs `npm ci` when `node_modules` is missing or holds other packages than
 * `package-lock.json` names.
 *
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureDependencies({ log = console.error } = {}) {
  if (packagesMatch()) return;
  const progress = startProgress("Installing the npm packages");
  const [command, first] = npm();
  const outcome = await run(command, [...first, "ci", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: repository,
  });
  const seconds = progress.stop();
  if (outcome.code !== 0) throw new Error(`npm ci failed:\n${outcome.stderr || outcome.stdout}`);
  log(`The npm packages are installed (${duration(seconds)}).`);
}

/**
 * npm records in `node_modules` what it has installed. Optional packages for other operating
 * systems are missing there, and the record is missing while an installation is unfinished.
 */
function packagesMatch() {
  const wanted = lockedPackages(join(repository, "package-lock.json"));
  const installed = lockedPackages(join(packages, ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return (
    Object.entries(wanted).every(([path, entry]) => {
      const found = installed[path];
      if (path === "") return true;
      if (found === undefined) return entry.optional === true;
      return found.version === entry.version && found.integrity === entry.integrity;
    }) && Object.keys(installed).every((path) => wanted[path] !== undefined)
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string; integrity?: string; optional?: boolean }> | undefined}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm as a program and its first arguments: the one that runs this script, or the
 * one beside Node.js. On Windows the `npm` on the PATH is a batch file, which cannot
 * be started without a shell.
 *
 * @returns {[command: string, args: string[]]}
 */
export function npm() {
  const beside = join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  const script = [process.env.npm_execpath, beside].find(
    (file) => file?.endsWith("npm-cli.js") && fs.existsSync(file),
  );
  return script === undefined ? ["npm", []] : [process.execPath, [script]];
}

/**
 * Compiles to `dist` when it is missing or older than the sources. What is there stays in place
 * until a build has succeeded, and outputs of sources that no longer exist go.
 *
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureBuilt({ log = console.error } = {}) {
  if (isBuilt()) return;
  const progress = startProgress("Compiling");
  // Inside node_modules: ignored, and on the same file system as dist.
  const fresh = join(packages, ".cache", `pulumi-codestar-${randomBytes(4).toString("hex")}`);
  const remove = () => fs.rmSync(fresh, { recursive: true, force: true });
  const forget = onInterrupt(remove);
  try {
    const compiler = join(packages, "typescript", "bin", "tsc");
    const args = ["-p", join(repository, "tsconfig.build.json"), "--outDir", join(fresh, "dist")];
    const outcome = await run(process.execPath, [compiler, ...args], { cwd: repository });
    if (outcome.code !== 0) throw new Error(`The build failed:\n${outcome.stdout}`);
    // Loaded here, for it needs the packages.
    const { bundle } = await import("./bundle.mjs");
    await bundle(join(fresh, "dist"));
    const seconds = progress.stop();
    if (fs.existsSync(dist)) fs.renameSync(dist, join(fresh, "old"));
    fs.renameSync(join(fresh, "dist"), dist);
    log(`Compiled (${duration(seconds)}).`);
  } finally {
    progress.stop();
    forget();
    remove();
  }
}

/** Whether every compiled file is newer than every source. */
function isBuilt() {
  const compiled = times([dist], (name) => name.endsWith(".js"));
  if (compiled.length === 0) return false;
  const wanted = [
    // Folders count: their time tells of a source that was removed or renamed.
    ...times(
      sources.map((name) => join(repository, name)),
      () => true,
    ),
    ...buildSettings.map((name) => fs.statSync(join(repository, name)).mtimeMs),
  ];
  return Math.max(...wanted) <= Math.min(...compiled);
}

/**
 * Times of last change, in milliseconds, of everything under the folders, themselves
 * included where `counts` says so.
 *
 * @param {readonly string[]} paths
 * @param {(path: string) => boolean} counts
 * @returns {number[]}
 */
function times(paths, counts) {
  return paths.flatMap((path) => {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const own = counts(path) ? [stat.mtimeMs] : [];
    if (!stat.isDirectory()) return own;
    return [
      ...own,
      ...times(
        fs.readdirSync(path).map((name) => join(path, name)),
        counts,
      ),
    ];
  });
}
