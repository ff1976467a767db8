import { setTimeout as pause } from "node:timers/promises";
import { StoreUnavailableError } from "../store";

/**
 * SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: another connection holds a lock; nothing was done.
 */
const lockedCodes = new Set([5, 6, 15]);

const longestPause = 40;

export function isBusy(error: unknown): boolean {
  const rawCode = (error as { rawCode?: unknown } | null)?.rawCode;
  // The low byte is the primary code; the rest tells its kind, such as SQLITE_BUSY_RECOVERY.
  return typeof rawCode === "number" && lockedCodes.has(rawCode & 0xff);
}

/**
 * Runs the attempt again while another process holds the file, with growing, random pauses so that
 * several waiting processes do not move in step. Between attempts the event loop goes on. Gives up
 * after `limit` milliseconds with a StoreUnavailableError.
 */
export async function whileBusy<T>(attempt: () => T, limit: number): Promise<T> {
  const giveUpAt = performance.now() + limit;
  for (let longest = 1; ; longest = Math.min(longest * 2, longestPause)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
    if (performance.now() >= giveUpAt) {
      throw new StoreUnavailableError(
        `another process has held the profile database for ${limit / 1000} seconds`,
        "unreachable",
      );
    }
    await pause(Math.random() * longest);
  }
}
