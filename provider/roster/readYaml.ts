import { isAlias, isMap, isScalar, isSeq, parseDocument, Scalar } from "yaml";
import type { Located, LocatedEntry } from "./located";
import type { Problems } from "./problems";
import type { SourceText, Span } from "./sourceText";

/**
 * Reads YAML 1.2. Undefined when the text is not well formed, which is then among the problems, or when it is empty.
 */
export function readYaml(source: SourceText, problems: Problems): Located | undefined {
  const before = problems.size;
  const document = parseDocument(source.text, {
    logLevel: "silent",
    prettyErrors: false,
    uniqueKeys: false,
    version: "1.2",
  });
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    problems.add(source, { start: pos[0], end: pos[1] }, "syntax", message);
  }
  if (problems.size > before || document.contents === null) return undefined;
  const root = new Reading(source, problems).read(document.contents);
  return problems.size > before ? undefined : root;
}

class Reading {
  private readonly anchors = new Map<string, Located>();

  constructor(
    private readonly source: SourceText,
    private readonly problems: Problems,
  ) {}

  read(node: unknown, around: Span = { start: 0, end: 0 }): Located {
    const span = spanOf(node) ?? around;
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      // Problems of the value are reported where it is used: there the user can tell whose it is.
      if (target) return { ...target, span };
      this.problems.add(
        this.source,
        span,
        "syntax",
        `*${node.source} refers to itself or to nothing`,
      );
      return { kind: "other", value: null, span };
    }
    const located = this.readValue(node, span);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) {
      this.anchors.set(node.anchor, located);
    }
    return located;
  }

  private readValue(node: unknown, span: Span): Located {
    if (isMap(node)) {
      const entries: LocatedEntry[] = [];
      for (const { key, value } of node.items) {
        const keySpan = spanOf(key) ?? span;
        const name = keyText(key);
        if (name === undefined) {
          this.problems.add(this.source, keySpan, "syntax", "a key must be text");
          continue;
        }
        entries.push({ key: name, keySpan, value: this.read(value, keySpan) });
      }
      return { kind: "map", entries, span };
    }
    if (isSeq(node)) {
      return { kind: "list", items: node.items.map((item) => this.read(item, span)), span };
    }
    const value = isScalar(node) ? node.value : null;
    return typeof value === "string"
      ? { kind: "text", value, span }
      : { kind: "other", value, span };
  }
}

/** Keys are text however they are written: the user 007 needs no quotes. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return key.type === Scalar.PLAIN ? (key.source ?? "") : String(key.value);
}

function spanOf(node: unknown): Span | undefined {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}
