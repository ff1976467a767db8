// moto's server, which answers for all of AWS from memory: obtained once into the user's cache folder, where Python is.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../running/children.mjs";
import { onInterrupt } from "../../running/interruption.mjs";
import { cacheFolder, publish, withLock } from "../../running/pulumi-cli/cacheFolder.mjs";
import { findOnPath } from "../../running/pulumi-cli/executables.mjs";
import { arnOf, profileOf } from "./profiles.mjs";
import { parameter } from "./requests.mjs";

export const motoVersion = "5.2.5";
/** Milliseconds. */
const installLimit = 600_000;
const startLimit = 60_000;

/**
 * Starts the server with one parameter, as long as a profile, in its Systems Manager.
 *
 * @returns {Promise<{ port: number; stop(): void } | { missing: string }>}
 */
export async function startMoto() {
  const python = await obtain();
  if (python === undefined) return { missing: `moto ${motoVersion} could not be installed` };
  const port = await freePort();
  const child = spawn(
    python,
    ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)],
    { stdio: "ignore" },
  );
  const stop = () => {
    forget();
    child.kill();
  };
  const forget = onInterrupt(stop);
  const giveUpAt = Date.now() + startLimit;
  while (!(await putParameter(port))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      stop();
      return { missing: `moto ${motoVersion} does not start` };
    }
    await pause(200);
  }
  return { port, stop };
}

/** @param {number} port */
async function putParameter(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonSSM.PutParameter",
        authorization:
          "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: JSON.stringify({
        Name: parameter,
        Type: "String",
        Value: JSON.stringify(profileOf(arnOf(0))),
      }),
    });
    return response.status === 200;
  } catch {
    return false;
  }
}

/** @returns {Promise<string | undefined>} A Python that has it. */
async function obtain() {
  const folder = join(cacheFolder(), `moto-v${motoVersion}`);
  const python = (/** @type {string} */ root) =>
    process.platform === "win32"
      ? join(root, "Scripts", "python.exe")
      : join(root, "bin", "python");
  if (existsSync(python(folder))) return python(folder);
  const base = findOnPath("python3") ?? findOnPath("python");
  if (base === undefined) return undefined;
  const attempt = (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
    run(program, args, { limit: installLimit }).then(({ code }) => code === 0);
  const works = (/** @type {string} */ root) => attempt(python(root), "-c", "import moto.server");
  await withLock(
    folder,
    () => console.error("Another process is installing moto; waiting for it."),
    async () => {
      await publish(
        folder,
        async (root) =>
          (await attempt(base, "-m", "venv", root)) &&
          // biome-ignore format: one thought to a line
          (await attempt(
            python(root), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
            "--only-binary", ":all:",
            `moto[server]==${motoVersion}`,
          )) &&
          (await works(root)),
        async (root) => existsSync(python(root)) && (await works(root)),
      );
    },
  );
  return existsSync(python(folder)) ? python(folder) : undefined;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
