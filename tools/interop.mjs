// The programs that the interoperability tests talk to the service with, besides the SDK among the
// npm packages: Debian's boto3 and AWS CLI, of the days when both knew CodeStar the boto3 of today,
// with the package that gives it CodeStar back an SSH server logrotate `node tools/interop.mjs`
// obtains them and says what there is. Needs nothing but Node.js.
import * as fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { cacheFolder, publish, withLock } from "../running/pulumi-cli/cacheFolder.mjs";
import { executable, findOnPath } from "../running/pulumi-cli/executables.mjs";
import { aptInstall, lastLine } from "./aptInstall.mjs";

/**
 * @typedef {{ program: string; versions: string; missing?: undefined }} Found The program is Python, or sshd.
 * @typedef {{ missing: string; program?: undefined }} Missing Why there is none, as a clause.
 *
 * @typedef {object} Options
 * @property {(line: string) => void} [log] Gets a line for what was installed.
 * @property {typeof startProgress} [progress] Shows that something long is under way.
 */

const requirements = fileURLToPath(new URL("interop/requirements.txt", import.meta.url));
/** How long an installation and a first start of Python may take, in milliseconds. */
const installLimit = 600_000;
const startLimit = 60_000;

/**
 * The Python of the system, when it has Debian's boto3 and AWS CLI. They are installed with apt-get
 * where that can be done: for root, on a Debian that still has versions that know CodeStar.
 *
 * @param {Options} [options]
 * @returns {Promise<Found | Missing>}
 */
export async function obtainDebianClients(options = {}) {
  const program = "/usr/bin/python3";
  const look = async () => {
    const versions = await clientVersions(program, ["boto3", "awscli"]);
    return versions === undefined ? undefined : { program, versions };
  };
  const found = await look();
  if (found !== undefined) return found;
  const obstacle = await aptInstall(["awscli", "python3-boto3"], options);
  if (obstacle !== undefined) return { missing: `Debian's clients are not there: ${obstacle}` };
  return (
    (await look()) ?? { missing: "this system's awscli and python3-boto3 do not know CodeStar" }
  );
}

/**
 * The Python of an environment of our own in the user's cache folder, with the
 * packages of requirements.txt.
 *
 * @param {Options} [options]
 * @returns {Promise<Found | Missing>}
 */
export async function obtainCurrentBoto3({ log = console.error, progress = startProgress } = {}) {
  const [, version = ""] = /^boto3==(\S+)$/m.exec(fs.readFileSync(requirements, "utf8")) ?? [];
  const folder = join(cacheFolder(), `boto3-v${version}`);
  const python = (/** @type {string} */ root) =>
    process.platform === "win32"
      ? join(root, "Scripts", executable("python"))
      : join(root, "bin", "python");
  const look = async () => {
    const versions = await clientVersions(python(folder), ["boto3"]);
    return versions?.includes(version) ? { program: python(folder), versions } : undefined;
  };
  const found = await look();
  if (found !== undefined) return found;
  const base = findOnPath("python3") ?? findOnPath("python");
  if (base === undefined) return { missing: "Python 3 is not on the PATH" };

  let obstacle = "";
  await withLock(
    folder,
    () => log("Another process is installing boto3; waiting for it."),
    async () => {
      const shown = progress(`Installing boto3 ${version}`);
      const done = await publish(
        folder,
        async (root) => {
          obstacle = (await makeEnvironment(base, root, python(root))) ?? "";
          return obstacle === "" && (await clientVersions(python(root), ["boto3"])) !== undefined;
        },
        async (root) => (await clientVersions(python(root), ["boto3"])) !== undefined,
      );
      const seconds = shown.stop();
      if (done) log(`boto3 ${version} is ready (${duration(seconds)}).`);
    },
  );
  return (await look()) ?? { missing: `boto3 ${version} could not be installed: ${obstacle}` };
}

