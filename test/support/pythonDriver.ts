import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { devNull } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const script = join(__dirname, "../interop/client.py");

/** Nothing of the user's own: no credentials, no settings, no proxy. */
export const cleanEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  LANG: "C.UTF-8",
  TZ: "UTC",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_PAGER: "",
};

export interface Task {
  readonly do: "call" | "pages" | "command" | "model" | "versions";
  readonly [parameter: string]: unknown;
}

interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (reason: Error) => void;
}

/** Python's AWS clients in a process of their own, which does one task after the other. */
export class PythonDriver {
  static readonly #drivers = new Map<string, PythonDriver>();

  /**
   * The same process for all tests; it ends with this one, whose end it does not hold up. boto3 and
   * the AWS CLI bring a botocore each and cannot share one.
   */
  static of(python: string, library: "boto3" | "awscli"): PythonDriver {
    const key = `${library} ${python}`;
    const driver = PythonDriver.#drivers.get(key) ?? new PythonDriver(python);
    PythonDriver.#drivers.set(key, driver);
    return driver;
  }

  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  private constructor(python: string) {
    this.#child = spawn(python, ["-I", script], {
      stdio: ["pipe", "pipe", "inherit"],
      env: cleanEnvironment,
    });
    this.#child.on("exit", (code) => this.#fail(new Error(`client.py ended with ${code}`)));
    this.#child.on("error", (error) => this.#fail(error));
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#waiting.shift()?.resolve(line);
      this.#hold();
    });
    this.#child.unref();
    this.#hold();
  }

  async do<Result>(task: Task): Promise<Result> {
    if (this.#ended) throw this.#ended;
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#hold();
      this.#child.stdin.write(`${JSON.stringify([task])}\n`);
    });
    const [result] = JSON.parse(line) as [Result];
    return result;
  }

  /** Only while an answer is awaited may the pipes keep this process running. */
  #hold(): void {
    for (const pipe of [this.#child.stdin, this.#child.stdout] as unknown as Socket[]) {
      if (this.#waiting.length > 0) pipe.ref();
      else pipe.unref();
    }
  }

  #fail(error: Error): void {
    this.#ended = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
