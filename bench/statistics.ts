// Questions put to the samples.
import type { Sample } from "./stage";

export type Query = Partial<Pick<Sample, "n" | "variant" | "operation" | "service" | "setting">>;
export type Figure =
  | "seconds"
  | "cpuSeconds"
  | "peakBytes"
  | "reads"
  | "writes"
  | "throttled"
  | "stateBytes";

/** Of one value at least. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? Number.NaN) + (sorted[sorted.length - 1 - middle] ?? Number.NaN)) / 2;
}

/** Samples that are as the query says; without a setting unless it names one. */
export function select(samples: readonly Sample[], query: Query): Sample[] {
  const wanted = Object.entries({ setting: undefined, ...query });
  return samples.filter((sample) =>
    wanted.every(([key, value]) => sample[key as keyof Sample] === value),
  );
}

/** The median of a figure over the runs that were done; undefined when there is none. */
export function medianOf(samples: readonly Sample[], figure: Figure): number | undefined {
  const values = samples.flatMap((sample) =>
    sample.outcome === "done" ? (sample[figure] ?? []) : [],
  );
  return values.length === 0 ? undefined : median(values);
}

/** The numbers of people that were measured, ascending. */
export function sizes(samples: readonly Sample[]): number[] {
  return [...new Set(samples.map(({ n }) => n))].sort((a, b) => a - b);
}
