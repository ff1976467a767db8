import type Database from "libsql";
import { isBusy } from "./busy";
import { fromNulSafe, toNulSafe } from "./nulSafeText";
import { openSqliteFile } from "./sqliteFile";
import type { ListRequest, ProfileChange, ProfileStore, StoredProfile } from "./store";
import { TransactionGroup } from "./transactionGroup";

const columns =
  "user_arn, display_name, email_address, ssh_public_key, created_at, modified_at" as const;

type Row = [string, string, string, string, number, number];

export interface SqliteOptions {
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
  { busyLimit = 30_000, onCommit = () => {} }: SqliteOptions = {},
): Promise<ProfileStore> {
  return new SqliteStore(path, await openSqliteFile(path, busyLimit), busyLimit, onCommit);
}

class SqliteStore implements ProfileStore {
  readonly #path: string;
  readonly #writes: TransactionGroup;
  readonly #reads: TransactionGroup;
  #open: { readonly database: Database.Database; readonly statements: Statements } | undefined;

  constructor(
    path: string,
    database: Database.Database,
    busyLimit: number,
    onCommit: (writes: number) => void,
  ) {
    this.#path = path;
    this.#writes = new TransactionGroup(database, { kind: "write", busyLimit, onCommit });
    this.#reads = new TransactionGroup(database, { kind: "read", busyLimit });
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
    const row = await this.#reads.run(() => select.get([region, userArn]));
    return row === undefined ? undefined : toProfile(row as Row);
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
    return row === undefined ? undefined : toProfile(row as Row);
  }

  async delete(region: string, userArn: string): Promise<boolean> {
    const { remove } = this.#statements();
    return this.#writes.run(() => remove.run(region, userArn).changes === 1);
  }

  async list(region: string, request: ListRequest): Promise<readonly StoredProfile[]> {
    const { listFrom, listAfter } = this.#statements();
    const { arnPrefix = "", after, limit } = request;
    const resumes = after !== undefined && after >= arnPrefix;
    const statement = resumes ? listAfter : listFrom;
    const start = resumes ? after : arnPrefix;
    const rows = await this.#reads.run(
      () => statement.all(region, start, endOf(arnPrefix), limit) as Row[],
    );
    return rows.map(toProfile);
  }

  /**
   * Waits for the reads and writes under way. The library closes the file for good only when the garbage collector
   * has taken the statements, so let go of them; what is in the -wal file is moved to the main one first,
   * so that the main one is complete from now on.
   */
  async close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    await Promise.all([this.#reads.idle(), this.#writes.idle()]);
    try {
      open.database.pragma("wal_checkpoint(TRUNCATE)");
    } catch (err) {
      // Another process is at it; nothing is lost, it or the next one to open the file does the rest.
      if (!isBusy(err)) throw err;
    } finally {
      open.database.close();
    }
  }

  #statements(): Statements {
    if (this.#open === undefined) throw new Error(`the profile database ${this.#path} is closed`);
    return this.#open.statements;
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database.Database) {
  const list = (comparison: ">" | ">=") =>
    database
      .prepare(
        `SELECT ${columns} FROM profiles
         WHERE region = ? AND user_arn ${comparison} ? AND user_arn < ? ORDER BY user_arn LIMIT ?`,
      )
      .raw();
  return {
    insert: database.prepare(
      `INSERT INTO profiles (region, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    select: database
      .prepare(`SELECT ${columns} FROM profiles WHERE region = ? AND user_arn = ?`)
      .raw(),
    update: database
      .prepare(
        `UPDATE profiles SET display_name = coalesce(?, display_name),
           email_address = coalesce(?, email_address),
           ssh_public_key = coalesce(?, ssh_public_key), modified_at = ?
         WHERE region = ? AND user_arn = ? RETURNING ${columns}`,
      )
      .raw(),
    remove: database.prepare("DELETE FROM profiles WHERE region = ? AND user_arn = ?"),
    listFrom: list(">="),
    listAfter: list(">"),
  };
}

function toProfile(row: Row): StoredProfile {
  const [userArn, displayName, emailAddress, sshPublicKey, createdAt, modifiedAt] = row;
  return {
    userArn,
    displayName: fromNulSafe(displayName),
    emailAddress,
    sshPublicKey,
    createdAt,
    modifiedAt,
  };
}

/** The first text after all that start with the prefix; ARNs are ASCII, where code units sort as bytes do. */
function endOf(prefix: string): string {
  if (prefix === "") return "\u{10ffff}";
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}
