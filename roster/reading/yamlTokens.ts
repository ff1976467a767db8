import { type CST, Lexer, Parser } from "yaml";
import { CodeStarError } from "../../profile/codeStarError";
import { mostLevels, tooDeep } from "./nesting";
import type { Span } from "./sourceText";

/**
 * Lexemes that a file of any size may have, and for each character of it. People written as tersely
 * as possible have 0.6 a character; the parser takes some 300 bytes for each lexeme, and more for
 * those that a roster has few of.
 */
const freeLexemes = 50_000;
const lexemesPerCharacter = 0.65;
/** By the first character of aliases, anchors, tags and directives. */
const extraCosts: ReadonlyMap<number, number> = new Map(
  Object.entries({ "*": 3, "&": 3, "!": 3, "%": 19 }).map(([mark, cost]) => [
    mark.charCodeAt(0),
    cost,
  ]),
);

/** Text of YAML that would take more time and memory than any roster of its size. */
export class TooDense extends CodeStarError {
  readonly span: Span;

  constructor(message: string, offset: number) {
    super(message);
    this.span = { start: offset, end: offset + 1 };
  }
}

/**
 * The tokens of the text, as the `Parser` of the package `yaml` makes them. What is nested too
 * deeply for the recursion that follows is refused before anything of it is built.
 * @throws TooDense
 */
export function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser();
  const most = freeLexemes + lexemesPerCharacter * text.length;
  let lexemes = 0;
  let offset = 0;
  let flows = 0;
  let indicators = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(ordinaryLineEnds(text))) {
    lexemes++;
    if (!isScalar) {
      if (lexeme === "[" || lexeme === "{") flows++;
      else if (lexeme === "]" || lexeme === "}") flows = Math.max(0, flows - 1);
      // Lists within lists can begin on one line; otherwise each level costs its indentation.
      else if (lexeme === "-" || lexeme === "?") indicators++;
      else if (lexeme === "\n" || lexeme === "\r\n") indicators = 0;
      else lexemes += extraCosts.get(lexeme.charCodeAt(0)) ?? 0;
    }
    if (flows > mostLevels || indicators > mostLevels) throw new TooDense(tooDeep, offset);
    if (lexemes > most) throw new TooDense(tooManyMarks, offset);
    isScalar = lexeme === scalarMark;
    if (!isScalar && lexeme !== documentMark && lexeme !== flowEndMark) offset += lexeme.length;
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

const tooManyMarks =
  "the file has far more punctuation than text up to here; no roster looks like that";

/**
 * Lexemes that stand for no text: a scalar, a document begins; a list or
 * map in brackets ends early.
 */
const scalarMark = "\u001f";
const documentMark = "\u0002";
const flowEndMark = "\u0018";

/** A carriage return alone ends a line in YAML; the parser knows it before a line feed only. */
function ordinaryLineEnds(text: string): string {
  return text.replace(/\r(?!\n)/g, "\n");
}
