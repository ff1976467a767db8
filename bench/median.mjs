/** @param {readonly number[]} values At least one. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = /** @type {number} */ (sorted[middle]);
  const lower = /** @type {number} */ (sorted[sorted.length - 1 - middle]);
  return (lower + upper) / 2;
}
