import { duration } from "../../running/progress.mjs";
import type { Sample } from "../stage";
import { medianOf } from "../statistics";

/** What was to be reached, and what was. */
export interface Verdict {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A Markdown table; the first columns are text, the others numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts = 1,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column < texts ? "---" : "---:"));
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, target, measured, met }) => {
    return [what, target, measured, met ? "met" : "**missed**"];
  });
  return table(["", "target", "measured", ""], rows, 4);
}

export const count = (n: number) => n.toLocaleString("en");

export function ratio(value: number | undefined, base: number | undefined): string {
  return value === undefined || base === undefined ? "" : `${(value / base).toFixed(2)} ×`;
}

/** The median time, or what became of the runs. */
export function time(samples: readonly Sample[]): string {
  const done = medianOf(samples, "seconds");
  const others = samples.filter(({ outcome }) => outcome !== "done");
  if (done === undefined) return outcome(samples[0]);
  if (others.length === 0) return duration(done);
  return `${duration(done)} (${others.length} of ${samples.length} runs: ${outcome(others[0])})`;
}

function outcome(sample: Sample | undefined): string {
  if (sample?.outcome === "over limit") return `> ${duration(sample.seconds)}`;
  if (sample?.outcome === "failed") return `failed after ${duration(sample.seconds)}`;
  return "";
}
