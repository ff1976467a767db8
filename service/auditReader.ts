import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { AuditLine, BegunLine } from "./auditFile";

/** One write of the trail. */
export interface AuditEntry extends BegunLine {
  /** `done`, the name of an error, or `unknown`: the server ended before it could say. */
  readonly outcome: string;
}

export interface AuditQuery {
  /** Only writes that began at this time or later; epoch milliseconds. */
  readonly since?: number;
  readonly userArn?: string;
  /** Told how many lines are no records: half written when a server was killed. */
  readonly onDamaged?: (lines: number) => void;
}

/**
 * The writes in an audit file, in the order in which they ended; those without an outcome last. Holds no
 * more of the file in memory than the writes that are under way at one place of it.
 */
export async function* readAuditFile(
  path: string,
  { since = 0, userArn, onDamaged }: AuditQuery = {},
): AsyncGenerator<AuditEntry> {
  const begun = new Map<string, BegunLine>();
  let damaged = 0;
  const input = createReadStream(path);
  const failure = new Promise<never>((_, reject) => input.once("error", reject));
  failure.catch(() => {});
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  input.once("error", () => lines.close());
  for await (const text of lines) {
    if (text === "") continue;
    const line = parse(text);
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
  if (input.errored) await failure;
  for (const entry of begun.values()) yield { ...entry, outcome: "unknown" };
  if (damaged > 0) onDamaged?.(damaged);
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
