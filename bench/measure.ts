// One run of one command.
import { randomUUID } from "node:crypto";
import { run } from "../running/children.mjs";
import { onInterrupt } from "../running/interruption.mjs";
import { markerName, type Usage, watchTree } from "./processTree";
import type { Calls, Service } from "./service";

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
}

export interface Measurement extends Usage, Calls {
  readonly outcome: "done" | "failed" | "over limit";
  /** Wall time; of a run over its limit, the limit. */
  readonly seconds: number;
  readonly output: string;
}

/** Runs the command to its end or its limit, in milliseconds. */
export async function measure(
  { command, args, cwd, env }: Command,
  service: Service,
  limit?: number,
): Promise<Measurement> {
  await service.calls();
  const marker = randomUUID();
  const tree = watchTree(marker);
  const forget = onInterrupt(() => tree.end());
  const begun = performance.now();
  const outcome = await run(command, args, {
    cwd,
    env: { ...env, [markerName]: marker },
    ...(limit !== undefined && { limit }),
  });
  const seconds = (performance.now() - begun) / 1000;
  forget();
  const used = tree.stop();
  if (outcome.timedOut) tree.end();
  return {
    outcome: outcome.timedOut ? "over limit" : outcome.code === 0 ? "done" : "failed",
    seconds: outcome.timedOut && limit !== undefined ? limit / 1000 : seconds,
    ...used,
    ...(await service.calls()),
    output: outcome.stdout + outcome.stderr,
  };
}

/** The same for a run without which there is nothing to go on with. */
export async function expectDone(
  command: Command,
  service: Service,
  limit?: number,
): Promise<Measurement> {
  const measured = await measure(command, service, limit);
  if (measured.outcome === "done") return measured;
  const line = [command.command, ...command.args].join(" ");
  throw new Error(`${line}: ${measured.outcome}\n${measured.output}`);
}
