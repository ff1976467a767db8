import { LineCounter } from "yaml";
import { findPrivateKey } from "../../profile/keys/privateKey";

/** A stretch of a file's text, in UTF-16 units from its start; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a file. Line and column count from 1, columns in UTF-16 units as editors do. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A file's text, and where its offsets are. */
export class SourceText {
  readonly #lines = new LineCounter();
  /** Where a private key stands, if one does: then nothing of the text is ever shown. */
  readonly privateKeyAt: number | undefined;

  constructor(
    /** The path as the user named it, with forward slashes. */
    readonly file: string,
    readonly text: string,
  ) {
    this.#lines.addNewLine(0);
    // Alone, a carriage return ends a line, too; it is looked for where there is one.
    const ends = /\r(?!\n)/.test(text) ? text.replace(/\r(?!\n)/g, "\n") : text;
    for (let at = ends.indexOf("\n"); at >= 0; at = ends.indexOf("\n", at + 1)) {
      this.#lines.addNewLine(at + 1);
    }
    this.privateKeyAt = findPrivateKey(text);
  }

  position(offset: number): Position {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.text.length));
    return { file: this.file, line, column: col };
  }

  /** The text of a line, without its end; lines count from 1. */
  line(number: number): string {
    const start = this.#lines.lineStarts[number - 1] ?? this.text.length;
    const end = this.#lines.lineStarts[number] ?? this.text.length;
    return withoutEnd(this.text.slice(start, end));
  }
}

function withoutEnd(line: string): string {
  if (line.endsWith("\r\n")) return line.slice(0, -2);
  return line.endsWith("\n") || line.endsWith("\r") ? line.slice(0, -1) : line;
}
