import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
} from "node:fs";
import { dirname } from "node:path";

export interface SnapshotOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean;
  /** Whether it takes over the permissions of the file that it replaces; otherwise it is its owner's alone. */
  readonly keepMode?: boolean;
}

/**
 * A file that comes into being whole or not at all: made beside its place, for its owner alone, and put
 * there when it is complete and on disk.
 */
export class SnapshotFile {
  /** Where it is made; empty at first. */
  readonly path: string;
  readonly #target: string;
  readonly #replace: boolean;
  readonly #mode: number;

  /** Throws one sentence when the target is there and may not be replaced, or nothing can be made beside it. */
  constructor(target: string, { replace, keepMode = false }: SnapshotOptions) {
    const there = statSync(target, { throwIfNoEntry: false });
    if (there && !replace) throw exists(target);
    if (there?.isDirectory()) throw new Error(`${target} is a folder`);
    // Behind a link, the file that it names is replaced, not the link.
    this.#target = there ? realpathSync(target) : target;
    this.#replace = replace;
    this.#mode = there && keepMode ? there.mode & 0o777 : 0o600;
    this.path = `${this.#target}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      closeSync(openSync(this.path, "wx", 0o600));
    } catch (err) {
      throw new Error(`${target} cannot be written (${(err as NodeJS.ErrnoException).code})`);
    }
  }

  /** Empty again, for another attempt. */
  clear(): void {
    truncateSync(this.path);
  }

  /** Puts the file in its place. */
  publish(): void {
    // What filled it may have changed its mode: a copy takes over that of its original.
    chmodSync(this.path, this.#mode);
    sync(this.path);
    if (this.#replace) renameSync(this.path, this.#target);
    else this.#claim();
    // The new name, too, is on disk before anyone is told of it. Windows has no such call for folders.
    if (process.platform !== "win32") sync(dirname(this.#target));
  }

  /** Leaves nothing behind of a file that was not published. */
  discard(): void {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) unlinkIfThere(this.path + suffix);
  }

  /** A link fails where a rename would overwrite what has come to be there meanwhile. */
  #claim(): void {
    try {
      linkSync(this.path, this.#target);
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === "EEXIST") throw exists(this.#target);
      // Some file systems have no links.
      renameSync(this.path, this.#target);
      return;
    }
    unlinkSync(this.path);
  }
}

export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== "ENOENT") throw err;
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
  return new Error(`${path} exists already; --force replaces it`);
}
