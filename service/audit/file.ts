import { fstatSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CodeStarError } from "../../profile/codeStarError";
import { type AuditedWrite, type AuditTrail, AuditUnavailableError } from "./trail";

/**
 * The two lines that a write leaves in the file, in JSON; the second is missing
 * when the server was killed.
 */
export type AuditLine = BegunLine | EndedLine;

export interface BegunLine {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly requestId: string;
  readonly operation: string;
  readonly region: string;
  readonly userArn: string;
  readonly fields: readonly string[];
  /** Absent while authentication is off. */
  readonly principal?: string;
  readonly account?: string;
}

export interface EndedLine {
  readonly time: string;
  readonly requestId: string;
  readonly outcome: string;
}

export interface AuditFileOptions {
  /** Epoch milliseconds; the system's when absent. */
  readonly clock?: () => number;
  /** Told of each sync: how many lines it made durable. */
  readonly onSync?: (lines: number) => void;
}

interface Waiting {
  readonly line: string;
  readonly succeed?: () => void;
  readonly fail?: (reason: AuditUnavailableError) => void;
}

/**
 * Opens an audit trail in a file of JSON lines, creating it (mode 0600) when there is none. Lines
 * are only ever appended, so that several servers on one machine may share the file. Throws one
 * sentence when it cannot be used.
 *
 * @example
 * const audit = await openAuditFile("audit.jsonl");
 * const server = await startServer({ store: "file:profiles.db", audit });
 */
export async function openAuditFile(
  path: string,
  { clock = Date.now, onSync = () => {} }: AuditFileOptions = {},
): Promise<AuditFile> {
  return new AuditFile(path, await openForAppending(path), clock, onSync);
}

/**
 * Lines of concurrent requests share one sync to disk, as their writes share one commit.
 *
 * @example
 * const audit: AuditFile = await openAuditFile("audit.jsonl");
 * await audit.reopen();
 */
export class AuditFile implements AuditTrail {
  #file: FileHandle;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #next: FileHandle | undefined;
  /** The last line may be half written: by a server that was killed, or on a disk that was full. */
  #torn = true;
  /** What the last lines failed with; undefined once others are on disk. */
  #failure: AuditUnavailableError | undefined;

  readonly #path: string;
  readonly #clock: () => number;
  readonly #onSync: (lines: number) => void;

  constructor(
    path: string,
    file: FileHandle,
    clock: () => number,
    onSync: (lines: number) => void,
  ) {
    this.#path = path;
    this.#clock = clock;
    this.#onSync = onSync;

    this.#file = file;
  }

  begin({ principal, ...write }: AuditedWrite): Promise<void> {
    const line = this.#line({
      ...write,
      ...(principal && { principal: principal.name, account: principal.account }),
    });
    return new Promise((succeed, fail) => this.#append({ line, succeed, fail }));
  }

  end(requestId: string, outcome: string): void {
    this.#append({ line: this.#line({ requestId, outcome }) });
  }

  async health(): Promise<void> {
    this.#requireName();
    if (this.#failure === undefined) return;
    // Who asks keeps writes away from a server that is not well: only a line of its own shows that
    // it is again. Readers skip empty ones.
    await new Promise<void>((succeed, fail) => this.#append({ line: "\n", succeed, fail }));
  }

  /** Goes on in a new file of the same name: the old one may have been moved away. */
  async reopen(): Promise<void> {
    const file = await openForAppending(this.#path);
    await this.#next?.close();
    this.#next = file;
    this.#running ??= this.#run();
    await this.#running;
  }

  /** Settles when every line so far is durable or has failed. */
  async close(): Promise<void> {
    await this.#running;
    await this.#file.close();
  }

  #line(content: object): string {
    return `${JSON.stringify({ time: new Date(this.#clock()).toISOString(), ...content })}\n`;
  }

  #append(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 || this.#next !== undefined) {
      // Let the requests that have already arrived join.
      await new Promise(setImmediate);
      if (this.#next !== undefined) await this.#turnTo(this.#next);
      const group = this.#waiting;
      this.#waiting = [];
      if (group.length > 0) await this.#sync(group);
    }
    this.#running = undefined;
  }

  async #turnTo(next: FileHandle): Promise<void> {
    this.#next = undefined;
    const before = this.#file;
    this.#file = next;
    this.#torn = true;
    this.#failure = undefined;
    await before.close();
  }

  async #sync(group: readonly Waiting[]): Promise<void> {
    try {
      const torn = this.#torn && !(await endsInNewline(this.#file));
      this.#torn = true;
      await this.#file.appendFile((torn ? "\n" : "") + group.map(({ line }) => line).join(""));
      await this.#file.datasync();
      this.#torn = false;
      this.#requireName();
      this.#failure = undefined;
      this.#onSync(group.length);
      for (const { succeed } of group) succeed?.();
    } catch (error) {
      this.#failure = error instanceof AuditUnavailableError ? error : this.#unavailable(error);
      for (const { fail } of group) fail?.(this.#failure);
    }
  }

  /**
   * A file that was moved away keeps its lines for whoever moved it; one that was
   * deleted or replaced does not.
   */
  #requireName(): void {
    const stats = fstatSync(this.#file.fd);
    if (stats.isFile() && stats.nlink === 0) {
      throw new AuditUnavailableError(
        `writing the audit trail ${this.#path}: the file was deleted or replaced while it was open; SIGHUP goes on in a new one`,
      );
    }
  }

  #unavailable(error: unknown): AuditUnavailableError {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    return new AuditUnavailableError(`writing the audit trail ${this.#path}: ${reason}`);
  }
}

async function openForAppending(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a+", 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CodeStarError(`opening the audit trail ${path}: ${code ?? String(error)}`);
  }
}

async function endsInNewline(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  // /dev/stdout and the like have a size of nothing that can be read.
  return bytesRead === 0 || buffer[0] === 0x0a;
}
