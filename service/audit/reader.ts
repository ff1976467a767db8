import { createReadStream, type ReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CodeStarError } from "../../profile/codeStarError";
import type { AuditLine, BegunLine } from "./file";

/** One write of the trail. */
export interface AuditEntry extends BegunLine {
  /** `done`, the name of an error, or `unknown`: the server ended before it could say. */
  readonly outcome: string;
}

export interface AuditQuery {
  /** Only writes that began at this time or later; epoch milliseconds. */
  readonly since?: number;
  readonly userArn?: string;
  /** Told how many lines of a file are no records: half written when a server was killed. */
  readonly onDamaged?: (path: string, lines: number) => void;
}

/**
 * The writes in the files of one audit trail, in the order in which they ended; those without an
 * outcome last. The files are read in the order of their first records, in whatever order they are
 * given: a write may have begun in one and ended in the next. A file whose name ends in `.gz` is
 * decompressed. Holds no more in memory than the writes that are under way at one place.
 */
export async function* readAuditFiles(
  paths: readonly string[],
  { since = 0, userArn, onDamaged }: AuditQuery = {},
): AsyncGenerator<AuditEntry> {
  const begun = new Map<string, BegunLine>();
  for (const path of await inOrder(paths)) {
    let damaged = 0;
    for await (const line of linesOf(path)) {
      if (line === undefined) damaged++;
      else if ("operation" in line) {
        const wanted = userArn === undefined || line.userArn === userArn;
        if (wanted && Date.parse(line.time) >= since) begun.set(line.requestId, line);
      } else {
        const entry = begun.get(line.requestId);
        begun.delete(line.requestId);
        if (entry !== undefined) yield { ...entry, outcome: line.outcome };
      }
    }
    if (damaged > 0) onDamaged?.(path, damaged);
  }
  for (const entry of begun.values()) yield { ...entry, outcome: "unknown" };
}

/** Each file once, by the time of its first record; those without one last. */
async function inOrder(paths: readonly string[]): Promise<readonly string[]> {
  const firsts = await Promise.all(
    [...new Set(paths)].map(async (path) => ({ path, time: await firstTime(path) })),
  );
  // The times are all of one form, in which later ones sort after.
  firsts.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return firsts.map(({ path }) => path);
}

async function firstTime(path: string): Promise<string> {
  for await (const line of linesOf(path)) if (line !== undefined) return line.time;
  return "~";
}

/**
 * The records of a file; undefined for a line that is none. Rejects with one
 * sentence when it cannot be read.
 */
async function* linesOf(path: string): AsyncGenerator<AuditLine | undefined> {
  const file = createReadStream(path);
  const input = path.endsWith(".gz") ? decompressed(file) : file;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  input.once("error", () => lines.close());
  try {
    for await (const text of lines) if (text !== "") yield parse(text);
    if (input.errored) throw input.errored;
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw Object.assign(new CodeStarError(`reading the audit trail ${path}: ${code}`), { code });
  } finally {
    file.destroy();
  }
}

function decompressed(file: ReadStream): Readable {
  const text = file.pipe(createGunzip());
  file.once("error", (error) => text.destroy(error));
  return text;
}

function parse(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as AuditLine | null;
    const known = typeof line === "object" && line !== null;
    return known && typeof line.requestId === "string" && typeof line.time === "string"
      ? line
      : undefined;
  } catch {
    return undefined;
  }
}
