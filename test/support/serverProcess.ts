import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ServerLimits } from "../../service/http/limits";

export interface ServerProcessOptions {
  readonly store: string;
  /** What a principals file holds; without it authentication is off. */
  readonly principals?: unknown;
  readonly limits?: Partial<ServerLimits>;
}

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Whether it is still running. */
  alive(): boolean;
  /** Bytes in use, after a full garbage collection. */
  memory(): Promise<{ readonly used: number; readonly rss: number }>;
  /** What SQLite finds wrong with the file of the store: `ok`. */
  integrity(): Promise<string>;
  /** Ends it with SIGKILL, in whatever it is doing. */
  kill(): Promise<void>;
}

/** Starts the server as built, in a process of its own, on a free port of loopback. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const child = fork(join(__dirname, "serverProcess.cjs"), [JSON.stringify(options)], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const { url } = (await reply(child, (message) => "url" in message)) as { url: string };
  let last = 0;
  const ask = async (question: string): Promise<unknown> => {
    const id = ++last;
    const answered = reply(child, (message) => message.id === id);
    child.send({ id, question });
    return (await answered).answer;
  };
  const alive = () => child.exitCode === null && child.signalCode === null;
  return {
    url,
    port: Number(new URL(url).port),
    alive,
    memory: () => ask("memory") as Promise<{ used: number; rss: number }>,
    integrity: () => ask("integrity") as Promise<string>,
    async kill() {
      if (!alive()) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

type Message = Readonly<Record<string, unknown>>;

function reply(child: ChildProcess, wanted: (message: Message) => boolean): Promise<Message> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off("message", take);
      child.off("exit", fail);
    };
    const take = (message: unknown) => {
      if (!wanted(message as Message)) return;
      settle();
      resolve(message as Message);
    };
    const fail = (code: number | null, signal: string | null) => {
      settle();
      reject(new Error(`the server process ended with ${code ?? signal}`));
    };
    child.on("message", take);
    child.on("exit", fail);
  });
}
