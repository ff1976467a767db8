import { medianOf, select, sizes } from "../analysis.mjs";
import { services } from "../services.mjs";
import { operations, operationTitles, variants } from "../variants.mjs";
import { count, ratio, table, time } from "./format.mjs";
import * as fragments from "./fragments.mjs";

/** @typedef {import("../run.mjs").Results} Results */
/** @typedef {import("../variants.mjs").VariantId} VariantId */

/**
 * The whole report.
 *
 * @param {Results} results
 * @param {readonly import("../targets.mjs").Verdict[]} verdicts
 */
export function markdown(results, verdicts) {
  const { samples, notes, minutes, quick } = results;
  const part = (/** @type {string} */ title, /** @type {string} */ text) =>
    text === "" ? [] : [`## ${title}`, text];
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
    ...(quick ? [] : ["![Times by number of profiles](plot.svg)"]),
    ...part("First up", fragments.up(results)),
    ...part("No-op preview", fragments.preview(results)),
    ...(quick ? [] : part("Dynamic and native", fragments.native(results))),
    ...part("Slow services", fragments.slowServices(results)),
    ...part("State", fragments.state(results)),
    ...part("Read calls", fragments.reads(results)),
    ...part("Readiness", fragments.readiness(results)),
    ...(quick ? [] : part("Layouts", fragments.layouts(results))),
    ...(quick ? [] : part("Settings of the engine", fragments.settings(results))),
    ...part("Where the time goes", fragments.profile(results)),
    "## Everything",
    ...sizes(samples).flatMap((n) =>
      Object.entries(services).flatMap(([id, { title }]) => {
        const service = /** @type {import("../services.mjs").ServiceId} */ (id);
        const found = select(samples, { n, service });
        return found.length === 0
          ? []
          : [`### ${count(n)} profiles, ${title}`, details(found), ...failures(found)];
      }),
    ),
  ].join("\n\n")}\n`;
}

/** @param {readonly import("../stage.mjs").Sample[]} samples */
function details(samples) {
  return table(
    ["", "", "wall", "to do-nothing", "CPU", "memory", "reads", "writes", "throttled"],
    operations.flatMap((operation) => {
      const found = select(samples, { operation });
      const floor = medianOf(select(found, { variant: "doNothing" }), "seconds");
      return /** @type {VariantId[]} */ (Object.keys(variants)).flatMap((variant) => {
        const own = select(found, { variant });
        if (own.length === 0) return [];
        const cpu = medianOf(own, "cpuSeconds");
        const peak = medianOf(own, "peakBytes");
        return [
          [
            operationTitles[operation],
            variants[variant].title,
            time(own),
            ratio(medianOf(own, "seconds"), floor),
            cpu === undefined ? "" : `${cpu.toFixed(1)} s`,
            peak === undefined ? "" : `${Math.round(peak / 2 ** 20)} MiB`,
            .../** @type {const} */ (["reads", "writes", "throttled"]).map((figure) => {
              const value = medianOf(own, figure) ?? own[0]?.[figure];
              return value === undefined ? "" : count(value);
            }),
          ],
        ];
      });
    }),
    2,
  );
}

/** What runs failed of. @param {readonly import("../stage.mjs").Sample[]} samples */
function failures(samples) {
  const lines = samples
    .filter(({ reason }) => reason !== undefined)
    .map(
      ({ operation, variant, reason }) =>
        `- ${operationTitles[operation]}, ${variants[variant].title}: \`${reason}\``,
    );
  return lines.length === 0 ? [] : [`Failed:\n${[...new Set(lines)].join("\n")}`];
}
