import { copyFileSync, statSync } from "node:fs";
import type Database from "libsql";
import { isBusy, whileBusy } from "./busy";
import { SnapshotFile, unlinkIfThere } from "./snapshotFile";
import { loadLibsql, requireProfileDatabase } from "./sqliteFile";

export interface BackupOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean;
  /** Milliseconds to wait for a file that another process holds; 30,000 when absent. */
  readonly busyLimit?: number;
}

/** What a copy holds, as counted in the copy. */
export interface BackupOutcome {
  readonly profiles: number;
}

/**
 * Copies the profile database to another file while servers read and write it: the copy holds every write
 * acknowledged before the call and none in part. It is one file, checked whole and for its owner alone; it
 * takes its name when all of it is on disk. Rejects with one sentence, leaving nothing behind.
 */
export async function backUpSqliteFile(
  store: string,
  to: string,
  { replace, busyLimit = 30_000 }: BackupOptions,
): Promise<BackupOutcome> {
  requireFile(store);
  const snapshot = new SnapshotFile(to, { replace });
  try {
    const database = new (loadLibsql())(store);
    try {
      await whileBusy(() => {
        requireProfileDatabase(database, store);
        snapshot.clear();
        database.exec(`VACUUM INTO '${snapshot.path.replaceAll("'", "''")}'`);
      }, busyLimit);
    } finally {
      database.close();
    }
    const outcome = verify(snapshot.path, to);
    snapshot.publish();
    return outcome;
  } catch (err) {
    throw describe(err, store);
  } finally {
    snapshot.discard();
  }
}

/**
 * Puts a backup in the place of a store: checked first, and as one step, so that the store is at any time
 * the old one or the restored one. Rejects with one sentence, and changes nothing, when a server has the store
 * open: it would go on writing to the old file. A store that is damaged cannot tell; stop its servers.
 */
export async function restoreSqliteFile(
  from: string,
  store: string,
  { replace, busyLimit = 1_000 }: BackupOptions,
): Promise<BackupOutcome> {
  requireFile(from);
  if ((statSync(`${from}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new Error(
      `${from} is a store in use, not a backup: copy it with codestar-profiles backup`,
    );
  }
  const snapshot = new SnapshotFile(store, { replace });
  try {
    copyFileSync(from, snapshot.path);
    const outcome = verify(snapshot.path, from);
    if (statSync(store, { throwIfNoEntry: false })) await retire(store, busyLimit);
    snapshot.publish();
    return outcome;
  } catch (err) {
    throw describe(err, from);
  } finally {
    snapshot.discard();
  }
}

/**
 * Makes sure that nobody has the old file open, and that it leaves no log behind that SQLite would take for
 * the new one's: a database can give up its log only when it is open nowhere else.
 */
async function retire(store: string, busyLimit: number): Promise<void> {
  const database = new (loadLibsql())(store);
  try {
    await whileBusy(() => leaveWriteAheadLog(database, store), busyLimit);
  } catch (err) {
    if (isDamage(err)) {
      for (const suffix of ["-wal", "-shm"]) unlinkIfThere(store + suffix);
      return;
    }
    if ((err as Error).name === "StoreUnavailableError") {
      throw new Error(
        `${store} is in use: stop the servers that have it open, restore, and start them again`,
      );
    }
    throw err;
  } finally {
    database.close();
  }
}

function leaveWriteAheadLog(database: Database.Database, store: string): void {
  const [row] = database.pragma("journal_mode = DELETE") as [{ journal_mode: string }];
  if (row.journal_mode !== "delete") throw new Error(`${store} does not give up its log`);
}

/** Throws one sentence unless the file is a whole profile database. */
function verify(path: string, shownAs: string): BackupOutcome {
  const database = new (loadLibsql())(path);
  try {
    requireProfileDatabase(database, shownAs);
    const [check] = database.pragma("integrity_check(1)") as [{ integrity_check: string }];
    if (check.integrity_check !== "ok") {
      throw new Error(`${shownAs} is damaged: ${check.integrity_check}`);
    }
    const { profiles } = database.prepare("SELECT count(*) AS profiles FROM profiles").get() as {
      profiles: number;
    };
    return { profiles };
  } catch (err) {
    throw describe(err, shownAs);
  } finally {
    database.close();
  }
}

function requireFile(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new Error(`there is no file ${path}`);
  }
}

function isDamage(err: unknown): boolean {
  const { code } = err as { code?: unknown };
  return code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT";
}

function describe(err: unknown, path: string): unknown {
  if (isDamage(err)) return new Error(`${path} is damaged, or no SQLite database`);
  if (isBusy(err)) return new Error(`${path} is held by another process`);
  if ((err as { code?: unknown }).code === "SQLITE_FULL") return new Error("the disk is full");
  return err;
}
