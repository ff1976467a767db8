// The parts of the report, by name; the same ones stand in the docs.
import { duration } from "../../running/progress.mjs";
import type { Results } from "../run";
import { serviceIds, services } from "../service";
import type { Sample } from "../stage";
import { medianOf, type Query, select, sizes } from "../statistics";
import type { TimedVerdict } from "../targets";
import { type Operation, operationTitles, type VariantId, variants } from "../variants";
import { count, ratio, table, time, verdictTable } from "./format";

/** The variants of most tables; the first is the floor. */
const shown = ["doNothing", "usual", "ours"] as const;
const titleOf = (id: VariantId) => variants[id].title;

export function machine({ machine: m, date }: Results): string {
  return (
    `Measured on ${date} on a machine with ${m.cores} cores and ${m.memoryGigabytes} GB of memory, ${m.system}, ` +
    `Node.js ${m.node}, Pulumi CLI ${m.pulumiCli} with \`@pulumi/pulumi\` ${m.pulumiSdk}, file backend. ` +
    "Times are medians of runs in alternation; read them as ratios."
  );
}

export function targets(_results: Results, verdicts: readonly TimedVerdict[]): string {
  return verdictTable(verdicts);
}

export const preview = ({ samples }: Results) => byVariant(samples, "preview");
export const up = ({ samples }: Results) => byVariant(samples, "up");

/** Times by number of people, beside the do-nothing provider. */
function byVariant(samples: readonly Sample[], operation: Operation): string {
  const found = select(samples, { operation, service: "plain" });
  const [first, ...others] = shown;
  const rows = sizes(select(found, { variant: first })).map((n) => {
    const floor = select(found, { n, variant: first });
    const cells = others.flatMap((variant) => {
      const own = select(found, { n, variant });
      return [time(own), ratio(medianOf(own, "seconds"), medianOf(floor, "seconds"))];
    });
    return [count(n), time(floor), ...cells];
  });
  return table(["profiles", titleOf(first), ...others.flatMap((id) => [titleOf(id), ""])], rows);
}

/** No-op previews of one size under each service. */
export function slowServices({ samples }: Results): string {
  const found = select(samples, { operation: "preview" });
  const n = sizes(select(found, { service: "limited", variant: "ours" })).at(-1);
  if (n === undefined) return "";
  const rows = serviceIds.map((service) => [
    services[service].title,
    ...shown.flatMap((variant) => {
      const own = select(found, { n, service, variant });
      const [first] = own;
      return [time(own), first ? count(medianOf(own, "reads") ?? first.reads) : ""];
    }),
  ]);
  const heads = shown.flatMap((id) => [titleOf(id), "read calls"]);
  return table([`no-op preview of ${count(n)}`, ...heads], rows);
}

/** The native plugin beside the dynamic resource. */
export function native({ samples }: Results): string {
  const both = ["ours", "native"] as const;
  const found = select(samples, { service: "plain" });
  const rows = sizes(select(found, { variant: "native" })).flatMap((n) =>
    (["up", "preview"] as const).map((operation) => {
      const own = both.map((variant) => select(found, { n, operation, variant }));
      const [ours, plugin] = own.map((runs) => medianOf(runs, "seconds"));
      const calls = own.map((runs) => count(medianOf(runs, "reads") ?? 0)).join(" and ");
      const title = `${operationTitles[operation]} of ${count(n)}`;
      return [title, ...own.map(time), ratio(plugin, ours), calls];
    }),
  );
  return table(["", ...both.map(titleOf), "native to dynamic", "read calls"], rows);
}

/** Bytes of the state file per profile after a first up. */
export function state({ samples }: Results): string {
  const found = select(samples, { operation: "up", service: "plain" });
  const columns = ["doNothing", "barest", "usual", "ours", "native"] as const;
  const rows = sizes(found).map((n) => {
    const [floor, barest, usual, ours, plugin] = columns.map((variant) => {
      const bytes = medianOf(select(found, { n, variant }), "stateBytes");
      return bytes === undefined ? undefined : bytes / n;
    });
    const cells = [floor, barest, usual, ours, plugin].map((bytes) =>
      bytes === undefined ? "" : count(Math.round(bytes)),
    );
    return [count(n), ...cells, ratio(ours, floor), ratio(plugin, ours)];
  });
  const heads = [...columns.map(titleOf), "ours to do-nothing", "native to ours"];
  return table(["bytes of state per profile", ...heads], rows);
}

/** The engine's settings, beside the same without. */
export function settings({ samples }: Results): string {
  const rows = new Map<string, string[]>();
  for (const { n, operation, service, variant, setting } of samples) {
    const plain = select(samples, { n, operation, service, variant });
    if (setting === undefined || plain.length === 0) continue;
    const own = select(samples, { n, operation, service, variant, setting });
    const cells = [
      `\`${setting}\``,
      `${operationTitles[operation]} of ${count(n)}, ${services[service].title}`,
      titleOf(variant),
      time(plain),
      time(own),
      ratio(medianOf(own, "seconds"), medianOf(plain, "seconds")),
    ];
    rows.set(cells.join(), cells);
  }
  return table(["setting", "operation", "provider", "without", "with", ""], [...rows.values()], 3);
}

/** One stack against several. */
export function layouts({ samples, manyStacks }: Results): string {
  const ours = (query: Query) => select(samples, { service: "plain", variant: "ours", ...query });
  const readsOf = (runs: readonly Sample[]) => String(medianOf(runs, "reads") ?? "");
  const rows = manyStacks.flatMap((several) => {
    const n = several.stacks * several.each;
    const previews = ours({ n, operation: "preview" });
    return [
      [
        `1 stack of ${count(n)}`,
        time(ours({ n, operation: "up" })),
        time(previews),
        readsOf(previews),
      ],
      [
        `${several.stacks} stacks of ${count(several.each)}, one after another`,
        duration(several.up),
        duration(several.preview),
        String(several.reads),
      ],
    ];
  });
  const n = sizes(ours({ operation: "up" })).at(-1) ?? 0;
  const skipped = ours({ n, operation: "up", setting: "PULUMI_SKIP_CHECKPOINTS" });
  const previews = ours({ n, operation: "preview" });
  if (skipped.length > 0) {
    const first = `${time(skipped)} with \`PULUMI_SKIP_CHECKPOINTS\``;
    rows.push([`1 stack of ${count(n)}`, first, time(previews), readsOf(previews)]);
  }
  return table(["layout", "first up", "no-op preview", "read calls of a preview"], rows);
}

export function reads({ reads: counts }: Results): string {
  const rows = counts.map(({ n, t, reads: made, bound }) => [n, t, made, bound].map(count));
  return table(["profiles declared", "in an account of", "read calls", "at most"], rows);
}

export function readiness({ readiness: r }: Results): string {
  if (r === undefined) return "";
  const rows: [string, number][] = [
    ["Node by itself, from start to exit", r.bare],
    ["with the provider's first check, drift off: more than that", r.offBeyondBare],
    ["of which from before the module is loaded to the answer", r.offInside],
    ["the same with drift on: the SDK is loaded, the first profile read", r.onInside],
  ];
  return table(
    [`medians of ${r.runs}`, "time"],
    rows.map(([what, milliseconds]) => [what, `${milliseconds.toFixed(0)} ms`]),
  );
}
