import { shownByNumber } from "../../../profile/printable";

/**
 * The two sides of a difference, for eyes: where they would look alike (composed and decomposed
 * letters, kinds of white space, letters of another script), what differs is shown by its
 * number, for example `<U+0430>`.
 */
export function tellApart(live: string, declared: string): { live: string; declared: string } {
  if (live === declared || !lookAlike(live, declared)) return { live, declared };
  const [a, b] = [[...live], [...declared]];
  const first = sharedLength(a, b);
  const last = sharedLength(a.slice(first).reverse(), b.slice(first).reverse());
  const differing = [...a.slice(first, a.length - last), ...b.slice(first, b.length - last)];
  // Where nothing but ASCII differs, it is spaces that do.
  const reveal = differing.some(isSpecial) ? isSpecial : (character: string) => character === " ";
  const show = (characters: readonly string[]) =>
    characters
      .map((character, index) => {
        const shared = index < first || index >= characters.length - last;
        return shared || !reveal(character) ? character : shownByNumber(character);
      })
      .join("");
  return { live: show(a), declared: show(b) };
}

/**
 * A name or an ARN with all that IAM allows in none, which is everything but
 * ASCII, shown by its number.
 */
export function inAscii(name: string): string {
  return name.replace(/\P{ASCII}/gu, shownByNumber);
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((character, index) => character !== b[index]);
  return end === -1 ? a.length : end;
}

function lookAlike(a: string, b: string): boolean {
  const [left, right] = [seenLetters(a), seenLetters(b)];
  return (
    left.length === right.length &&
    left.every((letter, index) => sameShape(letter, right[index] ?? ""))
  );
}

/** One spelling of each letter, nothing that is invisible, and one space for any white space. */
function seenLetters(text: string): string[] {
  const seen = text.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return [...seen.replace(/\s+/g, " ").trim()];
}

/** The scripts that have letters of each other's shapes. */
const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** Whether two letters may have one shape: the same, or of two such scripts. */
function sameShape(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [a, b].map((letter) => scripts.findIndex((script) => script.test(letter)));
  return left !== -1 && right !== -1 && left !== right;
}

function isSpecial(character: string): boolean {
  return !/[\x20-\x7e]/.test(character);
}
