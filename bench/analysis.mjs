// Questions put to the samples.
import { median } from "./median.mjs";

/** @typedef {import("./stage.mjs").Sample} Sample */
/** @typedef {Partial<Pick<Sample, "n" | "variant" | "operation" | "service">> & { setting?: string }} Query */

/**
 * Samples that are as the query says; without a setting unless it names one.
 *
 * @param {readonly Sample[]} samples
 * @param {Query} query
 */
export function select(samples, query) {
  const wanted = { setting: undefined, ...query };
  return samples.filter((sample) =>
    Object.entries(wanted).every(
      ([key, value]) => sample[/** @type {keyof Sample} */ (key)] === value,
    ),
  );
}

/**
 * The median of a figure over the runs that were done; undefined when there is none.
 *
 * @param {readonly Sample[]} samples
 * @param {"seconds" | "cpuSeconds" | "peakBytes" | "reads" | "writes" | "throttled" | "stateBytes"} figure
 */
export function medianOf(samples, figure) {
  const values = samples
    .filter(({ outcome }) => outcome === "done")
    .map((sample) => sample[figure])
    .filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

/** The numbers of people that were measured, ascending. @param {readonly Sample[]} samples */
export function sizes(samples) {
  return [...new Set(samples.map(({ n }) => n))].sort((a, b) => a - b);
}
