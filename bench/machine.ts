import * as os from "node:os";
import { version as pulumiSdk } from "@pulumi/pulumi/version";
import { run } from "../running/children.mjs";
import { pulumiEnvironment } from "./environment";

/** In general terms: nothing that tells which one it is. */
export const machine = {
  cores: os.availableParallelism(),
  memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
  system: `${os.type()} ${os.arch()}`,
  node: process.versions.node,
};

export type PulumiMachine = Awaited<ReturnType<typeof describeMachine>>;

/** The machine with what Pulumi it has. */
export async function describeMachine() {
  const { stdout } = await run("pulumi", ["version"], { env: await pulumiEnvironment() });
  return { ...machine, pulumiCli: stdout.trim().replace(/^v/, ""), pulumiSdk };
}
