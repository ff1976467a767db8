import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const main = join(__dirname, "../../dist/cli/main.js");
/** Milliseconds that anything awaited here may take. */
const patience = 20_000;

export interface ServeOptions {
  /**
   * An open file for the log; `stalled`: a pipe that nobody reads. When
   * absent, a pipe that is read.
   */
  readonly log?: number | "stalled";
  /** Arguments of node's own. */
  readonly node?: readonly string[];
  /** A program with arguments that starts the server, such as `unshare -m`. */
  readonly wrapper?: readonly string[];
}

export interface ServeProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** The lines of its log so far, read as JSON. */
  log(): readonly Record<string, unknown>[];
  /** The first line, of those there or to come, of which this is true. */
  logged(
    wanted: (line: Record<string, unknown>) => boolean,
    what: string,
  ): Promise<Record<string, unknown>>;
  /** The value of a metric at `/metrics` of the server or the address. */
  metric(series: string, at?: string): Promise<number | undefined>;
  /** Sends SIGTERM, and answers the exit status. */
  terminate(): Promise<number | null>;
}

/**
 * Starts `codestar-profiles serve`, as built, in the folder, on a free port unless one is given.
 */
export async function startServe(
  folder: string,
  argv: readonly string[],
  { log, node = [], wrapper = [] }: ServeOptions = {},
): Promise<ServeProcess> {
  const port = argv.includes("--port") ? [] : ["--port", "0"];
  const [program, ...args] = [...wrapper, process.execPath, ...node, main, "serve", ...argv];
  const child = spawn(program!, [...args, ...port], {
    cwd: folder,
    stdio: ["ignore", "pipe", typeof log === "number" ? log : "pipe"],
    env: { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: "true" },
  });
  let logText = "";
  if (log === undefined) {
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      logText += text;
    });
  }
  const parsed = () =>
    logText
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  let out = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const exited = once(child, "exit");
  const until = async <T>(look: () => T | undefined, what: string): Promise<T> => {
    const deadline = Date.now() + patience;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null) {
        assert.fail(`the server ended (${child.exitCode ?? child.signalCode}): ${logText}`);
      }
      if (Date.now() > deadline) assert.fail(`no ${what}: ${logText}`);
      await wait(10);
    }
  };
  const url = await until(() => /Profile service at (\S+)/.exec(out)?.[1], "address");
  return {
    child,
    url,
    log: parsed,
    logged: (wanted, what) => until(() => parsed().find(wanted), what),
    async metric(series, at = url) {
      const text = await (await fetch(`${at}/metrics`)).text();
      const line = text.split("\n").find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
    async terminate() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), patience);
      const [status] = (await exited) as [number | null];
      clearTimeout(timer);
      return status;
    },
  };
}
