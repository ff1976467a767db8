import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Scalar } from "yaml";
import { CodeStarError } from "../../profile/codeStarError";
import type { Located, LocatedEntry } from "./located";
import { mostLevels, tooDeep } from "./nesting";
import type { Problems } from "./problems";
import type { SourceText, Span } from "./sourceText";
import { TooDense, tokensOf } from "./yamlTokens";

/**
 * Reads one document of YAML 1.2, merge keys (`<<`) included. Undefined when the text is empty, or
 * is not well formed, holds a second document, or would grow beyond measure by its aliases: all of
 * that is then among the problems.
 */
export function readYaml(source: SourceText, problems: Problems): Located | undefined {
  const before = problems.size;
  const { stackTraceLimit } = Error;
  // The parser makes an error of each mistake and throws none: their stack traces
  // would be most of the work.
  Error.stackTraceLimit = 0;
  try {
    const document = compose(source, problems);
    if (document === undefined || problems.size > before) return undefined;
    const root = new Reading(source, problems).read(document.contents);
    return problems.size > before ? undefined : root;
  } catch (error) {
    if (!(error instanceof TooDense || error instanceof TooMuch)) throw error;
    problems.add(source, error.span, "syntax", error.message);
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The only document that holds something; undefined when there is none. */
function compose(source: SourceText, problems: Problems): Document.Parsed | undefined {
  const composer = new Composer({ uniqueKeys: false, version: "1.2" });
  const starts: Span[] = [];
  let only: Document.Parsed | undefined;
  let composed = 0;
  const take = (document: Document.Parsed): boolean => {
    for (const { pos, message } of [...document.errors, ...document.warnings]) {
      const shown = /^Maximum call stack/.test(message) ? tooDeep : message;
      problems.add(source, { start: pos[0], end: pos[1] }, "syntax", shown);
    }
    const start = starts[composed++];
    if (isEmpty(document)) return true;
    if (only !== undefined && start !== undefined) {
      // Read as far as here and no further, its people would look removed.
      problems.add(source, start, "syntax", secondDocument);
      return false;
    }
    only = document;
    return true;
  };
  for (const token of tokensOf(source.text)) {
    if (token.type === "document") starts.push(startOf(token));
    for (const document of composer.next(token)) if (!take(document)) return undefined;
  }
  for (const document of composer.end(true, source.text.length)) take(document);
  return only;
}

const secondDocument =
  "a second YAML document begins here, and a roster file is one document; remove this line, or move what follows into a file of its own";

/** Nothing but a marker, comments and white space. */
function isEmpty({ contents }: Document.Parsed): boolean {
  return (
    contents === null ||
    (isScalar(contents) && contents.type === Scalar.PLAIN && contents.source === "")
  );
}

/** Its `---`, or its first character where a `...` ended the document before. */
function startOf(token: CST.Document): Span {
  const mark = token.start.find(({ type }) => type === "doc-start");
  return mark
    ? { start: mark.offset, end: mark.offset + mark.source.length }
    : { start: token.offset, end: token.offset + 1 };
}

/** What aliases and merge keys may add to a file of any size, and for each value written in it. */
const freeCopies = 20_000;
const copiesPerValue = 4;

/** A value that an alias can stand for. */
interface Anchored {
  readonly located: Located;
  /** How many values it is made of, aliases in it followed. */
  readonly size: number;
  /** How many levels are nested in it, aliases in it followed. */
  readonly height: number;
}

class TooMuch extends CodeStarError {
  constructor(
    message: string,
    readonly span: Span,
  ) {
    super(message);
  }
}

class Reading {
  readonly #anchors = new Map<string, Anchored>();
  #written = 0;
  #copied = 0;
  /** Of the value read last. */
  #height = 0;

  readonly #source: SourceText;
  readonly #problems: Problems;

  constructor(source: SourceText, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
  }

  read(node: unknown, around: Span = { start: 0, end: 0 }, level = 0): Located {
    const span = spanOf(node) ?? around;
    if (isAlias(node)) return this.#copy(node.source, span, level);
    if (level > mostLevels) throw new TooMuch(tooDeep, span);
    const before = this.#written + this.#copied;
    this.#written++;
    const located = this.#readValue(node, span, level);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) {
      const size = this.#written + this.#copied - before;
      this.#anchors.set(node.anchor, { located, size, height: this.#height });
    }
    return located;
  }

  #copy(anchor: string, span: Span, level: number): Located {
    const target = this.#anchors.get(anchor);
    if (target === undefined) {
      this.#height = 0;
      const message = `*${anchor} refers to itself or to nothing`;
      this.#problems.add(this.#source, span, "syntax", message);
      return { kind: "other", value: null, span };
    }
    this.#copied += target.size;
    this.#height = target.height;
    if (level + target.height > mostLevels) throw new TooMuch(tooDeep, span);
    if (this.#copied > freeCopies + copiesPerValue * this.#written) {
      throw new TooMuch(
        `the aliases up to here stand for more than ${this.#copied - target.size} values, far more than the file holds; write these out, or use fewer`,
        span,
      );
    }
    // Problems of the value are reported where it is used: there the user can tell whose it is.
    return { ...target.located, span };
  }

  #readValue(node: unknown, span: Span, level: number): Located {
    if (!isMap(node) && !isSeq(node)) {
      this.#height = 0;
      return scalar(node, span);
    }
    let height = 0;
    const readPart = (part: unknown, around: Span): Located => {
      const located = this.read(part, around, level + 1);
      height = Math.max(height, this.#height + 1);
      return located;
    };
    const located = isMap(node)
      ? this.#readMap(node.items, span, readPart)
      : ({ kind: "list", items: node.items.map((item) => readPart(item, span)), span } as const);
    this.#height = height;
    return located;
  }

  #readMap(
    items: readonly { key: unknown; value: unknown }[],
    span: Span,
    readPart: (part: unknown, around: Span) => Located,
  ): Located {
    const entries: LocatedEntry[] = [];
    let merged: Located | undefined;
    for (const { key, value } of items) {
      const keySpan = spanOf(key) ?? span;
      const name = keyText(key);
      if (name === undefined) {
        this.#problems.add(this.#source, keySpan, "syntax", "a key must be text");
        continue;
      }
      const located = readPart(value, keySpan);
      if (!isMergeKey(key)) entries.push({ key: name, keySpan, value: located });
      else if (merged === undefined) merged = located;
      else this.#problems.add(this.#source, keySpan, "syntax", "<< comes twice; give it a list");
    }
    return { kind: "map", entries: merged ? this.#merge(entries, merged) : entries, span };
  }

  /**
   * What the map says itself goes before what is merged into it, and the first of
   * several maps before the others.
   */
  #merge(own: readonly LocatedEntry[], merged: Located): LocatedEntry[] {
    const entries = [...own];
    const known = new Set(own.map(({ key }) => key));
    for (const map of merged.kind === "list" ? merged.items : [merged]) {
      if (map.kind !== "map") {
        const message = "<< takes a map, or a list of maps, as a rule by an alias: <<: *name";
        this.#problems.add(this.#source, map.span, "syntax", message);
        continue;
      }
      for (const { key, value } of map.entries) {
        if (known.has(key)) continue;
        known.add(key);
        entries.push({ key, keySpan: map.span, value: { ...value, span: map.span } });
      }
    }
    return entries;
  }
}

function scalar(node: unknown, span: Span): Located {
  const value = isScalar(node) ? node.value : null;
  return typeof value === "string" ? { kind: "text", value, span } : { kind: "other", value, span };
}

/** Keys are text however they are written: the user 007 needs no quotes. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return key.type === Scalar.PLAIN ? (key.source ?? "") : String(key.value);
}

/** In quotes it is an ordinary key. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === Scalar.PLAIN && key.source === "<<";
}

function spanOf(node: unknown): Span | undefined {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}
