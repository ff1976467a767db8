// What the benchmark holds the service to.
import { medianOf } from "./run.mjs";

/** @typedef {import("./run.mjs").Results} Results */
/** @typedef {import("./run.mjs").ContenderId} ContenderId */
/** @typedef {{ what: string; target: string; measured: string; met: boolean }} Verdict */

/** @param {Results} results @returns {Verdict[]} */
export function judge(results) {
  /** @param {string} what @param {ContenderId} id @param {number} least @param {ContenderId} base @param {string} named @returns {Verdict[]} */
  const throughput = (what, id, least, base, named) => {
    const ours = medianOf(results, id, "perSecond");
    const theirs = medianOf(results, base, "perSecond");
    if (ours === undefined || theirs === undefined) return [];
    const measured = ours / theirs;
    return [
      {
        what,
        target: `at least ${Number(least.toFixed(2))} × ${named}`,
        measured: `${measured.toFixed(2)} ×`,
        met: measured >= least,
      },
    ];
  };
  /** @param {string} what @param {ContenderId} id @param {ContenderId} base @returns {Verdict[]} */
  const time = (what, id, base) => {
    const ours = medianOf(results, id, "p50");
    const small = medianOf(results, base, "p50");
    if (ours === undefined || small === undefined) return [];
    return [
      {
        what: `${what}, ${results.many.toLocaleString("en")} profiles`,
        target: "at most 1.5 × its time at 1,000",
        measured: `${(ours / small).toFixed(2)} ×`,
        met: ours / small <= 1.5,
      },
    ];
  };
  const together = medianOf(results, "update", "writesPerTransaction") ?? 0;
  const failures = results.samples.reduce((sum, sample) => sum + sample.failures, 0);
  return [
    ...throughput("Describe", "describe", 0.6, "doNothing", "the do-nothing server"),
    ...throughput("Describe", "describe", 1.5, "getItem", "dynalite's GetItem"),
    ...throughput("Describe", "describe", 10, "getParameter", "moto's GetParameter"),
    ...throughput("Describe, signed", "signedDescribe", 2 / 3, "describe", "unsigned"),
    ...throughput("Update, durable", "update", 2, "putItem", "dynalite's PutItem, not synced"),
    {
      what: "Acknowledged writes to one transaction",
      target: "at least 8",
      measured: together.toFixed(1),
      met: together >= 8,
    },
    ...time("Describe", "describeMany", "describeFew"),
    ...time("A page of 100", "listMany", "listFew"),
    { what: "Failed requests", target: "none", measured: String(failures), met: failures === 0 },
  ];
}
