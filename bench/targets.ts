// What the benchmark holds the package to.
import { readBound } from "./calls";
import { count, type Verdict } from "./report/format";
import type { Results } from "./run";
import type { ServiceId } from "./service";
import { driftedOf } from "./stage";
import { medianOf, type Query, select, sizes } from "./statistics";
import type { Operation, VariantId } from "./variants";

/** `timed`: whether it depends on the machine and on what else the machine does. */
export type TimedVerdict = Verdict & { readonly timed: boolean };

/** The size that times are judged at. */
const large = 1000;

/** What is measured, beside what; `name` is the floor's, in a sentence. */
const dynamic = { variant: "ours", floor: "doNothing", name: "the do-nothing provider" } as const;
const native = { variant: "native", floor: "ours", name: "the dynamic resource" } as const;
type Pair = typeof dynamic | typeof native;

/** A run of theirs that fails takes a target with it, so that it is one that is missed. */
const judged: readonly VariantId[] = ["doNothing", "ours", "native"];

/** Milliseconds from loading the provider's module to its first answer. */
const readinessTarget = 50;

export function judge(results: Results): TimedVerdict[] {
  return [...times(results), ...sizesOfState(results), ...calls(results), ...start(results)];
}

function times({ samples }: Results): TimedVerdict[] {
  const at = (operation: Operation, service: ServiceId, { variant, floor }: Pair = dynamic) =>
    [variant, floor].map((id: VariantId) =>
      medianOf(select(samples, { n: large, operation, service, variant: id }), "seconds"),
    );
  const more = (what: string, most: number, [ours, floor]: readonly (number | undefined)[]) => {
    if (ours === undefined || floor === undefined) return [];
    const measured = ours - floor;
    return [
      {
        what,
        target: `at most ${most} s more than ${dynamic.name}`,
        measured: `${measured < 0 ? "−" : "+"}${Math.abs(measured).toFixed(2)} s`,
        met: measured <= most,
        timed: true,
      },
    ];
  };
  return [
    ...ratio("No-op preview, N = 1,000", 1.05, dynamic, at("preview", "plain"), true),
    ...more("No-op preview, N = 1,000, 50 ms latency", 1, at("preview", "latency")),
    ...more("No-op preview, N = 1,000, 10 calls a second", 3, at("preview", "limited")),
    ...ratio("First up, N = 1,000", 0.65, dynamic, at("up", "plain"), true),
    ...ratio("First up, native, N = 1,000", 1.05, native, at("up", "plain", native), true),
    ...ratio("No-op preview, native, N = 1,000", 1.6, native, at("preview", "plain", native), true),
  ];
}

function ratio(
  what: string,
  most: number,
  { name }: Pair,
  [ours, floor]: readonly (number | undefined)[],
  timed: boolean,
): TimedVerdict[] {
  if (ours === undefined || floor === undefined) return [];
  const measured = ours / floor;
  return [
    {
      what,
      target: `at most ${most} × ${name}`,
      measured: `${measured.toFixed(3)} ×`,
      met: measured <= most,
      timed,
    },
  ];
}

/** At the largest size that both were measured at. */
function sizesOfState({ samples }: Results): TimedVerdict[] {
  const size = (what: string, most: number, pair: Pair) => {
    const bytes = (n: number) =>
      [pair.variant, pair.floor].map((variant) => {
        const query: Query = { n, operation: "up", variant };
        return medianOf(select(samples, query), "stateBytes");
      });
    const n = sizes(samples).findLast((each) => !bytes(each).includes(undefined));
    if (n === undefined) return [];
    return ratio(`${what}, N = ${count(n)}`, most, pair, bytes(n), false);
  };
  return [...size("State", 0.55, dynamic), ...size("State, native", 0.9, native)];
}

function calls({ samples, reads, repairs }: Results): TimedVerdict[] {
  const ours = samples.filter(({ variant }) => variant === "ours");
  const done = ours.filter(({ outcome }) => outcome === "done");
  const previews = done.filter(({ operation }) => operation === "preview" || operation === "drift");
  const over = [
    ...reads,
    ...previews.map(({ n, reads: made }) => ({ n, t: n, reads: made, bound: readBound(n, n) })),
  ].filter(({ reads: made, bound }) => made > bound);
  const repaired = done.filter(({ operation }) => operation === "repair");
  const others = done.filter(({ operation }) => operation !== "repair");
  const all = (what: string, target: string, right: readonly boolean[]) => ({
    what,
    target,
    measured: `in ${right.filter(Boolean).length} of ${right.length} runs`,
    met: right.every(Boolean),
    timed: false,
  });
  return [
    {
      what: "Read calls of a preview, N profiles in an account of T",
      target: "at most 2 · min(N, ⌈T/100⌉) + 2",
      measured:
        over.length === 0
          ? `never more, in ${reads.length + previews.length} previews`
          : over.map(({ n, t, reads: made }) => `${made} for N = ${n}, T = ${t}`).join("; "),
      met: over.length === 0,
      timed: false,
    },
    all("Writes of a repair of k drifted profiles", "k", [
      ...repairs.map(({ drifted, writes }) => drifted === writes),
      ...repaired.map(({ n, writes }) => driftedOf(n) === writes),
    ]),
    all(
      "Writes of all else",
      "N for a first up and a destroy, otherwise none",
      others.map(
        ({ operation, n, writes }) =>
          writes === (operation === "up" || operation === "destroy" ? n : 0),
      ),
    ),
    all(
      "Runs that come to their end, throttled ones too",
      "all",
      samples
        .filter(({ variant }) => judged.includes(variant))
        .map(({ outcome }) => outcome === "done"),
    ),
  ];
}

function start({ readiness }: Results): TimedVerdict[] {
  if (readiness === undefined) return [];
  const { offBeyondBare, sdkLoadedUnasked, sdkLoadedWithDriftOff, sdkLoadedWithDriftOn } =
    readiness;
  const elsewhere = sdkLoadedWithDriftOn.some((script) => !script.includes("dynamic-provider"));
  const wrong = [
    sdkLoadedUnasked && "a check loaded it that read nothing",
    sdkLoadedWithDriftOff.length > 0 && "loaded with drift off",
    elsewhere && "loaded outside the provider",
    sdkLoadedWithDriftOn.length === 0 && "not loaded for the reads",
  ].filter((fault) => fault !== false);
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
      measured: wrong.length === 0 ? "just so" : wrong.join("; "),
      met: wrong.length === 0,
      timed: false,
    },
  ];
}
