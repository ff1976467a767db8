import { writeFileSync } from "node:fs";
import { CodeStarError } from "../profile/codeStarError";
import { SnapshotFile, type SnapshotOptions } from "./wholeFile";

/** Nothing was changed; the message is one sentence. */
export class NotWritten extends CodeStarError {
  override name = "NotWritten";
}

/**
 * Writes a file as a whole or not at all: into a file beside it, to the disk, and then under its
 * name. A file that is replaced keeps its owner and mode; one that is new is the user's alone
 * unless a mode is given, for most hold personal data.
 * @throws NotWritten when the file is there and may not be replaced, or cannot be written.
 */
export function writeWhole(file: string, text: string, options: SnapshotOptions): void {
  try {
    const snapshot = new SnapshotFile(file, options);
    try {
      writeFileSync(snapshot.path, text);
      snapshot.publish();
    } finally {
      snapshot.discard();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NotWritten(code ? `${file} cannot be written (${code}).` : `${message}.`);
  }
}
