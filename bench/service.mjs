// A handle on the profile service in a process of its own.
import { startProcess } from "./processes.mjs";

/** @typedef {import("./people.mjs").Profile} Profile */

/**
 * @typedef {object} Pace
 * @property {number} [latency] What every answer waits, in milliseconds.
 * @property {number} [callsPerSecond] Calls beyond this rate are answered with ThrottlingException.
 *
 * @typedef {object} Calls
 * @property {number} reads Describe and List, the refused ones left out.
 * @property {number} writes Create, Update and Delete, the refused ones left out.
 * @property {number} throttled Calls refused with ThrottlingException.
 */

/** @typedef {Awaited<ReturnType<typeof startService>>} Service */

/** Starts the service on a free port of 127.0.0.1, empty and as fast as it can be. */
export async function startService() {
  const { port, stop, ask: askProcess } = await startProcess("serviceProcess.mjs");
  /** @param {string} request @param {unknown} [argument] */
  const ask = (request, argument) => askProcess({ request, argument });
  return {
    url: `http://127.0.0.1:${port}`,
    stop,
    /** @param {Pace} pace @returns {Promise<void>} */
    pace: (pace) => ask("pace", pace),
    /** Makes the region hold just these profiles. @param {string} region @param {readonly Profile[]} profiles @returns {Promise<void>} */
    fill: (region, profiles) => ask("fill", { region, profiles }),
    /** Changes the names of these profiles behind everyone's back. @param {string} region @param {readonly string[]} arns @returns {Promise<void>} */
    drift: (region, arns) => ask("drift", { region, arns }),
    /** @param {string} region @returns {Promise<Profile[]>} */
    profiles: (region) => ask("profiles", { region }),
    /** The calls since this was asked last. @returns {Promise<Calls>} */
    calls: () => ask("calls"),
  };
}
