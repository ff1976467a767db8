import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type Database from "libsql";
import { isSameFile } from "../../../files/fileIdentity";
import { SnapshotFile, unlinkIfThere } from "../../../files/wholeFile";
import { CodeStarError } from "../../../profile/codeStarError";
import { isBusy, whileBusy } from "./busy";
import { loadLibsql, refuseLeftLog, requireOneName, requireProfileDatabase } from "./file";
import { damagedProfiles } from "./rows";

export interface BackupOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean;
  /** Milliseconds to wait for a file that another process holds; 30,000 when absent. */
  readonly busyLimit?: number;
}

/** What a copy holds, as counted in the copy. */
export interface BackupOutcome {
  readonly profiles: number;
  /** ARN and region of each profile that is damaged in the copy, ready to be shown. */
  readonly damaged: readonly string[];
}

/** What SQLite keeps beside a database, and would take for part of any other file of that name. */
const companions = ["-wal", "-shm", "-journal"] as const;

/** Milliseconds to wait for a file that should be in nobody's use. */
const aloneLimit = 1_000;

/**
 * Copies the profile database to another file while servers read and write it: the copy holds every
 * write acknowledged before the call and none in part. It is one file, checked whole; it takes its
 * name when all of it is on disk. A new one is for its owner alone. Rejects with one sentence,
 * leaving nothing behind: also when a profile is damaged, so that no good copy is replaced by a bad
 * one, and when the file to replace is in use.
 */
export async function backUpSqliteFile(
  store: string,
  to: string,
  { replace, busyLimit = 30_000 }: BackupOptions,
): Promise<BackupOutcome> {
  requireFile(store);
  refuseLeftLog(store);
  requireOneName(store);
  if (isSameFile(store, to)) throw new CodeStarError(`${to} is the store itself`);
  const snapshot = new SnapshotFile(to, { replace });
  try {
    const database = new (loadLibsql())(store);
    try {
      await whileBusy(() => {
        requireProfileDatabase(database, store);
        snapshot.clear();
        copyInto(database, snapshot);
      }, busyLimit);
    } finally {
      database.close();
    }
    const outcome = verify(snapshot.path, to);
    if (outcome.damaged.length > 0) throw new CodeStarError(tellDamage(store, outcome.damaged));
    await publish(
      snapshot,
      aloneLimit,
      "copy to another file, or stop the servers that have it open",
    );
    return outcome;
  } catch (error) {
    throw describe(error, store);
  } finally {
    snapshot.discard();
  }
}

/**
 * Puts a backup in the place of a store: checked first, and as one step, so that the store is at
 * any time the old one or the restored one. It keeps the old one's owner and mode; where none was,
 * and root restores, it is the owner's of the folder. Rejects with one sentence, and changes
 * nothing, when the backup is a store in use, or when a server has the store open: it would go on
 * writing to the old file. A store that is damaged cannot tell; stop its servers.
 */
export async function restoreSqliteFile(
  from: string,
  store: string,
  { replace, busyLimit = aloneLimit }: BackupOptions,
): Promise<BackupOutcome> {
  requireFile(from);
  if (isSameFile(from, store)) throw new CodeStarError(`${from} is the store itself`);
  const real = realpathSync(from);
  if (sizeOf(real) === 0) throw new CodeStarError(`${from} is empty: it holds no profile database`);
  if (sizeOf(`${real}-wal`) > 0 || sizeOf(`${real}-journal`) > 0) throw inUse(from);
  requireOwner(store);
  const snapshot = new SnapshotFile(store, { replace, ownedByFolder: true });
  try {
    await copyUnused(real, from, snapshot, busyLimit);
    const outcome = verify(snapshot.path, from);
    await publish(
      snapshot,
      busyLimit,
      "stop the servers that have it open, restore, and start them again",
    );
    return outcome;
  } catch (error) {
    throw describe(error, from);
  } finally {
    snapshot.discard();
  }
}

/** One sentence about profiles that are damaged. */
export function tellDamage(file: string, damaged: readonly string[]): string {
  const shown = damaged.slice(0, 10);
  const more = damaged.length > shown.length ? [`and ${damaged.length - shown.length} more`] : [];
  return `${file} holds damaged profiles: ${[...shown, ...more].join(", ")}; update their members, or delete them`;
}

/**
 * By the library, never byte by byte. A file that can be locked is locked against everyone
 * else meanwhile, by whatever name they know it; one that cannot be written is in nobody's
 * use who shares our rights.
 */
