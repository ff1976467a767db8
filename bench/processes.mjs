// The processes that benchmarks start beside their own: each answers questions over its channel and ends with this one.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onInterrupt } from "../running/interruption.mjs";

/** @typedef {Awaited<ReturnType<typeof startProcess>>} Process */

/**
 * Rejects when the process ends before it is ready; a question does when it ends before its answer.
 *
 * @param {string} script Relative to this file.
 * @param {readonly string[]} [args]
 */
export async function startProcess(script, args = []) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    serialization: "advanced",
  });
  const stop = () => {
    forget();
    child.kill();
  };
  const forget = onInterrupt(stop);
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  let last = 0;
  const gone = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`${script} ended with ${code ?? signal}`)),
    );
  });
  gone.catch(() => {});
  const started = new Promise((resolve) => {
    child.on("message", (/** @type {any} */ message) => {
      if (message.ready) resolve(message);
      else waiting.get(message.id)?.(message.answer);
    });
  });
  const { port } = /** @type {{ port: number }} */ (await Promise.race([started, gone]));
  return {
    port,
    stop,
    /** @param {unknown} [argument] @returns {Promise<any>} */
    ask(argument) {
      const id = ++last;
      const answered = new Promise((resolve) => waiting.set(id, resolve));
      child.send({ id, argument });
      return Promise.race([answered, gone]).finally(() => waiting.delete(id));
    },
  };
}