/**
 * @param {string} base
 * @param {string} root
 * @param {string} python
 * @returns {Promise<string | undefined>} Why it did not work; undefined when it did.
 */
async function makeEnvironment(base, root, python) {
  for (const [program, ...args] of [
    [base, "-m", "venv", root],
    // Whole packages only: nothing of theirs is compiled or run to install them.
    // biome-ignore format: one thought to a line
    [
      python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
      "--only-binary", ":all:",
      "--requirement", requirements,
    ],
  ]) {
    const outcome = await run(/** @type {string} */ (program), args, { limit: installLimit });
    if (outcome.code !== 0) return lastLine(outcome.stderr || outcome.stdout);
  }
  return undefined;
}

/**
 * An SSH server, for root alone: no other user can have it log users in.
 *
 * @param {Options} [options]
 * @returns {Promise<Found | Missing>}
 */
export async function obtainSshd(options = {}) {
  if (process.getuid?.() !== 0) return { missing: "only root can run an SSH server that logs in" };
  const folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];
  const find = () =>
    folders.map((folder) => join(folder, "sshd")).find((file) => fs.existsSync(file));
  if (find() === undefined) {
    // The package starts a server for the world as soon as it is installed, unless a system says
    // that services are not started here, as images of containers do.
    const obstacle = fs.existsSync("/usr/sbin/policy-rc.d")
      ? await aptInstall(["openssh-server"], options)
      : "installing it here would start it; run apt-get install openssh-server yourself";
    if (obstacle !== undefined) return { missing: `there is no sshd: ${obstacle}` };
  }
  const program = find();
  for (const name of ["ssh", "ssh-keygen"]) {
    if (findOnPath(name) === undefined) return { missing: `${name} is not on the PATH` };
  }
  return program === undefined
    ? { missing: "openssh-server is installed, but without sshd" }
    : { program, versions: (await run("ssh", ["-V"])).stderr.trim() };
}

/**
 * logrotate, for the example that rotates an audit trail.
 *
 * @param {Options} [options]
 * @returns {Promise<Found | Missing>}
 */
export async function obtainLogrotate(options = {}) {
  const find = () =>
    ["/usr/sbin/logrotate", "/usr/local/sbin/logrotate"].find((file) => fs.existsSync(file));
  if (find() === undefined) {
    const obstacle = await aptInstall(["logrotate"], options);
    if (obstacle !== undefined) return { missing: `there is no logrotate: ${obstacle}` };
  }
  const program = find();
  if (program === undefined) return { missing: "the package logrotate has no logrotate in it" };
  const { stdout, stderr } = await run(program, ["--version"]);
  return { program, versions: (stdout + stderr).split("\n")[0] ?? "" };
}

/**
 * The versions of Python packages that must all know CodeStar; undefined when there is no such
 * Python, package or knowledge. Isolated from the user's own packages and settings.
 *
 * @param {string} python
 * @param {readonly string[]} packages
 */
async function clientVersions(python, packages) {
  const lines = packages.map((name) => {
    const core = name === "awscli" ? "awscli.botocore" : "botocore";
    return [
      `import ${name}, ${core}.session`,
      `assert "codestar" in ${core}.session.Session().get_available_services()`,
      `print("${name}", ${name}.__version__)`,
    ].join("\n");
  });
  try {
    const outcome = await run(python, ["-I", "-c", lines.join("\n")], { limit: startLimit });
    return outcome.code === 0 ? outcome.stdout.trim().replaceAll("\n", ", ") : undefined;
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, obtain] of /** @type {const} */ ([
    ["Debian's clients", obtainDebianClients],
    ["current boto3", obtainCurrentBoto3],
    ["SSH server", obtainSshd],
    ["logrotate", obtainLogrotate],
  ])) {
    const { versions, missing } = /** @type {Partial<Found> & Partial<Missing>} */ (await obtain());
    console.log(`${name.padEnd(17)} ${versions ?? `missing: ${missing}`}`);
  }
}