async function copyUnused(
  from: string,
  shownAs: string,
  snapshot: SnapshotFile,
  busyLimit: number,
): Promise<void> {
  const lockable = mayWrite(from) && mayWrite(dirname(from));
  const Libsql = loadLibsql();
  const database = new Libsql(lockable ? from : `${pathToFileURL(from).href}?immutable=1`);
  try {
    if (lockable) {
      await whileBusy(() => {
        database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
      }, busyLimit).catch((error: Error) => {
        throw error.name === "StoreUnavailableError" ? inUse(shownAs) : error;
      });
    }
    requireProfileDatabase(database, shownAs);
    requireIntact(database, shownAs);
    copyInto(database, snapshot);
    // A copy that was served once has a log again now. It is empty, and no
    // one else can be at it yet.
    if (lockable && sizeOf(`${from}-wal`) === 0) unlinkIfThere(`${from}-wal`);
  } finally {
    database.close();
  }
}

function copyInto(database: Database.Database, snapshot: SnapshotFile): void {
  database.exec(`VACUUM INTO '${snapshot.path.replaceAll("'", "''")}'`);
}

/** Puts the snapshot in its place, while nobody else can open what is there. */
async function publish(snapshot: SnapshotFile, busyLimit: number, advice: string): Promise<void> {
  const { target } = snapshot;
  const release = await holdAlone(target, busyLimit, advice);
  try {
    for (const suffix of companions) {
      if (statSync(target + suffix, { throwIfNoEntry: false })) {
        throw new CodeStarError(
          `${target}${suffix} is there, of another file of this name: SQLite would mix it into the new one; move it away`,
        );
      }
    }
    // Windows replaces no file that is open.
    if (process.platform === "win32") release();
    snapshot.publish();
  } finally {
    release();
  }
}

/**
 * Makes sure that nobody else has the file open, by whatever name, and that its log is gone: a
 * database gives up its log only to one who has it alone. Answers how to let go of it.
 */
async function holdAlone(path: string, busyLimit: number, advice: string): Promise<() => void> {
  if (!statSync(path, { throwIfNoEntry: false })) return () => {};
  const database = new (loadLibsql())(path);
  const release = () => {
    if (database.open) database.close();
  };
  try {
    await whileBusy(() => {
      leaveWriteAheadLog(database, path);
      // SQLite would begin to fill an empty file, and there is nothing in it to hold.
      if (sizeOf(path) > 0) database.exec("BEGIN EXCLUSIVE");
    }, busyLimit);
    // Who has come in between has turned the log on again.
    leaveWriteAheadLog(database, path, "journal_mode");
  } catch (error) {
    release();
    if (isDamage(error)) {
      for (const suffix of companions) unlinkIfThere(path + suffix);
      return release;
    }
    if ((error as Error).name === "StoreUnavailableError") {
      throw new CodeStarError(`${path} is in use: ${advice}`);
    }
    throw error;
  }
  return release;
}

function leaveWriteAheadLog(
  database: Database.Database,
  path: string,
  pragma = "journal_mode = DELETE",
): void {
  const [row] = database.pragma(pragma) as [{ journal_mode: string }];
  if (row.journal_mode !== "delete") throw new CodeStarError(`${path} does not give up its log`);
}

/** Throws one sentence unless the file is a whole profile database. */
function verify(path: string, shownAs: string): BackupOutcome {
  const database = new (loadLibsql())(path);
  try {
    requireProfileDatabase(database, shownAs);
    requireIntact(database, shownAs);
    const { profiles } = database.prepare("SELECT count(*) AS profiles FROM profiles").get() as {
      profiles: number;
    };
    return { profiles, damaged: damagedProfiles(database) };
  } catch (error) {
    throw describe(error, shownAs);
  } finally {
    database.close();
  }
}

function requireIntact(database: Database.Database, shownAs: string): void {
  const [check] = database.pragma("integrity_check(1)") as [{ integrity_check: string }];
  if (check.integrity_check !== "ok") {
    throw new CodeStarError(`${shownAs} is damaged: ${check.integrity_check}`);
  }
}

function requireFile(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new CodeStarError(`there is no file ${path}`);
  }
}

/**
 * What another than its owner or root puts in its place would be a file
 * that its servers cannot open.
 */
function requireOwner(store: string): void {
  const there = statSync(store, { throwIfNoEntry: false });
  const self = process.geteuid?.();
  if (there === undefined || self === undefined || self === 0 || there.uid === self) return;
  throw new CodeStarError(`${store} belongs to another user: restore as that user, or as root`);
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const inUse = (file: string): Error =>
  new CodeStarError(
    `${file} is a store in use, not a backup: copy it with codestar-profiles backup`,
  );

function isDamage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT";
}

function describe(error: unknown, path: string): unknown {
  if (isDamage(error)) return new CodeStarError(`${path} is damaged, or no SQLite database`);
  if (isBusy(error)) return new CodeStarError(`${path} is held by another process`);
  if ((error as { code?: unknown }).code === "SQLITE_FULL") {
    return new CodeStarError("the disk is full");
  }
  return error;
}
