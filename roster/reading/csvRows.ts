import type { Span } from "./sourceText";

/** The text of a cell without its quotes, and where it stands, without them too. */
export interface Cell {
  readonly value: string;
  readonly span: Span;
}

/** A line, or several where a quoted cell holds ends of lines. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly span: Span;
}

/** A line that cannot be read. */
export interface BrokenRow {
  readonly problem: string;
  readonly span: Span;
}

/**
 * The rows of CSV (RFC 4180), from `start` on; `\r\n`, `\n` and `\r` end a line, and empty lines
 * are passed over. After a broken line it goes on with the next one. In time linear in the text.
 */
export function* rowsOf(
  text: string,
  delimiter: string,
  start: number,
): Generator<Row | BrokenRow> {
  for (let at = start; at < text.length; ) {
    if (isLineEnd(text[at])) {
      at++;
      continue;
    }
    const row = readRow(text, delimiter, at);
    yield row;
    at = row.span.end;
  }
}

function readRow(text: string, delimiter: string, start: number): Row | BrokenRow {
  const broken = (problem: string) => ({ problem, span: { start, end: lineEnd(text, start) } });
  const cells: Cell[] = [];
  for (let at = start; ; at++) {
    const isQuoted = text[at] === '"';
    const cell = isQuoted ? readQuoted(text, at) : readPlain(text, delimiter, at);
    if (typeof cell === "string") return broken(cell);
    cells.push(cell);
    at = isQuoted ? cell.span.end + 1 : cell.span.end;
    if (at >= text.length || isLineEnd(text[at])) return { cells, span: { start, end: at } };
    if (text[at] !== delimiter) return broken(quoteWithin);
  }
}

const quoteWithin =
  'a double quote within a cell: put the whole cell in double quotes and write "" for each in it';

function readPlain(text: string, delimiter: string, start: number): Cell | string {
  let end = start;
  while (end < text.length && text[end] !== delimiter && !isLineEnd(text[end])) {
    if (text[end] === '"') return quoteWithin;
    end++;
  }
  return { value: text.slice(start, end), span: { start, end } };
}

function readQuoted(text: string, quote: number): Cell | string {
  const start = quote + 1;
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] === '"') continue;
    return { value: text.slice(start, at).replaceAll('""', '"'), span: { start, end: at } };
  }
  return "a double quote opens here and is never closed";
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text[at])) at++;
  return at;
}

function isLineEnd(character: string | undefined): boolean {
  return character === "\n" || character === "\r";
}
