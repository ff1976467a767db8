import { realpathSync } from "node:fs";
import type Database from "libsql";
import { CodeStarError } from "../../../profile/codeStarError";
import { arnRange } from "../arnRange";
import {
  type DamagedProfile,
  type ListRequest,
  type ProfileChange,
  type ProfileStore,
  requireWhole,
  type StoredProfile,
} from "../store";
import { isBusy } from "./busy";
import { asUnavailable } from "./faults";
import { ensureDatabaseFile, type FileOptions, openSqliteFile, schemaVersion } from "./file";
import { NotedFiles } from "./notedFiles";
import { toNulSafe } from "./nulSafeText";
import { asPage, columns, readPage, readRow, rowBytes } from "./rows";
import { TransactionGroup } from "./transactionGroup";

export interface SqliteOptions extends FileOptions {
  /** Milliseconds to wait for a file that another process holds; 30,000 when absent. */
  readonly busyLimit?: number;
  /** Told of each transaction: how many writes it made durable. */
  readonly onCommit?: (writes: number) => void;
}

/**
 * Opens the profiles in one SQLite file; several processes on one machine may share it. Throws one
 * sentence when the file cannot be used.
 */
export async function openSqliteStore(
  path: string,
  options: SqliteOptions = {},
): Promise<SqliteStore> {
  const { busyLimit = 30_000 } = options;
  ensureDatabaseFile(path, options);
  // Before the opening: a file that is replaced meanwhile is told from the one that was opened.
  const main = new NotedFiles([path]);
  const database = await openSqliteFile(path, busyLimit, options);
  try {
    const real = realpathSync(path);
    // Where the log is gone, or the index that all who use it share, writes are lost
    // as without the main file.
    const log = new NotedFiles([`${real}-wal`, `${real}-shm`]);
    main.check();
    return new SqliteStore(path, database, { main, log }, { ...options, busyLimit });
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Milliseconds for which reads trust that the file is still there; to look costs a tenth of a read.
 */
const readsTrusted = 10;

export class SqliteStore implements ProfileStore {
  readonly #path: string;
  readonly #verifyWrites: () => void;
  readonly #writes: TransactionGroup;
  readonly #reads: TransactionGroup;
  #open: { readonly database: Database.Database; readonly statements: Statements } | undefined;
  /** The last write failed for the disk; the next one tells whether it still does. */
  #failing = false;

  constructor(
    path: string,
    database: Database.Database,
    { main, log }: { readonly main: NotedFiles; readonly log: NotedFiles },
    { busyLimit, onCommit }: SqliteOptions & { readonly busyLimit: number },
  ) {
    this.#path = path;
    this.#verifyWrites = () => {
      main.check();
      log.check();
    };
    this.#writes = new TransactionGroup(database, {
      kind: "write",
      busyLimit,
      verify: this.#verifyWrites,
      explain: (error) => {
        const reason = asUnavailable(error, path);
        if (reason !== error) this.#failing = true;
        return reason;
      },
      onCommit: (writes) => {
        this.#failing = false;
        onCommit?.(writes);
      },
    });
    this.#reads = new TransactionGroup(database, {
      kind: "read",
      busyLimit,
      // Profiles that were replaced may hold keys that were revoked since.
      verify: atMostEvery(readsTrusted, () => main.check()),
      explain: (error) => asUnavailable(error, path),
    });
    this.#open = { database, statements: prepare(database) };
  }

  async create(region: string, profile: StoredProfile): Promise<boolean> {
    const { insert } = this.#statements();
    return this.#writes.run(
      () =>
        insert.run(
          region,
          profile.userArn,
          toNulSafe(profile.displayName),
          profile.emailAddress,
          profile.sshPublicKey,
          profile.createdAt,
          profile.modifiedAt,
        ).changes === 1,
    );
  }

  async find(region: string, userArn: string): Promise<StoredProfile | undefined> {
    const { select } = this.#statements();
    return wholeProfile(await this.#reads.run(() => select.get([region, userArn])));
  }

  async update(
    region: string,
    userArn: string,
    { displayName, emailAddress, sshPublicKey }: ProfileChange,
    modifiedAt: number,
  ): Promise<StoredProfile | undefined> {
    const { update } = this.#statements();
    const row = await this.#writes.run(() =>
      update.get([
        displayName === undefined ? null : toNulSafe(displayName),
        emailAddress ?? null,
        sshPublicKey ?? null,
        modifiedAt,
        region,
        userArn,
      ]),
    );
    return wholeProfile(row);
  }

  async delete(region: string, userArn: string): Promise<boolean> {
    const { remove } = this.#statements();
    return this.#writes.run(() => remove.run(region, userArn).changes === 1);
  }

  async list(
    region: string,
    request: ListRequest,
  ): Promise<readonly (StoredProfile | DamagedProfile)[]> {
    const { listFrom, listAfter } = this.#statements();
    const { start, inclusive, end } = arnRange(request);
    const { all, legible } = inclusive ? listFrom : listAfter;
    const range = [region, start, end, request.limit];
    return this.#reads.run(() => {
      const page = readPage(bytesOf(all.get(range)));
      // A list could not go on after an ARN that cannot be read.
      return page.every(hasArn) ? page : readPage(bytesOf(legible.get(range)));
    });
  }

  async health(): Promise<void> {
    const { touch } = this.#statements();
    this.#verifyWrites();
    if (this.#failing) await this.#writes.run(touch);
  }

  /** Settles when the reads and writes under way are done. */
  async idle(): Promise<void> {
    await Promise.all([this.#reads.idle(), this.#writes.idle()]);
  }

  /**
   * Waits for the reads and writes under way. The library closes the file for good only when the
   * garbage collector has taken the statements, so let go of them; what is in the -wal file is
   * moved to the main one first, so that the main one is complete from now on.
   */
  async close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    await this.idle();
    try {
      open.database.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // Another process is at it; nothing is lost, it or the next one to
      // open the file does the rest.
      if (!isBusy(error)) throw error;
    } finally {
      open.database.close();
    }
  }

  #statements(): Statements {
    if (this.#open === undefined) {
      throw new CodeStarError(`the profile database ${this.#path} is closed`);
    }
    return this.#open.statements;
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database.Database) {
  const list = (comparison: ">" | ">=") => {
    const range = `region = ? AND user_arn ${comparison} ? AND user_arn < ?`;
    const page = (condition: string) =>
      database
        .prepare(
          asPage(`SELECT ${columns} FROM profiles WHERE ${condition} ORDER BY user_arn LIMIT ?`),
        )
        .raw();
    return {
      all: page(range),
      legible: page(`${range} AND user_arn NOT GLOB '*[^ -~]*'`),
    };
  };
  return {
    insert: database.prepare(
      `INSERT INTO profiles (region, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    select: database
      .prepare(`SELECT ${rowBytes} FROM profiles WHERE region = ? AND user_arn = ?`)
      .raw(),
    update: database
      .prepare(
        `UPDATE profiles SET display_name = coalesce(?, display_name),
           email_address = coalesce(?, email_address),
           ssh_public_key = coalesce(?, ssh_public_key), modified_at = max(?, modified_at)
         WHERE region = ? AND user_arn = ? RETURNING ${rowBytes}`,
      )
      .raw(),
    remove: database.prepare("DELETE FROM profiles WHERE region = ? AND user_arn = ?"),
    listFrom: list(">="),
    listAfter: list(">"),
    /** Writes to the disk and changes nothing. */
    touch: () => database.exec(`PRAGMA user_version = ${schemaVersion}`),
  };
}

/** The only value of a raw row. */
const bytesOf = (row: unknown): Buffer => (row as [Buffer])[0];

const hasArn = ({ userArn }: StoredProfile | DamagedProfile): boolean => userArn !== "";

function wholeProfile(row: unknown): StoredProfile | undefined {
  return row === undefined ? undefined : requireWhole(readRow(bytesOf(row)));
}

/** Runs the check unless one that ended well is younger than so many milliseconds. */
function atMostEvery(milliseconds: number, check: () => void): () => void {
  let passedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - passedAt < milliseconds) return;
    check();
    passedAt = now;
  };
}
