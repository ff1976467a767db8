/** A pattern as in an IAM policy: `*` stands for any text, `/` included, `?` for one character. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*+/g, ".*")
      .replace(/\?/g, ".");
    regex = new RegExp(`^${source}$`, "s");
    compiled.set(pattern, regex);
  }
  return regex.test(text);
}

const compiled = new Map<string, RegExp>();
