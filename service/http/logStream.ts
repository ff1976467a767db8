import { write } from "node:fs";

/** Characters that may wait for a slow reader, or for room on a disk: some three thousand lines. */
const capacity = 1024 * 1024;
/** Bytes of one write. */
const largestWrite = 64 * 1024;
/** Milliseconds after which a write that failed is tried again. */
const pause = 100;

/**
 * Lines to an open file, pipe or terminal, for a log that must never hold up the program: a
 * line that finds too many others waiting is dropped and counted. A write that fails (a
 * full disk, a reader that stalls or is gone) is tried again from where it stopped, so that
 * no line is written in part.
 */
export class LogStream {
  /** Lines dropped since the start. */
  dropped = 0;
  #untold = 0;
  #lines: string[] = [];
  #waiting = 0;
  #rest: Buffer = Buffer.alloc(0);
  #running: Promise<void> | undefined;

  readonly #descriptor: number;
  readonly #onDropped: (lines: number) => void;

  constructor(
    descriptor: number,
    /** Called when lines can be written again, with the number of those dropped meanwhile. */
    onDropped: (lines: number) => void = () => {},
  ) {
    this.#descriptor = descriptor;
    this.#onDropped = onDropped;
  }

  write(line: string): void {
    if (this.#waiting + line.length > capacity) {
      this.dropped++;
      this.#untold++;
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    this.#running ??= this.#run();
  }

  /** Settles when all lines are written, or after `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit);
    });
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    // Let the lines of this turn of the event loop join.
    await new Promise(setImmediate);
    while (this.#rest.length > 0 || this.#lines.length > 0) {
      if (this.#rest.length === 0) this.#rest = this.#next();
      const written = await this.#attempt(this.#rest);
      this.#rest = this.#rest.subarray(written);
      if (written === 0) await sleep();
      else if (this.#untold > 0 && this.#waiting < capacity / 2) this.#tell();
    }
    this.#running = undefined;
  }

  #next(): Buffer {
    let count = 0;
    let length = 0;
    while (count < this.#lines.length && length < largestWrite) {
      length += this.#lines[count]!.length;
      count++;
    }
    this.#waiting -= length;
    return Buffer.from(this.#lines.splice(0, count).join(""));
  }

  /** The number of bytes written; none when it failed, for whatever reason. */
  #attempt(bytes: Buffer): Promise<number> {
    return new Promise((resolve) => {
      write(this.#descriptor, bytes, (error, written) => resolve(error ? 0 : written));
    });
  }

  #tell(): void {
    const lines = this.#untold;
    this.#untold = 0;
    this.#onDropped(lines);
  }
}

/** Keeps no process alive: what cannot be written is not waited for. */
const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, pause).unref());

/**
 * Standard output or standard error as a LogStream. Node makes a pipe non-blocking when it opens
 * the stream; without that a write to a pipe that nobody reads would hold a thread for good, and
 * the process could not end.
 */
export function standardStream(
  stream: NodeJS.WriteStream & { readonly fd: number },
  onDropped?: (lines: number) => void,
): LogStream {
  return new LogStream(stream.fd, onDropped);
}
