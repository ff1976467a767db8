import { CodeStarError } from "../../profile/codeStarError";
import type { AuditTrail } from "../audit/trail";
import type { ServiceResponse } from "../protocol";
import { type ProfileStore, StoreUnavailableError } from "../store/store";

/** Whether the service can do its work now; what `/health` says. */
export type Condition = "ok" | "stopping" | "store unavailable" | "audit trail unavailable";

/** Milliseconds for which an outcome counts before the store is asked again. */
const goodFor = 30_000;
const badFor = 2_000;
/** Milliseconds that a question to the store may keep a prober waiting. */
const patience = 1_000;

/** Errors that only a store which answered can lead to. */
const storeAnswers = new Set(["UserProfileNotFoundException", "UserProfileAlreadyExistsException"]);

export interface ReadinessOptions {
  readonly store: ProfileStore;
  readonly audit: AuditTrail | undefined;
  readonly region: string;
  /** Told when the condition is another than at the last question, with the reason for a log. */
  readonly onChange?: (condition: Condition, reason: string | undefined) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Judges by what the store and the audit trail know of themselves and by what became of real
 * requests. The store is asked only when there were none lately: a read of DynamoDB costs money,
 * and one for each probe of each load balancer adds up. A store that throttles answers, so it is
 * well: were its replicas taken away for that, none would be left.
 */
export class Readiness {
  stopping = false;
  /** The last outcome, and when it was. */
  #good = false;
  #at = Number.NEGATIVE_INFINITY;
  #question: Promise<void> | undefined;
  #last: Condition = "ok";
  readonly #now: () => number;

  readonly #options: ReadinessOptions;

  constructor(options: ReadinessOptions) {
    this.#options = options;

    this.#now = options.now ?? (() => performance.now());
  }

  /** What a request came to, and when. */
  note({ cause, error, operation }: ServiceResponse, at: number): void {
    if (cause instanceof StoreUnavailableError) {
      this.#learn(cause.reason === "throttled", at);
    } else if (cause === undefined && operation !== undefined) {
      if (error === undefined || storeAnswers.has(error)) this.#learn(true, at);
    }
  }

  #learn(good: boolean, at: number): void {
    this.#good = good;
    this.#at = at;
  }

  async condition(): Promise<Condition> {
    const { condition, reason } = await this.#judge();
    if (condition !== this.#last) this.#options.onChange?.(condition, reason);
    this.#last = condition;
    return condition;
  }

  async #judge(): Promise<{ condition: Condition; reason?: string }> {
    const { store, audit } = this.#options;
    if (this.stopping) return { condition: "stopping" };
    try {
      await store.health();
      await this.#requireAnswer();
    } catch (error) {
      return { condition: "store unavailable", reason: reasonOf(error) };
    }
    try {
      await audit?.health?.();
    } catch (error) {
      return { condition: "audit trail unavailable", reason: reasonOf(error) };
    }
    return { condition: "ok" };
  }

  /** Rejects unless the store answers, as far as was seen lately. */
  async #requireAnswer(): Promise<void> {
    const lately = this.#now() - this.#at < (this.#good ? goodFor : badFor);
    if (lately && this.#good) return;
    if (lately) throw new CodeStarError("the store did not answer");
    this.#question ??= this.#ask().finally(() => {
      this.#question = undefined;
    });
    await Promise.race([this.#question, late()]);
  }

  async #ask(): Promise<void> {
    const { store, region } = this.#options;
    try {
      await store.find(region, "health");
      this.#learn(true, this.#now());
    } catch (error) {
      const good = error instanceof StoreUnavailableError && error.reason === "throttled";
      this.#learn(good, this.#now());
      if (!good) throw error;
    }
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const late = () =>
  new Promise<never>((_, reject) => {
    const error = new CodeStarError(`the store did not answer within ${patience} ms`);
    setTimeout(reject, patience, error).unref();
  });
