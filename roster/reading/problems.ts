import { CodeStarError } from "../../profile/codeStarError";
import { holdsPrivateKey } from "../../profile/keys/privateKey";
import { printable, printableInPlace } from "../../profile/printable";
import type { Position, SourceText, Span } from "./sourceText";

/** What kind of problem it is; stable, for tools that read the JSON. */
export type Rule =
  | "unreadable"
  | "syntax"
  | "unknown-field"
  | "missing-field"
  | "wrong-type"
  | "invalid-value"
  | "settings"
  | "unmatched-rule"
  | "duplicate-person"
  | "same-name"
  | "shared-email"
  | "reused-key"
  | "weak-key"
  | "ended-key"
  | "key-file"
  | "restricted"
  | "required-person"
  | "empty-roster";

/** One thing wrong with a roster, and where. */
export interface Problem extends Position {
  /** The offending text, of one line and shortened; `""` when nothing can be pointed at. */
  readonly text: string;
  readonly message: string;
  readonly rule: Rule;
}

const longestText = 80;
const hidden = "(not shown: the file holds a private key)";

/** More than anybody reads. */
const mostProblems = 1_000;

/** Ends the search for problems; see `Problems.gather`. */
class Enough extends CodeStarError {}

/** Gathers problems, so that one run names all of them, up to 1,000. */
export class Problems {
  /** Whether there may be more than are listed. */
  stopped = false;
  readonly #found: Problem[] = [];

  readonly #concerns: (file: string) => boolean;

  /** @param concerns whether the problems of a file are wanted; of every file when absent. */
  constructor(concerns: (file: string) => boolean = () => true) {
    this.#concerns = concerns;
  }

  /**
   * Runs what adds problems, until there are too many, and answers what it does. Undefined then: a
   * file of a million mistakes takes no more time than one of a thousand.
   */
  gather<T>(search: () => T): T | undefined {
    try {
      return search();
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
      this.stopped = true;
      return undefined;
    }
  }

  add(source: SourceText, span: Span, rule: Rule, message: string): void {
    const position = source.position(span.start);
    if (source.privateKeyAt !== undefined) {
      // A parser's message, or a name that is none, may repeat a line of the key.
      const repeats = rule === "syntax" || rule === "unknown-field" || holdsPrivateKey(message);
      const shown = repeats ? "cannot be read as a roster" : message;
      this.#keep({ ...position, text: hidden, message: shown, rule });
      return;
    }
    const start = source.text.slice(span.start, Math.min(span.end, span.start + 2 * longestText));
    const text = shorten(firstLine(start), longestText);
    this.#keep({ ...position, text, message, rule });
  }

  /** A problem of a whole file or folder. */
  addFile(file: string, rule: Rule, message: string): void {
    this.#keep({ file, line: 1, column: 1, text: "", message, rule });
  }

  has(rule: Rule): boolean {
    return this.#found.some((problem) => problem.rule === rule);
  }

  get size(): number {
    return this.#found.length;
  }

  sorted(): Problem[] {
    return [...this.#found].sort(
      (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column,
    );
  }

  #keep(problem: Problem): void {
    if (!this.#concerns(problem.file)) return;
    if (this.#found.length === mostProblems) throw new Enough();
    this.#found.push(problem);
  }
}

const framedWidth = 100;

/**
 * The problem as compilers print them: `file:line:column: error: message`, and below it the line
 * with the offending text marked. No character of a file, of its name or of a parser's message acts
 * on a terminal. `paint` may colour the parts.
 */
export function formatProblem(
  problem: Problem,
  source: SourceText | undefined,
  paint: (part: "place" | "error" | "mark", text: string) => string = (_part, text) => text,
): string {
  const { file, line, column, text, message } = problem;
  // A file that could not be read has no places.
  const name = printable(file);
  const place = source === undefined ? `${name}:` : `${name}:${line}:${column}:`;
  const head = `${paint("place", place)} ${paint("error", "error:")} ${printable(message)}`;
  if (source === undefined || text === "" || text === hidden) return head;
  const whole = source.line(line);
  const from = Math.max(0, Math.min(column - 1 - 20, whole.length - framedWidth));
  const shown = printableInPlace(whole.slice(from, from + framedWidth));
  const gutter = `${line}`.padStart(5);
  const at = column - 1 - from;
  const marked = Math.max(1, Math.min(shortenedLength(text), shown.length - at));
  const indent = " ".repeat(width(shown.slice(0, at)));
  const mark = paint("mark", "^".repeat(Math.max(1, width(shown.slice(at, at + marked)))));
  return `${head}\n${gutter} | ${shown}\n      | ${indent}${mark}`;
}

/** Code-point order: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Text within a message: in quotes and shortened. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text, longestText));
}

function firstLine(text: string): string {
  return text.split(/\r\n|\n|\r/, 1)[0] ?? "";
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function shortenedLength(text: string): number {
  return text.endsWith("…") && text.length === longestText ? framedWidth : text.length;
}

/** Columns on a terminal: combining marks take none, East Asian wide characters and emoji two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
