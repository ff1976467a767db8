import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../files/writeWhole";
import type { KeySource } from "./keySource";

/** What was last printed for each user, for when the service is away. */
export interface Cache {
  /** The running user's alone. */
  readonly folder: string;
  /**
   * Milliseconds after which an entry counts no more. A key that is revoked
   * meanwhile stays good that long.
   */
  readonly maxAge: number;
}

interface Entry {
  readonly userArn: string;
  /** Epoch milliseconds. */
  readonly storedAt: number;
  readonly lines: readonly string[];
}

/** The place of one user's lines in the cache. Another service or region is another place. */
export class CacheEntry {
  readonly #maxAge: number;
  readonly #userArn: string;
  readonly #file: string;

  constructor({ folder, maxAge }: Cache, { endpoint, region }: KeySource, userArn: string) {
    const name = JSON.stringify([endpoint, region, userArn]);
    this.#file = join(folder, `${createHash("sha256").update(name).digest("hex")}.json`);
    this.#maxAge = maxAge;
    this.#userArn = userArn;
  }

  /**
   * What was stored, to be read as a profile's text is; undefined when
   * there is nothing young enough.
   */
  find(): string | undefined {
    let entry: Partial<Entry> | null;
    try {
      entry = JSON.parse(readFileSync(this.#file, "utf8"));
    } catch {
      // Missing, or damaged.
      return undefined;
    }
    const { userArn, storedAt = Number.NaN, lines } = entry ?? {};
    const age = Date.now() - storedAt;
    // A time to come tells of a clock that was wrong then or is wrong now.
    const young = age >= 0 && age <= this.#maxAge;
    return userArn === this.#userArn && young && Array.isArray(lines)
      ? lines.join("\n")
      : undefined;
  }

  /**
   * No lines are stored too: a key that is known to be revoked must not come
   * back. The file has mode 0600.
   */
  store(lines: readonly string[]): void {
    const entry: Entry = { userArn: this.#userArn, storedAt: Date.now(), lines };
    writeWhole(this.#file, JSON.stringify(entry), { replace: true });
  }
}
