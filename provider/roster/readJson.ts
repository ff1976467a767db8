import { type Node, type ParseError, ParseErrorCode, parseTree } from "jsonc-parser";
import type { Located } from "./located";
import { mostLevels, tooDeep } from "./nesting";
import { type Problems, quote } from "./problems";
import type { SourceText, Span } from "./sourceText";

/**
 * Reads JSON: in a quarter of the time that the YAML parser, which could read it too, takes for a large file.
 * Undefined when the text is not well formed, which is then among the problems, or when it is empty.
 */
export function readJson(source: SourceText, problems: Problems): Located | undefined {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(source.text, errors, { disallowComments: true });
    const [error] = errors;
    if (error !== undefined) {
      problems.add(source, spanOf(error), "syntax", describe(error, source.text));
      return undefined;
    }
    const deep = root && tooDeepIn(root, 0);
    if (deep === undefined) return root && locate(root);
    problems.add(source, spanOf(deep), "syntax", tooDeep);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add(source, { start: 0, end: 0 }, "syntax", tooDeep);
  }
  return undefined;
}

function describe({ error, offset, length }: ParseError, text: string): string {
  const token = text.slice(offset, offset + length);
  return wrongText.get(error) ?? (token ? `JSON cannot have ${quote(token)} here` : tooEarly);
}

const tooEarly = "the JSON ends too early";

const wrongText: ReadonlyMap<number, string> = new Map([
  [ParseErrorCode.UnexpectedEndOfString, "this text has no closing quote on its line"],
  [ParseErrorCode.InvalidEscapeCharacter, "this text has an escape that JSON does not know"],
  [ParseErrorCode.InvalidUnicode, "this text has a \\u that four hexadecimal digits do not follow"],
  [ParseErrorCode.InvalidCharacter, "this text has a control character; write it as an escape"],
]);

/** A node below more levels than a roster may have; members of an object are levels of this tree, too. */
function tooDeepIn(node: Node, level: number): Node | undefined {
  if (level > mostLevels) return node;
  const next = node.type === "property" ? level : level + 1;
  for (const child of node.children ?? []) {
    const found = tooDeepIn(child, next);
    if (found) return found;
  }
  return undefined;
}

function locate(node: Node): Located {
  const span = spanOf(node);
  const { type, value, children = [] } = node;
  if (type === "array") return { kind: "list", items: children.map(locate), span };
  if (type !== "object") {
    return type === "string" ? { kind: "text", value, span } : { kind: "other", value, span };
  }
  const entries = children.map(({ children: [key, of] = [] }) => ({
    key: String(key!.value),
    keySpan: spanOf(key!),
    value: locate(of!),
  }));
  return { kind: "map", entries, span };
}

function spanOf({ offset, length }: { offset: number; length: number }): Span {
  return { start: offset, end: offset + length };
}
