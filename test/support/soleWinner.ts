import assert from "node:assert/strict";

/** What the one create answered that won; every other was told that the profile exists. */
export function soleWinner<T>(outcomes: readonly PromiseSettledResult<T>[]): T {
  const created = outcomes.flatMap((o) => (o.status === "fulfilled" ? [o.value] : []));
  const errors = outcomes.flatMap((o) => (o.status === "rejected" ? [o.reason.name] : []));
  assert.equal(created.length, 1);
  assert.deepEqual(errors, Array(outcomes.length - 1).fill("UserProfileAlreadyExistsException"));
  return created[0]!;
}
