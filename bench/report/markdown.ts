import type { Results } from "../run";
import { serviceIds, services } from "../service";
import type { Sample } from "../stage";
import { medianOf, select, sizes } from "../statistics";
import type { TimedVerdict } from "../targets";
import { operations, operationTitles, variantIds, variants } from "../variants";
import { count, ratio, table, time } from "./format";
import * as fragments from "./fragments";

/** The whole report. */
export function markdown(results: Results, verdicts: readonly TimedVerdict[]): string {
  const { samples, notes, minutes, quick } = results;
  const part = (title: string, text: string) => (text === "" ? [] : [`## ${title}`, text]);
  const fullOnly = (...parts: string[]) => (quick ? [] : parts);
  return `${[
    "# Benchmark",
    `\`npm run bench${quick ? " -- --quick" : ""}\` wrote this in ${minutes} minutes.`,
    fragments.machine(results),
    "Compared are a `pulumi.dynamic.Resource` that does nothing, with the same inputs (the engine's floor); the usual way of " +
      "writing this provider, an object literal whose methods make a client of the AWS SDK and whose diff describes the " +
      "profile; this package; and two scripts without Pulumi. The profile service runs over HTTP on the same machine, in a " +
      "process of its own. Repairs, ups and destroys are run with `--skip-preview`. Processor time is user and system time of " +
      "the whole process tree, memory the most that its resident sets came to together.",
    ...notes,
    ...part("Targets", fragments.targets(results, verdicts)),
    ...fullOnly("![Times by number of profiles](plot.svg)"),
    ...part("First up", fragments.up(results)),
    ...part("No-op preview", fragments.preview(results)),
    ...fullOnly(...part("Dynamic and native", fragments.native(results))),
    ...part("Slow services", fragments.slowServices(results)),
    ...part("State", fragments.state(results)),
    ...part("Read calls", fragments.reads(results)),
    ...part("Readiness", fragments.readiness(results)),
    ...fullOnly(...part("Layouts", fragments.layouts(results))),
    ...fullOnly(...part("Settings of the engine", fragments.settings(results))),
    "## Everything",
    ...sizes(samples).flatMap((n) =>
      serviceIds.flatMap((service) => {
        const found = select(samples, { n, service });
        const title = `### ${count(n)} profiles, ${services[service].title}`;
        return found.length === 0 ? [] : [title, details(found), ...failures(found)];
      }),
    ),
  ].join("\n\n")}\n`;
}

function details(samples: readonly Sample[]): string {
  const rows = operations.flatMap((operation) => {
    const found = select(samples, { operation });
    const floor = medianOf(select(found, { variant: "doNothing" }), "seconds");
    return variantIds.flatMap((variant) => {
      const own = select(found, { variant });
      if (own.length === 0) return [];
      const cpu = medianOf(own, "cpuSeconds");
      const peak = medianOf(own, "peakBytes");
      const calls = (["reads", "writes", "throttled"] as const).map((figure) => {
        const value = medianOf(own, figure) ?? own[0]?.[figure];
        return value === undefined ? "" : count(value);
      });
      return [
        [
          operationTitles[operation],
          variants[variant].title,
          time(own),
          ratio(medianOf(own, "seconds"), floor),
          cpu === undefined ? "" : `${cpu.toFixed(1)} s`,
          peak === undefined ? "" : `${Math.round(peak / 2 ** 20)} MiB`,
          ...calls,
        ],
      ];
    });
  });
  const heads = ["wall", "to do-nothing", "CPU", "memory", "reads", "writes", "throttled"];
  return table(["", "", ...heads], rows, 2);
}

/** What runs failed of. */
function failures(samples: readonly Sample[]): string[] {
  const lines = samples.flatMap(({ operation, variant, reason }) =>
    reason === undefined
      ? []
      : `- ${operationTitles[operation]}, ${variants[variant].title}: \`${reason}\``,
  );
  return lines.length === 0 ? [] : [`Failed:\n${[...new Set(lines)].join("\n")}`];
}
