// Child processes that never outlive this one.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isInterrupted, onInterrupt } from "./interruption.mjs";

const windows = process.platform === "win32";

/**
 * How long a child may take to end itself, in milliseconds: after a first request, after a second
 * one. Pulumi takes the first as "finish what is running, then stop" and the second as "stop now".
 */
const patience = [10_000, 3_000];

/**
 * How long the output of a child that has ended may stay open, in milliseconds: something
 * it started still holds it.
 */
const outputGrace = 5_000;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
process.on("exit", () => {
  for (const child of running) signalGroup(child, "SIGKILL");
});

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] The whole environment; this process's own when left out.
 * @property {boolean} [inherit] The child writes straight to this process's output, which is then not returned.
 * @property {(line: string, source: "stdout" | "stderr") => void} [onLine] Called for each line as it comes.
 * @property {(chunk: Buffer, source: "stdout" | "stderr") => void} [onOutput] Called for each piece of output as it comes.
 * @property {number} [limit] Milliseconds after which the child is ended.
 *
 * @typedef {object} Outcome
 * @property {number | null} code The exit code; null when a signal ended the child.
 * @property {NodeJS.Signals | null} signal
 * @property {boolean} timedOut
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program to its end, without a shell and without input. An exit code other than zero is an
 * outcome, not an error; a program that cannot be started is an error. Settles never once the
 * process is being interrupted, so that nothing further is begun.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  if (isInterrupted()) return new Promise(() => {});
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: /** @type {NodeJS.ProcessEnv} */ (options.env ?? process.env),
      stdio: options.inherit ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      // A process group of its own: Ctrl-C reaches the child once, through us, together
      // with all that it started.
      detached: !windows,
      windowsHide: true,
    });
    running.add(child);
    const forget = onInterrupt(() => end(child));
    const output = { stdout: collect("stdout"), stderr: collect("stderr") };
    let timedOut = false;
    const timer =
      options.limit === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            void end(child);
          }, options.limit);

    child.on("error", (error) => {
      if (settle()) reject(error);
    });
    child.on("exit", () => {
      // What the child left running in its group ends with it, and must not hold its output open.
      signalGroup(child, "SIGKILL");
      setTimeout(finish, outputGrace).unref();
    });
    child.on("close", finish);

    function finish() {
      const { exitCode: code, signalCode: signal } = child;
      if (!settle()) return;
      resolve({ code, signal, timedOut, stdout: output.stdout(), stderr: output.stderr() });
    }

    /** True once, and never while interrupted: then the clean-up has the last word. */
    function settle() {
      clearTimeout(timer);
      if (isInterrupted() || !running.delete(child)) return false;
      forget();
      return true;
    }

    /** @param {"stdout" | "stderr"} source */
    function collect(source) {
      const stream = child[source];
      if (stream === null) return () => "";
      /** @type {Buffer[]} */
      const chunks = [];
      stream.on("data", (/** @type {Buffer} */ chunk) => {
        chunks.push(chunk);
        options.onOutput?.(chunk, source);
      });
      if (options.onLine !== undefined) {
        const { onLine } = options;
        createInterface({ input: stream }).on("line", (line) => onLine(line, source));
      }
      return () => Buffer.concat(chunks).toString("utf8");
    }
  });
}

/**
 * Ends a child and everything in its group: asks, asks again, then forces.
 *
 * @param {import("node:child_process").ChildProcess} child
 */
async function end(child) {
  const ended = new Promise((resolve) => child.once("exit", () => resolve(true)));
  for (const wait of patience) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    signalGroup(child, "SIGINT");
    if (await Promise.race([ended, delay(wait)])) break;
  }
  signalGroup(child, "SIGKILL");
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (windows) {
      if (child.exitCode !== null) return;
      execFileSync("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    } else {
      process.kill(-child.pid, signal);
    }
  } catch {
    // The group is gone already.
  }
}

/** @param {number} milliseconds */
function delay(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, false));
}
