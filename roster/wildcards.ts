/**
 * Patterns with wildcards. Matching goes back to the last wildcard only, so it takes at most the
 * product of the two lengths: patterns come from files of others, and a regular expression takes
 * minutes for `*a*a*a*a*b`.
 */

/**
 * A pattern as in an IAM policy: `*` stands for any text, `/` included, and `?` for one character.
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  return matches(pattern, text, "*", (one, other) => one === "?" || one === other);
}

/**
 * A pattern of paths as in a shell: `*` and `?` stand for text without `/`, `**` between slashes
 * for any folders, none included, and `{a,b}` for either. Everything else stands for itself.
 * @param pattern as `pathPattern` has it.
 */
export function matchesPath(pattern: string, path: string): boolean {
  return alternatives(pattern).some((one) =>
    matches(one.split("/"), path.split("/"), "**", matchesWildcards),
  );
}

/** Whether every path that the narrow pattern matches is matched by the wide one. */
export function coversPath(wide: string, narrow: string): boolean {
  // Text that no pattern names, where a wildcard stands: as short as can be, and long.
  const [some, more] = ["\u0001", "\u0002\u0003"];
  const examples = alternatives(narrow).flatMap((one) => [
    one.replaceAll("**/", "").replaceAll("**", some).replaceAll("*", "").replaceAll("?", some),
    one.replaceAll("**", `${more}/${more}`).replaceAll("*", more).replaceAll("?", some),
  ]);
  return examples.every((path) => matchesPath(wide, path));
}

/** The pattern without its braces, once for each choice that they leave. */
function alternatives(pattern: string): string[] {
  return partsOf(pattern).reduce<string[]>(
    (done, choices) => done.flatMap((start) => choices.map((choice) => start + choice)),
    [""],
  );
}

/** How many patterns without braces a pattern of paths stands for. */
export function choicesOf(pattern: string): number {
  return partsOf(pattern).reduce((product, choices) => product * choices.length, 1);
}

function partsOf(pattern: string): string[][] {
  return [...pattern.matchAll(/\{([^}]*)\}|[^{]+/g)].map(([part, braced]) =>
    braced === undefined ? [part] : braced.split(","),
  );
}

export function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/**
 * What a pattern of paths may be: no negation, no classes, no escapes, and braces
 * that close and do not nest.
 */
export const pathPattern = /^(?!!)(?!.*[!@+*?]\()(?:[^{}[\]\\]|\{[^{}[\]\\]*\})+$/;

/**
 * @param any what in the pattern stands for any number of parts of the text, none included.
 * @param fits whether another part of the pattern stands for a part of the text.
 */
function matches<Part>(
  pattern: ArrayLike<Part>,
  text: ArrayLike<Part>,
  any: Part,
  fits: (one: Part, other: Part) => boolean,
): boolean {
  let at = 0;
  let read = 0;
  /** Behind the last wildcard, and how much of the text it and all before it stand for. */
  let resume: number | undefined;
  let taken = 0;
  while (read < text.length) {
    if (at < pattern.length && pattern[at] === any) {
      resume = ++at;
      taken = read;
    } else if (at < pattern.length && fits(pattern[at]!, text[read]!)) {
      at++;
      read++;
    } else if (resume !== undefined) {
      at = resume;
      read = ++taken;
    } else {
      return false;
    }
  }
  while (at < pattern.length && pattern[at] === any) at++;
  return at === pattern.length;
}
