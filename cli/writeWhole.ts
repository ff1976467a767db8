import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/** Nothing was changed; the message is one sentence. */
export class NotWritten extends Error {
  override name = "NotWritten";
}

/**
 * Writes a file as a whole or not at all: into a file beside it, to the disk, and then under its name.
 * A file that is replaced keeps its permissions; one that is new is the user's alone, for it holds
 * personal data.
 * @throws NotWritten when the file is there and may not be replaced, or cannot be written.
 */
export function writeWhole(file: string, text: string, { replace }: { replace: boolean }): void {
  try {
    write(file, text, replace);
  } catch (error) {
    if (error instanceof NotWritten) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new NotWritten(`${file} cannot be written (${code}).`);
  }
}

function write(file: string, text: string, replace: boolean): void {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there && !replace) throw exists(file);
  // Behind a link, the file that it names is replaced, not the link.
  const target = there ? realpathSync(file) : file;
  const beside = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  const descriptor = openSync(beside, "wx", there ? there.mode & 0o777 : 0o600);
  try {
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (replace) renameSync(beside, target);
    else claim(beside, file);
  } catch (error) {
    unlinkSync(beside);
    throw error;
  }
}

/** A link fails where a rename would overwrite what has come to be there meanwhile. */
function claim(beside: string, file: string): void {
  try {
    linkSync(beside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw exists(file);
    // Some file systems have no links.
    renameSync(beside, file);
    return;
  }
  unlinkSync(beside);
}

function exists(file: string): NotWritten {
  return new NotWritten(`${file} exists already; --force replaces it.`);
}
