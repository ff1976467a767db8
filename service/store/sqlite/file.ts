import { accessSync, closeSync, constants, lstatSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "libsql";
import { type FileIdentity, identityOf } from "../../../files/fileIdentity";
import { CodeStarError } from "../../../profile/codeStarError";
import { whileBusy } from "./busy";

/** Marks the file as ours, in SQLite's header: "CSTR". */
const applicationId = 0x43535452;
export const schemaVersion = 1;

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
 * Milliseconds that SQLite itself waits for a lock. It blocks the event loop meanwhile, so it is
 * short; longer waits are `whileBusy`'s.
 */
const blockingWait = 5;

export interface FileOptions {
  /**
   * Refuses a file that is missing or holds no profile database, where otherwise one is made of it.
   */
  readonly mustExist?: boolean;
}

/**
 * Opens the database file, creating it (mode 0600, so its -wal and -shm files too) when there is
 * none. Throws one sentence when the file cannot be used.
 */
export async function openSqliteFile(
  path: string,
  busyLimit: number,
  options: FileOptions = {},
): Promise<Database.Database> {
  ensureDatabaseFile(path, options);
  requireOneName(path);
  const Libsql = loadLibsql();
  const database = new Libsql(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${blockingWait}`);
    if (options.mustExist) {
      await whileBusy(() => requireProfileDatabase(database, path), busyLimit);
    }
    await whileBusy(() => useWriteAheadLog(database, path), busyLimit);
    // Each commit reaches the disk before it is answered; on macOS fsync alone does not do that.
    database.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA trusted_schema = OFF");
    await whileBusy(() => createSchema(database, path), busyLimit);
    return database;
  } catch (error) {
    database.close();
    throw describeFailure(path, error);
  }
}

/**
 * Which file the database is, creating it when there is none. Never opens a file that is
 * there: closing any descriptor of a database drops every lock that this process has on it,
 * also those of the library.
 */
export function ensureDatabaseFile(
  path: string,
  { mustExist = false }: FileOptions = {},
): FileIdentity {
  refuseLeftLog(path);
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing === undefined && mustExist) throw failure(path, "it is not there");
  if (existing === undefined) createFile(path);
  else if (existing.isDirectory()) throw failure(path, "it is a folder");
  else requireAccess(path);
  return identityOf(path) ?? fail(path, "it was deleted meanwhile");
}

function createFile(path: string): void {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw failure(path, `the folder ${folder} does not exist`);
  }
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
        throw failure(path, "it is a link to a file that is not there");
      }
      // Another process was faster.
      return;
    }
    throw failure(path, reasonOf(error));
  }
}

/**
 * SQLite keeps the log beside the name by which it was opened: by another name its writes
 * would be missed, and lost.
 */
export function requireOneName(path: string): void {
  const { nlink } = statSync(path);
  if (nlink > 1) {
    throw failure(
      path,
      `it has ${nlink} names (hard links), and its last writes are found by one of them only: remove the others`,
    );
  }
}

/**
 * Without write access the library would open the file for reading, and fail at the first write.
 */
function requireAccess(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw failure(path, reasonOf(error));
  }
}

/**
 * The log of a database that was moved away holds writes that were acknowledged. SQLite would
 * delete it, or replay it over the new file.
 */
export function refuseLeftLog(path: string): void {
  for (const suffix of ["-wal", "-journal"]) {
    // The log first: who creates a database makes the file before its log.
    if (!isFilled(path + suffix)) continue;
    const missing = statSync(path, { throwIfNoEntry: false }) === undefined;
    if (missing || (suffix === "-wal" && !isFilled(path))) {
      throw failure(
        path,
        `it is ${missing ? "missing" : "empty"}, but ${path}${suffix} is there, with the last writes of another file of this name: put that file back, or move its ${suffix} away too`,
      );
    }
  }
}

const isFilled = (path: string): boolean =>
  (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM" || code === "EROFS"
    ? "it may not be written by this user"
    : String(code ?? error);
}

const failure = (path: string, reason: string): Error =>
  new CodeStarError(`opening the profile database ${path}: ${reason}`);

function fail(path: string, reason: string): never {
  throw failure(path, reason);
}

/** Throws one sentence where the library does not load. */
export function loadLibsql(): typeof Database {
  try {
    return require("libsql") as typeof Database;
  } catch (error) {
    throw new CodeStarError(
      `the SQLite library does not load on ${process.platform}-${process.arch}; choose another store than file:`,
      { cause: error },
    );
  }
}

function useWriteAheadLog(database: Database.Database, path: string): void {
  const [row] = database.pragma("journal_mode = WAL") as [{ journal_mode: string }];
  if (row.journal_mode !== "wal") {
    throw new CodeStarError(
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
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Throws one sentence unless this version can use the database, and it is not empty. */
export function requireProfileDatabase(database: Database.Database, path: string): void {
  if (!hasSchema(database, path)) {
    throw new CodeStarError(`${path} is empty: it holds no profile database`);
  }
}

/** False for an empty database; throws for one that is not for this version to use. */
function hasSchema(database: Database.Database, path: string): boolean {
  const owner = numberOf(database, "application_id");
  const version = numberOf(database, "user_version");
  if (owner === 0 && version === 0 && isEmpty(database)) return false;
  if (owner !== applicationId) {
    throw new CodeStarError(
      `opening the profile database ${path}: it is a database of another program`,
    );
  }
  if (version > schemaVersion) {
    throw new CodeStarError(
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

function describeFailure(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return new CodeStarError(`opening the profile database ${path}: it is not an SQLite database`);
  }
  return error;
}
