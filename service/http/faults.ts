import { setTimeout as wait } from "node:timers/promises";
import { CodeStarError } from "../../profile/codeStarError";
import { ServiceError } from "../api/errors";

/** Faults to inject, for tests of clients; none where absent. */
export interface Faults {
  /** Milliseconds before a request is served. */
  readonly latency?: number;
  /** Calls per second; those beyond are answered ThrottlingException. As many may come at once. */
  readonly limit?: number;
  /** How many of the requests, 0 to 1, are answered InternalFailure, unserved. */
  readonly error?: number;
  /**
   * How many of the requests, 0 to 1, lose their connection: half of them unserved, half served.
   */
  readonly drop?: number;
}

/** What is to become of one request. */
export type Fate = "serve" | "drop" | "serve and drop" | ServiceError;

/** Decides on requests in the order in which they come. */
export class FaultInjector {
  #tokens: number;
  #filledAt: number;

  readonly #faults: Faults;
  readonly #random: () => number;
  readonly #now: () => number;

  constructor(
    faults: Faults,
    random: () => number = Math.random,
    now: () => number = () => performance.now(),
  ) {
    this.#faults = faults;
    this.#random = random;
    this.#now = now;

    this.#tokens = faults.limit ?? 0;
    this.#filledAt = now();
  }

  async decide(): Promise<Fate> {
    const { latency = 0, limit, error = 0, drop = 0 } = this.#faults;
    // Before the wait, so that the limit counts requests as they come.
    const fate = limit !== undefined && !this.#admits(limit) ? ServiceError.throttling() : "serve";
    if (latency > 0) await wait(latency);
    if (fate !== "serve") return fate;
    const luck = this.#random();
    if (luck < drop) return luck < drop / 2 ? "drop" : "serve and drop";
    return luck < drop + error ? ServiceError.internalFailure() : "serve";
  }

  #admits(limit: number): boolean {
    const now = this.#now();
    this.#tokens = Math.min(limit, this.#tokens + ((now - this.#filledAt) / 1000) * limit);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

const forms = "latency=50ms, limit=10, error=0.01 and drop=0.01";

/**
 * Reads `latency=50ms,limit=10,error=0.01,drop=0.01`, any of them. Throws one sentence.
 *
 * @example
 * const faults = parseFaults("latency=50ms,error=0.01");
 * const server = await startServer({ store: "memory:", faults });
 */
export function parseFaults(text: string): Faults {
  const faults: Record<string, number> = {};
  for (const part of text.split(",")) {
    const [, name, number] =
      /^(latency)=(\d{1,5})ms$/.exec(part) ??
      /^(limit)=([1-9]\d{0,5})$/.exec(part) ??
      /^(error|drop)=([01]|0?\.\d{1,6})$/.exec(part) ??
      [];
    if (name === undefined || name in faults) {
      throw new CodeStarError(`faults are any of ${forms}, with a comma between`);
    }
    faults[name] = Number(number);
  }
  if ((faults.error ?? 0) + (faults.drop ?? 0) > 1) {
    throw new CodeStarError(
      "no more than all requests can fail: error and drop add up to more than 1",
    );
  }
  return faults;
}
