// One run of one command.
import { randomUUID } from "node:crypto";
import { run } from "../running/children.mjs";
import { markerName, watchTree } from "./processTree.mjs";

/**
 * @typedef {object} Command
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string} cwd
 * @property {Record<string, string | undefined>} env
 *
 * @typedef {object} Measurement
 * @property {"done" | "failed" | "over limit"} outcome
 * @property {number} seconds Wall time; of a run over its limit, the limit.
 * @property {number} [cpuSeconds] User and system time of the whole process tree.
 * @property {import("./processTree.mjs").Usage["cpuByRole"]} [cpuByRole]
 * @property {number} [peakBytes] Most resident memory at one time, the processes of the tree added up.
 * @property {number} reads
 * @property {number} writes
 * @property {number} throttled Calls refused, which are not among the reads and writes.
 * @property {string} output
 */

/**
 * Runs the command to its end or its limit, in milliseconds.
 *
 * @param {Command} what
 * @param {import("./service.mjs").Service} service
 * @param {number} [limit]
 * @returns {Promise<Measurement>}
 */
export async function measure({ command, args, cwd, env }, service, limit) {
  await service.calls();
  const marker = randomUUID();
  const tree = watchTree(marker);
  const begun = performance.now();
  const outcome = await run(command, args, {
    cwd,
    env: { ...env, [markerName]: marker },
    ...(limit !== undefined && { limit }),
  });
  const seconds = (performance.now() - begun) / 1000;
  const used = tree.stop();
  if (outcome.timedOut) tree.end();
  const calls = await service.calls();
  return {
    outcome: outcome.timedOut ? "over limit" : outcome.code === 0 ? "done" : "failed",
    seconds: outcome.timedOut && limit !== undefined ? limit / 1000 : seconds,
    ...used,
    ...calls,
    output: outcome.stdout + outcome.stderr,
  };
}
