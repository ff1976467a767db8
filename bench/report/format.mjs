import { duration } from "../../running/progress.mjs";
import { medianOf } from "../analysis.mjs";

/** @typedef {import("../stage.mjs").Sample} Sample */

/**
 * A Markdown table; the first columns are text, the others numbers.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @param {number} [texts]
 */
export function table(head, rows, texts = 1) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column < texts ? "---" : "---:"));
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

/** What was to be reached, and what was. @param {readonly { what: string; target: string; measured: string; met: boolean }[]} verdicts */
export function verdictTable(verdicts) {
  return table(
    ["", "target", "measured", ""],
    verdicts.map(({ what, target, measured, met }) => [
      what,
      target,
      measured,
      met ? "met" : "**missed**",
    ]),
    4,
  );
}

/** @param {number} n */
export const count = (n) => n.toLocaleString("en");

/** @param {number | undefined} value @param {number | undefined} base */
export function ratio(value, base) {
  return value === undefined || base === undefined ? "" : `${(value / base).toFixed(2)} ×`;
}

/** The median time, or what became of the runs. @param {readonly Sample[]} samples */
export function time(samples) {
  if (samples.length === 0) return "";
  const done = medianOf(samples, "seconds");
  const others = samples.filter(({ outcome }) => outcome !== "done");
  if (done === undefined) return outcome(samples[0]);
  return others.length === 0
    ? duration(done)
    : `${duration(done)} (${others.length} of ${samples.length} runs: ${outcome(others[0])})`;
}

/** @param {Sample | undefined} sample */
function outcome(sample) {
  if (sample?.outcome === "over limit") return `> ${duration(sample.seconds)}`;
  if (sample?.outcome === "failed") return `failed after ${duration(sample.seconds)}`;
  return "";
}
