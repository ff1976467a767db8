import { closeSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "libsql";
import { whileBusy } from "./busy";

/** Marks the file as ours, in SQLite's header: "CSTR". */
const applicationId = 0x43535452;
const schemaVersion = 1;

const schema = `
  CREATE TABLE profiles (
    region         TEXT    NOT NULL,
    user_arn       TEXT    NOT NULL,
    display_name   TEXT    NOT NULL,
    email_address  TEXT    NOT NULL,
    ssh_public_key TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    modified_at    INTEGER NOT NULL,
    PRIMARY KEY (region, user_arn)
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Milliseconds that SQLite itself waits for a lock. It blocks the event loop meanwhile, so it is short;
 * longer waits are `whileBusy`'s.
 */
const blockingWait = 5;

/**
 * Opens the database file, creating it (mode 0600, so its -wal and -shm files too) when there is none.
 * Throws one sentence when the file cannot be used.
 */
export async function openSqliteFile(path: string, busyLimit: number): Promise<Database.Database> {
  createWhenMissing(path);
  const Libsql = loadLibsql();
  const database = new Libsql(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${blockingWait}`);
    await whileBusy(() => useWriteAheadLog(database, path), busyLimit);
    // Each commit reaches the disk before it is answered; on macOS fsync alone does not do that.
    database.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA trusted_schema = OFF");
    await whileBusy(() => createSchema(database, path), busyLimit);
    return database;
  } catch (err) {
    database.close();
    throw describeFailure(path, err);
  }
}

function createWhenMissing(path: string): void {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`opening the profile database ${path}: the folder ${folder} does not exist`);
  }
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (err) {
    const code = (err as NodeJS.ErrnoException).code;
    const reason =
      code === "EISDIR"
        ? "it is a folder"
        : code === "EACCES" || code === "EPERM" || code === "EROFS"
          ? "it may not be written by this user"
          : String(code ?? err);
    throw new Error(`opening the profile database ${path}: ${reason}`);
  }
}

/** Throws one sentence where the library does not load. */
export function loadLibsql(): typeof Database {
  try {
    return require("libsql") as typeof Database;
  } catch (err) {
    throw new Error(
      `the SQLite library does not load on ${process.platform}-${process.arch}; choose another store than file:`,
      { cause: err },
    );
  }
}

function useWriteAheadLog(database: Database.Database, path: string): void {
  const [row] = database.pragma("journal_mode = WAL") as [{ journal_mode: string }];
  if (row.journal_mode !== "wal") {
    throw new Error(
      `opening the profile database ${path}: its file system cannot share memory between processes, as a write-ahead log needs`,
    );
  }
}

function createSchema(database: Database.Database, path: string): void {
  // Most files have it already, and reading needs no lock that another process may hold.
  if (within(database, "BEGIN", () => hasSchema(database, path))) return;
  within(database, "BEGIN IMMEDIATE", () => {
    if (!hasSchema(database, path)) database.exec(schema);
  });
}

function within<T>(database: Database.Database, begin: string, work: () => T): T {
  database.exec(begin);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (err) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw err;
  }
}

/** Throws one sentence unless this version can use the database, and it is not empty. */
export function requireProfileDatabase(database: Database.Database, path: string): void {
  if (!hasSchema(database, path)) throw new Error(`${path} is empty: it holds no profile database`);
}

/** False for an empty database; throws for one that is not for this version to use. */
function hasSchema(database: Database.Database, path: string): boolean {
  const owner = numberOf(database, "application_id");
  const version = numberOf(database, "user_version");
  if (owner === 0 && version === 0 && isEmpty(database)) return false;
  if (owner !== applicationId) {
    throw new Error(`opening the profile database ${path}: it is a database of another program`);
  }
  if (version > schemaVersion) {
    throw new Error(
      `opening the profile database ${path}: it was written by a newer version (schema ${version}, this one knows ${schemaVersion})`,
    );
  }
  return true;
}

function numberOf(database: Database.Database, pragma: "application_id" | "user_version"): number {
  const [row] = database.pragma(pragma) as [Record<string, number>];
  return row[pragma]!;
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function describeFailure(path: string, err: unknown): unknown {
  const code = (err as { code?: unknown }).code;
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return new Error(`opening the profile database ${path}: it is not an SQLite database`);
  }
  return err;
}
