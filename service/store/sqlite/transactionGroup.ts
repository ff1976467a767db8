import type Database from "libsql";
import { isBusy, whileBusy } from "./busy";

/** A bound on how long one transaction keeps other processes waiting. */
const largestGroup = 500;

interface Task {
  /** Runs statements inside the open transaction; what it answers is the task's outcome. */
  readonly apply: () => unknown;
  readonly succeed: (outcome: never) => void;
  readonly fail: (reason: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

export interface TransactionOptions {
  /** What the tasks do. */
  readonly kind: "read" | "write";
  /** Milliseconds to wait for a file that another process holds. */
  readonly busyLimit: number;
  /** Throws when what was committed is not to be believed; the tasks then fail with its error. */
  readonly verify: () => void;
  /**
   * What to tell of an error. Another error than its own concerns the whole
   * transaction, not one task.
   */
  readonly explain: (error: unknown) => unknown;
  /** Told of each transaction: how many tasks were part of it. */
  readonly onCommit?: (tasks: number) => void;
}

/**
 * Runs the reads, or the writes, of concurrent requests together: all that arrive in one turn of
 * the event loop, or while the running commit waits for the disk, share one transaction, and so one
 * taking of SQLite's locks and, of writes, one sync to disk. None is answered before that
 * transaction has been committed; each has an outcome of its own. The transaction begins when all
 * of them have arrived, so each sees whatever was acknowledged before it was asked for.
 */
export class TransactionGroup {
  readonly #database: Database.Database;
  readonly #begin: string;
  readonly #busyLimit: number;
  readonly #verify: () => void;
  readonly #explain: (error: unknown) => unknown;
  readonly #onCommit: (tasks: number) => void;
  #waiting: Task[] = [];
  #running: Promise<void> | undefined;

  constructor(
    database: Database.Database,
    { kind, busyLimit, verify, explain, onCommit = () => {} }: TransactionOptions,
  ) {
    this.#database = database;
    // A transaction that is to write takes the lock at once: its first statement could
    // not wait for it any more.
    this.#begin = kind === "write" ? "BEGIN IMMEDIATE" : "BEGIN";
    this.#busyLimit = busyLimit;
    this.#verify = verify;
    this.#explain = explain;
    this.#onCommit = onCommit;
  }

  run<T>(apply: () => T): Promise<T> {
    return new Promise<T>((succeed, fail) => {
      this.#waiting.push({ apply, succeed, fail });
      this.#running ??= this.#runAll();
    });
  }

  /** Settles when every task so far has been answered. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Let the requests that have already arrived join.
      await new Promise(setImmediate);
      await this.#commitGroup();
    }
    this.#running = undefined;
  }

  async #commitGroup(): Promise<void> {
    let group: Task[] = [];
    try {
      const outcomes = await whileBusy(() => {
        // Taken anew at each attempt: those that arrived while the file was locked join.
        group = this.#waiting.slice(0, largestGroup);
        return this.#commit(group);
      }, this.#busyLimit);
      this.#waiting = this.#waiting.slice(group.length);
      this.#onCommit(group.length);
      group.forEach((task, index) => {
        const outcome = outcomes[index]!;
        if ("error" in outcome) task.fail(outcome.error);
        else task.succeed(outcome.value as never);
      });
    } catch (error) {
      this.#waiting = this.#waiting.slice(group.length);
      const reason = this.#explain(error);
      for (const task of group) task.fail(reason);
    }
  }

  #commit(group: readonly Task[]): Outcome[] {
    this.#database.exec(this.#begin);
    try {
      const outcomes = group.map((task) => this.#outcome(task));
      this.#database.exec("COMMIT");
      this.#verify();
      return outcomes;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** A failed statement undoes itself alone, unless SQLite had to give up the whole transaction. */
  #outcome(task: Task): Outcome {
    try {
      return { value: task.apply() };
    } catch (error) {
      if (isBusy(error) || !this.#database.inTransaction) throw error;
      if (this.#explain(error) !== error) throw error;
      return { error };
    }
  }
}
