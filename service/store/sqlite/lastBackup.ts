import { readFile, rename, rm, writeFile } from "node:fs/promises";

/** Beside the store, so that a server finds it wherever the copy went. It tells a time and nothing else. */
const noteOf = (store: string): string => `${store}-last-backup`;

/** Notes that the store in this file was copied at a time, in epoch milliseconds. */
export async function noteBackup(store: string, time: number): Promise<void> {
  const note = noteOf(store);
  const draft = `${note}.${process.pid}`;
  try {
    // Readable by all: the backup may be another user's task than the server.
    await writeFile(draft, `${new Date(time).toISOString()}\n`, { mode: 0o644 });
    await rename(draft, note);
  } catch (error) {
    await rm(draft, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`the time of this backup cannot be noted in ${note} (${code})`);
  }
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
