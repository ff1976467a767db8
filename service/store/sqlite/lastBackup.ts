import { readFile } from "node:fs/promises";
import { writeWhole } from "../../../files/writeWhole";

/**
 * Beside the store, so that a server finds it wherever the copy went. It
 * tells a time and nothing else.
 */
const noteOf = (store: string): string => `${store}-last-backup`;

/**
 * Notes that the store in this file was copied at a time, in epoch milliseconds.
 * @throws NotWritten
 */
export function noteBackup(store: string, time: number): void {
  const text = `${new Date(time).toISOString()}\n`;
  // Readable by all: the backup may be another user's task than the server.
  writeWhole(noteOf(store), text, { replace: true, mode: 0o644 });
}

/** When the store in this file was last copied, in epoch milliseconds; 0 when that is not known. */
export async function lastBackup(store: string): Promise<number> {
  try {
    const time = Date.parse((await readFile(noteOf(store), "utf8")).trim());
    return Number.isNaN(time) ? 0 : time;
  } catch {
    return 0;
  }
}
