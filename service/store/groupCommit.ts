import type Database from "libsql";
import { whileBusy } from "./busy";

/** A bound on how long one transaction keeps other processes waiting. */
const largestGroup = 500;

interface Write {
  /** Runs statements inside the open transaction; what it answers is the write's outcome. */
  readonly apply: () => unknown;
  readonly succeed: (outcome: never) => void;
  readonly fail: (reason: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Commits the writes of concurrent requests together: all that arrive in one turn of the event loop, or
 * while the running commit waits for the disk, share one transaction and so one sync to disk. None is
 * answered before that transaction has been committed; each has an outcome of its own.
 */
export class GroupCommit {
  readonly #database: Database.Database;
  readonly #busyLimit: number;
  readonly #onCommit: (writes: number) => void;
  #waiting: Write[] = [];
  #running: Promise<void> | undefined;

  constructor(
    database: Database.Database,
    options: { busyLimit: number; onCommit: (writes: number) => void },
  ) {
    this.#database = database;
    this.#busyLimit = options.busyLimit;
    this.#onCommit = options.onCommit;
  }

  write<T>(apply: () => T): Promise<T> {
    return new Promise<T>((succeed, fail) => {
      this.#waiting.push({ apply, succeed, fail });
      this.#running ??= this.#run();
    });
  }

  /** Settles when every write so far has been answered. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Let the requests that have already arrived join.
      await new Promise(setImmediate);
      await this.#commitGroup();
    }
    this.#running = undefined;
  }

  async #commitGroup(): Promise<void> {
    let group: Write[] = [];
    try {
      const outcomes = await whileBusy(() => {
        // Taken anew at each attempt: writes that arrived while the file was locked join.
        group = this.#waiting.slice(0, largestGroup);
        return this.#commit(group);
      }, this.#busyLimit);
      this.#waiting = this.#waiting.slice(group.length);
      this.#onCommit(group.length);
      group.forEach((write, index) => {
        const outcome = outcomes[index]!;
        if ("error" in outcome) write.fail(outcome.error);
        else write.succeed(outcome.value as never);
      });
    } catch (err) {
      this.#waiting = this.#waiting.slice(group.length);
      for (const write of group) write.fail(err);
    }
  }

  #commit(group: readonly Write[]): Outcome[] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const outcomes = group.map((write) => this.#outcome(write));
      this.#database.exec("COMMIT");
      return outcomes;
    } catch (err) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw err;
    }
  }

  /** A failed statement undoes itself alone, unless SQLite had to give up the whole transaction. */
  #outcome(write: Write): Outcome {
    try {
      return { value: write.apply() };
    } catch (error) {
      if (!this.#database.inTransaction) throw error;
      return { error };
    }
  }
}
