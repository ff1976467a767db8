// moto's server, which answers for all of AWS from memory: obtained once into the user's
// cache folder, where Python is.
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../running/children.mjs";
import { onInterrupt } from "../../running/interruption.mjs";
import { preparedPython } from "../../running/prepared.mjs";
import { freePort } from "../../test/support/freePort";
import { arnOf, profileOf } from "./profiles";
import { parameter, unverified } from "./requests";

export const motoVersion = "5.2.5";
/** Milliseconds. */
const startLimit = 60_000;

type Moto = { readonly port: number; stop(): void } | { readonly missing: string };

/** Starts the server with one parameter, as long as a profile, in its Systems Manager. */
export async function startMoto(): Promise<Moto> {
  const python = await preparedPython({
    name: "moto",
    version: motoVersion,
    packages: [`moto[server]==${motoVersion}`],
    async look(program) {
      const { code } = await run(program, ["-c", "import moto.server"], { limit: startLimit });
      return code === 0 ? { program } : undefined;
    },
  });
  if ("missing" in python) return python;
  const port = await freePort();
  const args = ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(python.program, args, { stdio: "ignore" });
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
