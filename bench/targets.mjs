// What the benchmark holds the package to.
import { medianOf, select, sizes } from "./analysis.mjs";
import { readBound } from "./readBound.mjs";
import { driftedOf } from "./stage.mjs";

/** @typedef {import("./run.mjs").Results} Results */

/**
 * @typedef {object} Verdict
 * @property {string} what
 * @property {string} target
 * @property {string} measured
 * @property {boolean} met
 * @property {boolean} timed Whether it depends on the machine and on what else the machine does.
 */

/** The size that times are judged at. */
const large = 1000;

/** @typedef {import("./variants.mjs").VariantId} VariantId */
/** @typedef {{ variant: VariantId; floor: VariantId; name: string }} Pair `name`: the floor's, in a sentence. */

/** What is measured, beside what. @type {{ dynamic: Pair; native: Pair }} */
const pairs = {
  dynamic: { variant: "ours", floor: "doNothing", name: "the do-nothing provider" },
  native: { variant: "native", floor: "ours", name: "the dynamic resource" },
};

/** Milliseconds from loading the provider's module to its first answer. */
const readinessTarget = 50;

/** @param {Results} results @returns {Verdict[]} */
export function judge(results) {
  return [...times(results), ...sizesOfState(results), ...calls(results), ...start(results)];
}

/** @param {Results} results @returns {Verdict[]} */
function times({ samples }) {
  /** @type {Verdict[]} */
  const verdicts = [];
  /**
   * @param {import("./variants.mjs").Operation} operation
   * @param {import("./services.mjs").ServiceId} service
   * @param {Pair} [pair]
   */
  const both = (operation, service, { variant, floor: beside, name } = pairs.dynamic) => {
    const at = { n: large, operation, service };
    const ours = medianOf(select(samples, { ...at, variant }), "seconds");
    const floor = medianOf(select(samples, { ...at, variant: beside }), "seconds");
    return ours === undefined || floor === undefined ? undefined : { ours, floor, name };
  };
  /** @param {string} what @param {number} most @param {ReturnType<typeof both>} pair */
  const ratio = (what, most, pair) => {
    if (pair === undefined) return;
    const measured = pair.ours / pair.floor;
    verdicts.push({
      what,
      target: `at most ${most} × ${pair.name}`,
      measured: `${measured.toFixed(3)} ×`,
      met: measured <= most,
      timed: true,
    });
  };
  /** @param {string} what @param {number} most @param {ReturnType<typeof both>} pair */
  const more = (what, most, pair) => {
    if (pair === undefined) return;
    const measured = pair.ours - pair.floor;
    verdicts.push({
      what,
      target: `at most ${most} s more than the do-nothing provider`,
      measured: `${measured < 0 ? "−" : "+"}${Math.abs(measured).toFixed(2)} s`,
      met: measured <= most,
      timed: true,
    });
  };
  ratio("No-op preview, N = 1,000", 1.05, both("preview", "plain"));
  more("No-op preview, N = 1,000, 50 ms latency", 1, both("preview", "latency"));
  more("No-op preview, N = 1,000, 10 calls a second", 3, both("preview", "limited"));
  ratio("First up, N = 1,000", 0.65, both("up", "plain"));
  ratio("First up, native, N = 1,000", 1.05, both("up", "plain", pairs.native));
  ratio("No-op preview, native, N = 1,000", 1.6, both("preview", "plain", pairs.native));
  return verdicts;
}

/** @param {Results} results @returns {Verdict[]} */
function sizesOfState({ samples }) {
  return [
    ...sizeOfState(samples, "State", pairs.dynamic, 0.55),
    ...sizeOfState(samples, "State, native", pairs.native, 0.9),
  ];
}

/**
 * At the largest size that both were measured at.
 *
 * @param {Results["samples"]} samples
 * @param {string} what
 * @param {Pair} pair
 * @param {number} most
 * @returns {Verdict[]}
 */
