// The parts of the report, by name; the same ones stand in the docs.
import { duration } from "../../running/progress.mjs";
import { medianOf, select, sizes } from "../analysis.mjs";
import { services } from "../services.mjs";
import { operationTitles, variants } from "../variants.mjs";
import { count, ratio, table, time, verdictTable } from "./format.mjs";

/** @typedef {import("../run.mjs").Results} Results */
/** @typedef {import("../targets.mjs").Verdict} Verdict */
/** @typedef {import("../variants.mjs").VariantId} VariantId */

/** @param {Results} results */
export function machine({ machine: m, date }) {
  return (
    `Measured on ${date} on a machine with ${m.cores} cores and ${m.memoryGigabytes} GB of memory, ${m.system}, ` +
    `Node.js ${m.node}, Pulumi CLI ${m.pulumiCli} with \`@pulumi/pulumi\` ${m.pulumiSdk}, file backend. ` +
    "Times are medians of runs in alternation; read them as ratios."
  );
}

/** @param {Results} _results @param {readonly Verdict[]} verdicts */
export function targets(_results, verdicts) {
  return verdictTable(verdicts);
}

/** @param {Results} results */
export const preview = ({ samples }) => byVariant(samples, "preview", "plain");

/** @param {Results} results */
export const up = ({ samples }) => byVariant(samples, "up", "plain");

/**
 * Times by number of people, beside the do-nothing provider.
 *
 * @param {readonly import("../stage.mjs").Sample[]} samples
 * @param {import("../variants.mjs").Operation} operation
 * @param {import("../services.mjs").ServiceId} service
 */
function byVariant(samples, operation, service) {
  const found = select(samples, { operation, service });
  const shown = /** @type {VariantId[]} */ (["doNothing", "usual", "ours"]);
  return table(
    ["profiles", ...shown.flatMap((id) => (id === "doNothing" ? [id] : [id, ""]))].map(
      (name) => variants[/** @type {VariantId} */ (name)]?.title ?? name,
    ),
    sizes(found)
      .filter((n) => select(found, { n, variant: "doNothing" }).length > 0)
      .map((n) => {
        const floor = medianOf(select(found, { n, variant: "doNothing" }), "seconds");
        return [
          count(n),
          ...shown.flatMap((id) => {
            const own = select(found, { n, variant: id });
            return id === "doNothing"
              ? [time(own)]
              : [time(own), ratio(medianOf(own, "seconds"), floor)];
          }),
        ];
      }),
  );
}

/** No-op previews of one size under each service. @param {Results} results */
export function slowServices({ samples }) {
  const found = select(samples, { operation: "preview" });
  const n = sizes(found).findLast((size) =>
    select(found, { n: size, service: "limited" }).some(({ variant }) => variant === "ours"),
  );
  if (n === undefined) return "";
  const shown = /** @type {VariantId[]} */ (["doNothing", "usual", "ours"]);
  return table(
    [`no-op preview of ${count(n)}`, ...shown.flatMap((id) => [variants[id].title, "read calls"])],
    Object.entries(services).map(([service, { title }]) => [
      title,
      ...shown.flatMap((variant) => {
        const own = select(found, {
          n,
          service: /** @type {import("../services.mjs").ServiceId} */ (service),
          variant,
        });
        const [first] = own;
        return [time(own), first ? count(medianOf(own, "reads") ?? first.reads) : ""];
      }),
    ]),
  );
}

/** The native plugin beside the dynamic resource. @param {Results} results */
export function native({ samples }) {
  const found = select(samples, { service: "plain", variant: "native" });
  const shown = /** @type {VariantId[]} */ (["ours", "native"]);
  return table(
    ["", ...shown.map((id) => variants[id].title), "native to dynamic", "read calls"],
    sizes(found).flatMap((n) =>
      /** @type {const} */ (["up", "preview"]).map((operation) => {
        const own = shown.map((variant) =>
          select(samples, { n, operation, service: "plain", variant }),
        );
        const [ours, plugin] = own.map((runs) => medianOf(runs, "seconds"));
        const reads = own.map((runs) => count(medianOf(runs, "reads") ?? 0));
        return [
          `${operationTitles[operation]} of ${count(n)}`,
          ...own.map(time),
          ratio(plugin, ours),
          reads.join(" and "),
        ];
      }),
    ),
  );
}

/** Bytes of the state file per profile after a first up. @param {Results} results */
export function state({ samples }) {
  const found = select(samples, { operation: "up", service: "plain" });
  const shown = /** @type {VariantId[]} */ (["doNothing", "barest", "usual", "ours", "native"]);
  const perProfile = (/** @type {number} */ n, /** @type {VariantId} */ variant) => {
    const bytes = medianOf(select(found, { n, variant }), "stateBytes");
    return bytes === undefined ? undefined : bytes / n;
  };
  return table(
    [
      "bytes of state per profile",
      ...shown.map((id) => variants[id].title),
      "ours to do-nothing",
      "native to ours",
    ],
    sizes(found).map((n) => [
      count(n),
      ...shown.map((id) => {
        const bytes = perProfile(n, id);
        return bytes === undefined ? "" : count(Math.round(bytes));
      }),
      ratio(perProfile(n, "ours"), perProfile(n, "doNothing")),
      ratio(perProfile(n, "native"), perProfile(n, "ours")),
    ]),
  );
}

