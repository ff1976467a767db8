// moto's server, which answers for all of AWS from memory: obtained once into the user's
// cache folder, where Python is.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../running/children.mjs";
import { onInterrupt } from "../../running/interruption.mjs";
import { cacheFolder, publish, withLock } from "../../running/pulumi-cli/cacheFolder.mjs";
import { findOnPath } from "../../running/pulumi-cli/executables.mjs";
import { arnOf, profileOf } from "./profiles";
import { parameter, unverified } from "./requests";

export const motoVersion = "5.2.5";
/** Milliseconds. */
const installLimit = 600_000;
const startLimit = 60_000;

type Moto = { readonly port: number; stop(): void } | { readonly missing: string };

/** Starts the server with one parameter, as long as a profile, in its Systems Manager. */
export async function startMoto(): Promise<Moto> {
  const python = await obtain();
  if (python === undefined) return { missing: `moto ${motoVersion} could not be installed` };
  const port = await freePort();
  const args = ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(python, args, { stdio: "ignore" });
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

async function putParameter(port: number): Promise<boolean> {
  const Value = JSON.stringify(profileOf(arnOf(0)));
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: unverified("ssm", "AmazonSSM.PutParameter"),
      body: JSON.stringify({ Name: parameter, Type: "String", Value }),
    });
    return status === 200;
  } catch {
    return false;
  }
}

/** A Python that has it. */
async function obtain(): Promise<string | undefined> {
  const folder = join(cacheFolder(), `moto-v${motoVersion}`);
  const python = (root: string) =>
    join(root, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (existsSync(python(folder))) return python(folder);
  const base = findOnPath("python3") ?? findOnPath("python");
  if (base === undefined) return undefined;
  const attempt = async (program: string, ...args: string[]) =>
    (await run(program, args, { limit: installLimit })).code === 0;
  const works = (root: string) => attempt(python(root), "-c", "import moto.server");
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  const binaries = ["--only-binary", ":all:", `moto[server]==${motoVersion}`];
  const install = async (root: string) =>
    (await attempt(base, "-m", "venv", root)) &&
    (await attempt(python(root), ...pip, ...binaries)) &&
    (await works(root));
  await withLock(
    folder,
    () => console.error("Another process is installing moto; waiting for it."),
    () => publish(folder, install, async (root) => existsSync(python(root)) && works(root)),
  );
  return existsSync(python(folder)) ? python(folder) : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