function sizeOfState(samples, what, { variant, floor: beside, name }, most) {
  for (const n of sizes(samples).reverse()) {
    const at = { n, operation: /** @type {const} */ ("up") };
    const ours = medianOf(select(samples, { ...at, variant }), "stateBytes");
    const floor = medianOf(select(samples, { ...at, variant: beside }), "stateBytes");
    if (ours === undefined || floor === undefined) continue;
    return [
      {
        what: `${what}, N = ${n.toLocaleString("en")}`,
        target: `at most ${most} × ${name}`,
        measured: `${(ours / floor).toFixed(3)} ×`,
        met: ours / floor <= most,
        timed: false,
      },
    ];
  }
  return [];
}

/** @param {Results} results @returns {Verdict[]} */
function calls({ samples, reads, repairs }) {
  const ours = samples.filter(({ variant }) => variant === "ours");
  const done = ours.filter(({ outcome }) => outcome === "done");
  const previews = done.filter(({ operation }) => operation === "preview" || operation === "drift");
  const counts = [
    ...reads,
    ...previews.map(({ n, reads: made }) => ({ n, t: n, reads: made, bound: readBound(n, n) })),
  ];
  const over = counts.filter(({ reads: made, bound }) => made > bound);
  const repairsRight = [
    ...repairs,
    ...done
      .filter(({ operation }) => operation === "repair")
      .map(({ n, writes }) => ({ n, drifted: driftedOf(n), writes })),
  ].map(({ drifted, writes }) => drifted === writes);
  const writesExpected = done
    .filter(({ operation }) => operation !== "repair")
    .map(({ operation, n, writes }) => {
      const expected = operation === "up" || operation === "destroy" ? n : 0;
      return writes === expected;
    });
  const previewsInGrid = reads.filter(({ by }) => by === "preview").length;
  return [
    {
      what: "Read calls of a preview, N profiles in an account of T",
      target: "at most 2 · min(N, ⌈T/100⌉) + 2",
      measured:
        over.length === 0
          ? `never more, in ${previewsInGrid + previews.length} previews and ${reads.length - previewsInGrid} runs of the directory alone`
          : over.map(({ n, t, reads: made }) => `${made} for N = ${n}, T = ${t}`).join("; "),
      met: over.length === 0,
      timed: false,
    },
    {
      what: "Writes of a repair of k drifted profiles",
      target: "k",
      measured: proportion(repairsRight),
      met: repairsRight.every(Boolean),
      timed: false,
    },
    {
      what: "Writes of all else",
      target: "N for a first up and a destroy, otherwise none",
      measured: proportion(writesExpected),
      met: writesExpected.every(Boolean),
      timed: false,
    },
    {
      what: "Runs that come to their end, throttled ones too",
      target: "all",
      measured: proportion(ours.map(({ outcome }) => outcome === "done")),
      met: ours.length === done.length,
      timed: false,
    },
  ];
}

/** @param {readonly boolean[]} right */
function proportion(right) {
  return `in ${right.filter(Boolean).length} of ${right.length} runs`;
}

/** @param {Results} results @returns {Verdict[]} */
function start({ readiness }) {
  if (readiness === undefined) return [];
  const { offBeyondBare, sdkLoadedUnasked, sdkLoadedWithDriftOff, sdkLoadedWithDriftOn } =
    readiness;
  const unasked = sdkLoadedUnasked && "a check loaded it that read nothing";
  const off = sdkLoadedWithDriftOff.length > 0 && "loaded with drift off";
  const on =
    sdkLoadedWithDriftOn.some((script) => !script.includes("dynamic-provider")) &&
    "loaded outside the provider";
  const loads = !unasked && !off && !on;
  return [
    {
      what: "Provider module loaded and first check answered",
      target: `within ${readinessTarget} ms beyond Node by itself`,
      measured: `${offBeyondBare.toFixed(0)} ms`,
      met: offBeyondBare <= readinessTarget,
      timed: true,
    },
    {
      what: "A preview that plans nothing loads the SDK",
      target: "in the provider, for its reads; not at all with drift off",
      measured: loads ? "just so" : [unasked, off, on].filter(Boolean).join("; "),
      met: loads,
      timed: false,
    },
  ];
}
