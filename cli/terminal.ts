import { styleText } from "node:util";

export { printable } from "../profile/printable";

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colours for a stream: none in a pipe, with NO_COLOR, or on a terminal that has none. */
export function painter(stream: NodeJS.WriteStream): Paint {
  const colours = stream.isTTY && !process.env.NO_COLOR && (stream.hasColors?.() ?? false);
  return colours
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text;
}

/** Writes to standard output, and settles when all of it is taken: a pipe may be slow. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      // Who reads, for example head, has seen enough.
      if (error && (error as NodeJS.ErrnoException).code !== "EPIPE") reject(error);
      else resolve();
    });
  });
}

export interface Progress {
  /** Replaces the line. */
  update(text: string): void;
  /** Takes the line away. */
  stop(): void;
}

/** Milliseconds between two states of a line. */
const frame = 80;

/** A line on standard error that tells how far a thing is, on a terminal only. */
export function startProgress(text: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY || process.env.TERM === "dumb") return { update: () => {}, stop: () => {} };
  let shown = 0;
  const show = (line: string) => {
    const columns = stream.columns || 80;
    stream.write(`\r\u001b[K${line.slice(0, columns - 1)}`);
    shown = Date.now();
  };
  show(text);
  return {
    update(line) {
      if (Date.now() - shown >= frame) show(line);
    },
    stop() {
      stream.write("\r\u001b[K");
    },
  };
}

/** `1,234`; the same whatever the locale. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 person`, `2 people`. */
export function counted(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