/** The engine's settings, beside the same without. @param {Results} results */
export function settings({ samples }) {
  const special = samples.filter(({ setting }) => setting !== undefined);
  const rows = new Map(
    special.map(({ n, operation, service, variant, setting }) => {
      const what = { n, operation, service, variant };
      const plain = select(samples, what);
      const own = select(samples, { ...what, setting: setting ?? "" });
      const cells = [
        `\`${setting}\``,
        `${operationTitles[operation]} of ${count(n)}, ${services[service].title}`,
        variants[variant].title,
        time(plain),
        time(own),
        ratio(medianOf(own, "seconds"), medianOf(plain, "seconds")),
      ];
      return [cells.join(), plain.length > 0 ? cells : undefined];
    }),
  );
  return table(
    ["setting", "operation", "provider", "without", "with", ""],
    [...rows.values()].filter((cells) => cells !== undefined),
    3,
  );
}

/** One stack against several. @param {Results} results */
export function layouts({ samples, manyStacks }) {
  const rows = manyStacks.flatMap(({ stacks, each, up: allUp, preview: allPreview, reads }) => {
    const at = { n: stacks * each, service: /** @type {const} */ ("plain"), variant: "ours" };
    const one = (/** @type {"up" | "preview"} */ operation) =>
      select(samples, { .../** @type {any} */ (at), operation });
    return [
      [
        `1 stack of ${count(stacks * each)}`,
        time(one("up")),
        time(one("preview")),
        String(medianOf(one("preview"), "reads") ?? ""),
      ],
      [
        `${stacks} stacks of ${count(each)}, one after another`,
        duration(allUp),
        duration(allPreview),
        String(reads),
      ],
    ];
  });
  const [largest] = sizes(samples).reverse();
  const at = { n: largest ?? 0, service: /** @type {const} */ ("plain"), variant: "ours" };
  const skipped = select(samples, {
    .../** @type {any} */ (at),
    operation: "up",
    setting: "PULUMI_SKIP_CHECKPOINTS",
  });
  const previews = select(samples, { .../** @type {any} */ (at), operation: "preview" });
  if (skipped.length > 0) {
    rows.push([
      `1 stack of ${count(largest ?? 0)}`,
      `${time(skipped)} with \`PULUMI_SKIP_CHECKPOINTS\``,
      time(previews),
      String(medianOf(previews, "reads") ?? ""),
    ]);
  }
  return table(["layout", "first up", "no-op preview", "read calls of a preview"], rows);
}

/** @param {Results} results */
export function reads({ reads: counts }) {
  const real = counts.filter(({ by }) => by === "preview");
  return table(
    ["profiles declared", "in an account of", "read calls", "at most"],
    real.map(({ n, t, reads: made, bound }) => [count(n), count(t), count(made), count(bound)]),
  );
}

/** @param {Results} results */
export function readiness({ readiness: r }) {
  if (r === undefined) return "";
  const ms = (/** @type {number} */ value) => `${value.toFixed(0)} ms`;
  return table(
    [`medians of ${r.runs}`, "time"],
    [
      ["Node by itself, from start to exit", ms(r.bare)],
      ["with the provider's first check, drift off: more than that", ms(r.offBeyondBare)],
      ["of which from before the module is loaded to the answer", ms(r.offInside)],
      ["the same with drift on: the SDK is loaded, the first profile read", ms(r.onInside)],
    ],
  );
}

/** Where the time goes. @param {Results} results */
export function profile({ profiles }) {
  return profiles
    .flatMap(({ n, operation, seconds, cpuByRole, processes }) => [
      `${capital(operationTitles[operation])} of ${count(n)} profiles under the profiler: ${duration(seconds)}` +
        (cpuByRole
          ? `; processor time: ${Object.entries(cpuByRole)
              .map(([role, used]) => `${role} ${duration(used)}`)
              .join(", ")}.`
          : "."),
      ...processes.map(({ process, lifetime, shares }) =>
        table(
          [`${process}, alive for ${duration(lifetime)}`, "time", "share"],
          Object.entries(shares)
            .filter(([, spent]) => spent >= 0.005)
            .map(([what, spent]) => [
              what,
              `${spent.toFixed(2)} s`,
              `${((100 * spent) / lifetime).toFixed(1)} %`,
            ]),
        ),
      ),
    ])
    .join("\n\n");
}

/** @param {string} text */
const capital = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
