// The processes that benchmarks start beside their own: each answers questions over its
// channel and ends with this one.
import { fork } from "node:child_process";
import { join } from "node:path";
import { onInterrupt } from "../running/interruption.mjs";
import { repository } from "../running/repository.mjs";

export interface Process {
  /** On 127.0.0.1; 0 of one that does not listen. */
  readonly port: number;
  /** Rejects when the process ends before it has answered. */
  ask<Answer>(question?: unknown): Promise<Answer>;
  stop(): void;
}

type Message = { id?: number; answer?: unknown; port?: number };

/** Rejects when the process ends before it is ready. `script` is relative to this file. */
export async function startProcess(script: string, args: readonly string[] = []): Promise<Process> {
  const child = fork(join(__dirname, script), args, {
    serialization: "advanced",
    cwd: repository,
    execArgv: ["--require", "ts-node/register/transpile-only"],
  });
  const stop = () => {
    forget();
    child.kill();
  };
  const forget = onInterrupt(stop);
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  const gone = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`${script} ended with ${code ?? signal}`)),
    );
  });
  gone.catch(() => {});
  const started = new Promise<number>((resolve) => {
    child.on("message", ({ id, answer, port }: Message) => {
      if (id === undefined) resolve(port ?? 0);
      else waiting.get(id)?.(answer);
    });
  });
  const port = await Promise.race([started, gone]);
  return {
    port,
    stop,
    ask<Answer>(question?: unknown) {
      const id = ++last;
      const answered = new Promise<unknown>((resolve) => waiting.set(id, resolve));
      child.send({ id, question });
      const first = Promise.race([answered, gone]).finally(() => waiting.delete(id));
      return first as Promise<Answer>;
    },
  };
}

/**
 * The other side: says that it is ready, answers until the one that started it
 * has ended, and ends then.
 */
export function serve(port: number, answer: (question: never) => unknown = () => undefined): void {
  process.on("message", async ({ id, question }: { id: number; question: never }) => {
    process.send?.({ id, answer: await answer(question) });
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ port });
}
