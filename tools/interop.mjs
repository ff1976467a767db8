// The programs that the interoperability tests talk to the service with, besides the SDK among the
// npm packages:
//   Debian's boto3 and AWS CLI, of the days when both knew CodeStar
//   the boto3 of today, with the package that gives it CodeStar back
//   an SSH server
//   logrotate
// `node tools/interop.mjs` obtains them and says what there is. Needs nothing but Node.js.
import * as fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { preparedPython } from "../running/prepared.mjs";
import { findOnPath } from "../running/pulumi-cli/executables.mjs";
import { aptInstall } from "./aptInstall.mjs";

/**
 * @typedef {{ program: string; versions: string; missing?: undefined }} Found The program is Python, or sshd.
 * @typedef {{ missing: string; program?: undefined }} Missing Why there is none, as a clause.
 */

const requirements = fileURLToPath(new URL("interop/requirements.txt", import.meta.url));
/** How long a first start of Python may take, in milliseconds. */
const startLimit = 60_000;

/**
 * The Python of the system, when it has Debian's boto3 and AWS CLI. They are installed with apt-get
 * where that can be done: for root, on a Debian that still has versions that know CodeStar.
 *
 * @returns {Promise<Found | Missing>}
 */
export async function obtainDebianClients() {
  const program = "/usr/bin/python3";
  const look = async () => {
    const versions = await clientVersions(program, ["boto3", "awscli"]);
    return versions === undefined ? undefined : { program, versions };
  };
  const found = await look();
  if (found !== undefined) return found;
  const obstacle = await aptInstall(["awscli", "python3-boto3"]);
  if (obstacle !== undefined) return { missing: `Debian's clients are not there: ${obstacle}` };
  return (
    (await look()) ?? { missing: "this system's awscli and python3-boto3 do not know CodeStar" }
  );
}

/**
 * The Python of an environment of our own in the user's cache folder, with the packages of
 * requirements.txt.
 *
 * @returns {Promise<Found | Missing>}
 */
export function obtainCurrentBoto3() {
  const [, version = ""] = /^boto3==(\S+)$/m.exec(fs.readFileSync(requirements, "utf8")) ?? [];
  return preparedPython({
    name: "boto3",
    version,
    packages: ["--requirement", requirements],
    async look(program) {
      const versions = await clientVersions(program, ["boto3"]);
      return versions?.includes(version) ? { program, versions } : undefined;
    },
  });
}

/**
 * An SSH server, for root alone: no other user can have it log users in.
 *
 * @returns {Promise<Found | Missing>}
 */
export async function obtainSshd() {
  if (process.getuid?.() !== 0) return { missing: "only root can run an SSH server that logs in" };
  const folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];
  const find = () =>
    folders.map((folder) => join(folder, "sshd")).find((file) => fs.existsSync(file));
  if (find() === undefined) {
    // The package starts a server for the world as soon as it is installed, unless a system says
    // that services are not started here, as images of containers do.
    const obstacle = fs.existsSync("/usr/sbin/policy-rc.d")
      ? await aptInstall(["openssh-server"])
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
 * @returns {Promise<Found | Missing>}
 */
export async function obtainLogrotate() {
  const find = () =>
    ["/usr/sbin/logrotate", "/usr/local/sbin/logrotate"].find((file) => fs.existsSync(file));
  if (find() === undefined) {
    const obstacle = await aptInstall(["logrotate"]);
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
