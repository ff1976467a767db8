import { StoreUnavailableError } from "../store";

/** SQLite's primary result codes for what an operator can mend, and what it is. */
const reasons = new Map([
  [8, "it may not be written by this user, or its disk is mounted read-only"],
  [10, "its disk fails"],
  [13, "the disk is full"],
  [14, "its folder cannot be used"],
]);

/** A failure of the disk as a StoreUnavailableError; every other error as it is. */
export function asUnavailable(error: unknown, path: string): unknown {
  const rawCode = (error as { rawCode?: unknown } | null)?.rawCode;
  const reason = typeof rawCode === "number" ? reasons.get(rawCode & 0xff) : undefined;
  if (reason === undefined) return error;
  const { code } = error as { code?: unknown };
  return new StoreUnavailableError(
    `the profile database ${path}: ${reason} (${code})`,
    "unreachable",
  );
}
