import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  truncateSync,
  unlinkSync,
} from "node:fs";
import { dirname } from "node:path";
import { CodeStarError } from "../profile/codeStarError";

export interface SnapshotOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean;
  /** Whether a file made by root where none was belongs to the owner of its folder. */
  readonly ownedByFolder?: boolean;
  /** Of a file that was not there, 0600 when left out; one that is replaced keeps its own. */
  readonly mode?: number;
}

/**
 * A file that comes into being whole or not at all: made beside its place, for its owner alone, and
 * put there when it is complete and on disk. One that is replaced hands on its owner and mode.
 */
export class SnapshotFile {
  /** Where it is made; empty at first. */
  readonly path: string;
  /** Where it is put: behind a link, the file that the link names. */
  readonly target: string;
  readonly #replaced: Stats | undefined;
  readonly #ownedByFolder: boolean;
  readonly #mode: number;

  /**
   * Throws one sentence when the target is there and may not be replaced, or
   * nothing can be made beside it.
   */
  constructor(target: string, { replace, ownedByFolder = false, mode = 0o600 }: SnapshotOptions) {
    const there = statSync(target, { throwIfNoEntry: false });
    if (there && !replace) throw exists(target);
    if (there?.isDirectory()) throw new CodeStarError(`${target} is a folder`);
    if (there && !there.isFile()) {
      throw new CodeStarError(`${target} is a device or a pipe, not a file`);
    }
    if (!there && lstatSync(target, { throwIfNoEntry: false })) {
      throw new CodeStarError(`${target} is a link to a file that is not there`);
    }
    this.target = there ? realpathSync(target) : target;
    this.#replaced = there;
    this.#ownedByFolder = ownedByFolder;
    this.#mode = there ? there.mode & 0o777 : mode;
    this.path = `${this.target}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      closeSync(openSync(this.path, "wx", 0o600));
    } catch (error) {
      throw new CodeStarError(
        `${target} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      );
    }
  }

  /** Empty again, for another attempt. */
  clear(): void {
    truncateSync(this.path);
  }

  /** Puts the file in its place. */
  publish(): void {
    // What filled it may have changed its mode: a copy takes over that of its original.
    chmodSync(this.path, 0o600);
    if (this.#replaced) handOver(this.path, this.#replaced);
    else if (this.#ownedByFolder && process.geteuid?.() === 0) {
      handOver(this.path, statSync(dirname(this.target)));
    }
    chmodSync(this.path, this.#mode);
    sync(this.path);
    if (this.#replaced) renameSync(this.path, this.target);
    else this.#claim();
    // The new name, too, is on disk before anyone is told of it. Windows has
    // no such call for folders.
    if (process.platform !== "win32") sync(dirname(this.target));
  }

  /** Leaves nothing behind of a file that was not published. */
  discard(): void {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) unlinkIfThere(this.path + suffix);
  }

  /** A link fails where a rename would overwrite what has come to be there meanwhile. */
  #claim(): void {
    try {
      linkSync(this.path, this.target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw exists(this.target);
      // Some file systems have no links.
      renameSync(this.path, this.target);
      return;
    }
    unlinkSync(this.path);
  }
}

export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Only root can give a file away; others can still give it to a group of theirs. */
function handOver(path: string, { uid, gid }: Stats): void {
  const own = statSync(path);
  for (const [owner, group] of [
    [uid, gid],
    [own.uid, gid],
  ] as const) {
    if (own.uid === owner && own.gid === group) return;
    try {
      chownSync(path, owner, group);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    }
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function exists(path: string): Error {
  return new CodeStarError(`${path} exists already; --force replaces it`);
}
