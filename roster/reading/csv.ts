import { personFieldNames } from "../schema";
import { type Row, rowsOf } from "./csvRows";
import { isExtension, type Located, type LocatedEntry } from "./located";
import { type Problems, quote } from "./problems";
import type { SourceText, Span } from "./sourceText";
import { suggestion } from "./suggestion";

const keyColumns = ["userName", "userArn"];

/**
 * Reads CSV (RFC 4180; comma, semicolon or tab) with a header line: one of `userName` and
 * `userArn`, the fields of a person, and columns of other tools, which begin with `x-`. An empty
 * cell is an absent field, except for `sshPublicKey`, where it declares that there is no key. With
 * a wrong header nobody is read: one problem, not one for each person. Excel's line `sep=;`, and
 * empty cells at the ends of lines, are passed over.
 */
export function readCsv(source: SourceText, problems: Problems): Located | undefined {
  const { delimiter, start } = findDelimiter(source.text);
  let columns: readonly string[] | undefined;
  let headerSpan: Span = { start: 0, end: 0 };
  const people: LocatedEntry[] = [];
  for (const row of rowsOf(source.text, delimiter, start)) {
    if ("problem" in row) {
      problems.add(source, row.span, "syntax", row.problem);
      // Without a header the cells mean nothing.
      if (columns === undefined) return undefined;
      continue;
    }
    if (row.cells.every(({ value }) => value === "")) continue;
    if (columns !== undefined) {
      const person = readPerson(row, columns, delimiter, source, problems);
      if (person) people.push(person);
      continue;
    }
    columns = readHeader(row, source, problems);
    if (columns === undefined) return undefined;
    headerSpan = row.span;
  }
  if (columns === undefined) return undefined;
  const map: Located = { kind: "map", entries: people, span: headerSpan };
  const entry = { key: "people", keySpan: headerSpan, value: map };
  return { kind: "map", entries: [entry], span: headerSpan };
}

function readPerson(
  { cells, span }: Row,
  columns: readonly string[],
  delimiter: string,
  source: SourceText,
  problems: Problems,
): LocatedEntry | undefined {
  const surplus = cells.slice(columns.length).find(({ value }) => value !== "");
  if (cells.length < columns.length || surplus) {
    const message = `the line has ${cells.length} cells, the header ${columns.length}; a cell with ${delimiterName(delimiter)} in it needs double quotes`;
    problems.add(source, span, "syntax", message);
    return undefined;
  }
  const entries: LocatedEntry[] = [];
  let key = cells[0]!;
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]!;
    if (keyColumns.includes(column)) key = cell;
    else if (isExtension(column) || (cell.value === "" && column !== "sshPublicKey")) continue;
    else entries.push({ key: column, keySpan: cell.span, value: { kind: "text", ...cell } });
  }
  return {
    key: key.value,
    keySpan: key.span,
    value: { kind: "map", entries: withoutEmptyKey(entries), span: key.span },
  };
}

/** Someone whose keys are in a file leaves the column of inline keys empty. */
function withoutEmptyKey(entries: readonly LocatedEntry[]): readonly LocatedEntry[] {
  if (!entries.some(({ key }) => key === "sshPublicKeyFile")) return entries;
  return entries.filter(
    ({ key, value }) => key !== "sshPublicKey" || (value.kind === "text" && value.value !== ""),
  );
}

/**
 * The names of the columns, without empty ones at the end; undefined when
 * something is wrong with them.
 */
function readHeader(
  { cells }: Row,
  source: SourceText,
  problems: Problems,
): readonly string[] | undefined {
  const before = problems.size;
  const names = cells.map(({ value }) => value.trim());
  const columns = names.slice(0, names.findLastIndex((name) => name !== "") + 1);
  const known = [...keyColumns, ...personFieldNames];
  const seen = new Set<string>();
  const keys: number[] = [];
  for (const [index, column] of columns.entries()) {
    const { span } = cells[index]!;
    if (keyColumns.includes(column)) keys.push(index);
    const repeated = seen.size === seen.add(column).size;
    if (!known.includes(column) && !isExtension(column)) {
      const name = column === "" ? "an empty header" : quote(column);
      const message = `${name} is no column of a roster${suggestion(column, known)}`;
      problems.add(source, span, "unknown-field", message);
    } else if (repeated) {
      problems.add(source, span, "syntax", `the column ${column} comes twice`);
    }
  }
  if (keys.length !== 1) {
    const message = "the header needs one of userName and userArn";
    problems.add(source, cells[keys[1] ?? 0]!.span, "missing-field", message);
  }
  return problems.size > before ? undefined : columns;
}

const delimiters = [",", ";", "\t"];

/** As Excel's first line says (`sep=;`), else what comes most often in the header. */
function findDelimiter(text: string): { delimiter: string; start: number } {
  const told = /^"?sep=([,;\t])"?(?=[\r\n]|$)/i.exec(text);
  if (told) return { delimiter: told[1]!, start: told[0].length };
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const counts = delimiters.map((mark) => ({ mark, count: header.split(mark).length }));
  return { delimiter: counts.sort((a, b) => b.count - a.count)[0]!.mark, start: 0 };
}

function delimiterName(delimiter: string): string {
  return delimiter === "\t" ? "a tab" : `"${delimiter}"`;
}
