/**
 * Characters that act on what shows them, instead of being shown: control codes (C0, C1, DEL),
 * what turns the direction of the text around it, line and paragraph separators, the byte order
 * mark, and halves of characters. Joiners (U+200C, U+200D), variation selectors and tags are none:
 * names and emoji need them.
 */
const acting =
  /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u206F\uFEFF\uFFF9-\uFFFB]/gu;

/**
 * Text of others for a terminal, a log, an annotation or one line of a report: every character that
 * would act shows its number instead, for example `<U+001B>`, line ends and tabs included. Names in
 * any script stay as they are. Applying it twice changes nothing.
 */
export function printable(text: string): string {
  return text.replace(acting, shownByNumber);
}

/** A character as its number, for example `<U+0430>`. */
export function shownByNumber(character: string): string {
  return `<U+${numberOf(character)}>`;
}

/** As `printable`, for text of several lines that are ours: its line feeds stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** As `printable`, and as long as before: a mark below the text stays under what it marks. */
export function printableInPlace(text: string): string {
  return text.replace(acting, (character) => (character === "\t" ? " " : "\uFFFD"));
}

/** JSON that means the same to the character, and in which no character acts on a terminal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(acting, (character) =>
    character === "\n" ? character : `\\u${numberOf(character)}`,
  );
}

function numberOf(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
