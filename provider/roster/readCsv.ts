import { type CsvError, parse } from "csv-parse/sync";
import type { Located, LocatedEntry } from "./located";
import { type Problems, quote } from "./problems";
import { personFieldNames } from "./schema";
import type { SourceText, Span } from "./sourceText";
import { suggestion } from "./suggestion";

interface Row {
  readonly cells: readonly string[];
  readonly span: Span;
}

const keyColumns = ["userName", "userArn"];

/**
 * Reads CSV (RFC 4180; comma, semicolon or tab) with a header line: one of `userName` and `userArn`, and
 * the fields of a person. An empty cell is an absent field, except for `sshPublicKey`, where it declares
 * that there is no key.
 */
export function readCsv(source: SourceText, problems: Problems): Located | undefined {
  const delimiter = findDelimiter(source.text);
  const [header, ...rows] = readRows(source, delimiter, problems);
  if (header === undefined) return undefined;
  const columns = header.cells.map((name) => name.trim());
  const keyColumn = checkHeader(
    source,
    columns,
    cellSpans(source.text, header.span, delimiter),
    problems,
  );
  if (keyColumn === undefined) return undefined;

  const people: LocatedEntry[] = [];
  for (const row of rows) {
    const spans = cellSpans(source.text, row.span, delimiter);
    if (row.cells.length !== columns.length) {
      const message = `the line has ${row.cells.length} cells, the header ${columns.length}; a cell with ${delimiterName(delimiter)} in it needs double quotes`;
      problems.add(source, row.span, "syntax", message);
      continue;
    }
    const entries: LocatedEntry[] = [];
    for (const [index, column] of columns.entries()) {
      const value = row.cells[index] ?? "";
      const span = spans[index] ?? row.span;
      if (!personFieldNames.includes(column)) continue;
      if (value === "" && column !== "sshPublicKey") continue;
      entries.push({ key: column, keySpan: span, value: { kind: "text", value, span } });
    }
    const keySpan = spans[keyColumn] ?? row.span;
    people.push({
      key: row.cells[keyColumn] ?? "",
      keySpan,
      value: { kind: "map", entries: withoutEmptyKey(entries), span: keySpan },
    });
  }
  const map: Located = { kind: "map", entries: people, span: header.span };
  return {
    kind: "map",
    entries: [{ key: "people", keySpan: header.span, value: map }],
    span: header.span,
  };
}

/** Someone whose keys are in a file leaves the column of inline keys empty. */
function withoutEmptyKey(entries: readonly LocatedEntry[]): readonly LocatedEntry[] {
  if (!entries.some(({ key }) => key === "sshPublicKeyFile")) return entries;
  return entries.filter(
    ({ key, value }) => key !== "sshPublicKey" || (value.kind === "text" && value.value !== ""),
  );
}

function checkHeader(
  source: SourceText,
  columns: readonly string[],
  spans: readonly Span[],
  problems: Problems,
): number | undefined {
  const known = [...keyColumns, ...personFieldNames];
  for (const [index, column] of columns.entries()) {
    const span = spans[index]!;
    if (!known.includes(column)) {
      const name = column === "" ? "an empty header" : quote(column);
      problems.add(
        source,
        span,
        "unknown-field",
        `${name} is no column of a roster${suggestion(column, known)}`,
      );
    } else if (columns.indexOf(column) !== index) {
      problems.add(source, span, "syntax", `the column ${column} comes twice`);
    }
  }
  const keys = columns.flatMap((column, index) => (keyColumns.includes(column) ? [index] : []));
  if (keys.length === 1) return keys[0];
  problems.add(
    source,
    spans[keys[1] ?? 0]!,
    "missing-field",
    "the header needs one of userName and userArn",
  );
  return undefined;
}

/** After this many broken quotes the rest of a file is left unread. */
const mostRecoveries = 50;

/** All rows that are well formed; after a broken one, reading goes on at the next line. */
function readRows(source: SourceText, delimiter: string, problems: Problems): Row[] {
  const rows: Row[] = [];
  let start = 0;
  for (let recoveries = 0; recoveries <= mostRecoveries; recoveries++) {
    const text = source.text.slice(start);
    const offsets = new Offsets(text);
    let end = 0;
    try {
      parse(text, {
        delimiter,
        info: true,
        record_delimiter: ["\r\n", "\n"],
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (row: unknown) => {
          const { record, info } = row as { record: string[]; info: { bytes: number } };
          const from = skipBlankLines(text, end);
          end = offsets.of(info.bytes);
          if (record.some((cell) => cell !== "")) {
            rows.push({ cells: record, span: { start: start + from, end: start + end } });
          }
          return null;
        },
      });
      return rows;
    } catch (error) {
      const from = skipBlankLines(text, end);
      const lineEnd = text.indexOf("\n", from);
      const span = { start: start + from, end: start + (lineEnd < 0 ? text.length : lineEnd) };
      problems.add(source, span, "syntax", sentence(error as CsvError));
      if (lineEnd < 0) return rows;
      start += lineEnd + 1;
    }
  }
  return rows;
}

function sentence(error: CsvError): string {
  if (error.code === "CSV_QUOTE_NOT_CLOSED") return "a double quote opens here and is never closed";
  if (error.code === "CSV_INVALID_CLOSING_QUOTE" || error.code === "INVALID_OPENING_QUOTE") {
    return 'a double quote within a cell: put the whole cell in double quotes and write "" for each in it';
  }
  return error.message;
}

/** From the parser's UTF-8 offsets, asked in rising order, to offsets in the text. */
class Offsets {
  private readonly bytes: Buffer;
  private byte = 0;
  private unit = 0;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  of(byte: number): number {
    this.unit += this.bytes.toString("utf8", this.byte, byte).length;
    this.byte = byte;
    return this.unit;
  }
}

function skipBlankLines(text: string, from: number): number {
  let at = from;
  while (text[at] === "\n" || (text[at] === "\r" && text[at + 1] === "\n")) at++;
  return at;
}

/** Where the cells of a well-formed row stand, without their quotes. */
function cellSpans(text: string, row: Span, delimiter: string): Span[] {
  const spans: Span[] = [];
  let at = row.start;
  for (;;) {
    const quoted = text[at] === '"';
    const start = quoted ? at + 1 : at;
    at = start;
    if (quoted) {
      while (at < row.end && (text[at] !== '"' || text[at + 1] === '"'))
        at += text[at] === '"' ? 2 : 1;
    } else {
      while (at < row.end && text[at] !== delimiter && text[at] !== "\r" && text[at] !== "\n") at++;
    }
    spans.push({ start, end: at });
    if (quoted) at++;
    if (at >= row.end || text[at] !== delimiter) return spans;
    at++;
  }
}

function findDelimiter(text: string): string {
  const header = text.slice(0, text.search(/\n|$/));
  const counts = [",", ";", "\t"].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.sort((a, b) => b.count - a.count)[0]!.mark;
}

function delimiterName(delimiter: string): string {
  return delimiter === "\t" ? "a tab" : `"${delimiter}"`;
}
