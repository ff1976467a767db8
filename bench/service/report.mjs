import { count, table, verdictTable } from "../report/format.mjs";
import { alone, titles, underLoad } from "./contenders.mjs";
import { medianOf } from "./run.mjs";

/** @typedef {import("./run.mjs").Results} Results */

/**
 * The whole report.
 *
 * @param {Results} results
 * @param {readonly import("./targets.mjs").Verdict[]} verdicts
 */
export function markdown(results, verdicts) {
  const { machine: m, date, minutes, quick, connections, many, notes } = results;
  return `${[
    "# Benchmark of the profile service",
    `\`npm run bench:service${quick ? " -- --quick" : ""}\` wrote this in ${minutes} minutes. Measured on ${date} on a machine ` +
      `with ${m.cores} cores and ${m.memoryGigabytes} GB of memory, ${m.system}, Node.js ${m.node}. Figures are medians of rounds ` +
      "in alternation; read them as ratios. Servers and the load are processes of their own on the same machine and share its " +
      "cores; the profile service has its profiles in an SQLite file and syncs every commit; dynalite has its items in LevelDB files, which it does not sync, and once more in memory; moto in memory.",
    ...(quick
      ? ["This was a short run: it shows that the benchmark works, not what the service reaches."]
      : []),
    ...notes,
    "## Targets",
    verdictTable(verdicts),
    "![Requests per second](plot.svg)",
    `## ${connections} connections`,
    rows(results, underLoad),
    "## One connection",
    `The large store holds ${count(many)} profiles.`,
    rows(results, alone),
  ].join("\n\n")}\n`;
}

/** @param {Results} results @param {readonly import("./run.mjs").ContenderId[]} ids */
function rows(results, ids) {
  return table(
    ["", "requests per second", "p50", "p99", "writes per transaction"],
    ids.flatMap((id) => {
      const perSecond = medianOf(results, id, "perSecond");
      if (perSecond === undefined) return [];
      const together = medianOf(results, id, "writesPerTransaction");
      return [
        [
          titles[id],
          count(Math.round(perSecond)),
          `${(medianOf(results, id, "p50") ?? Number.NaN).toFixed(2)} ms`,
          `${(medianOf(results, id, "p99") ?? Number.NaN).toFixed(2)} ms`,
          together === undefined ? "" : together.toFixed(1),
        ],
      ];
    }),
  );
}
