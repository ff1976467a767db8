import { nearest } from "../profile/nearest";
import type { RosterFile } from "./cascade";
import { at, entry } from "./reading/located";
import { type Problems, quote } from "./reading/problems";
import type { Restriction } from "./schema";
import { coversPath, matchesPath } from "./wildcards";

/**
 * Reports rules that look as if they protected something: those that are for no file, with the
 * pattern that was probably meant, and those for files that a rule above decides on.
 * @param paths of all roster files, relative to the folder of the file with the rules.
 */
export function reportIdleRules(
  root: RosterFile,
  rules: readonly Restriction[],
  paths: readonly string[],
  problems: Problems,
): void {
  const located = entry(root.content, "restrictions")!.value;
  for (const [index, { files }] of rules.entries()) {
    const rule = at(located, [index]);
    const above = rules.slice(0, index).find((other) => coversPath(other.files, files));
    if (above !== undefined) {
      const message = `this rule never counts: the one above, for ${quote(above.files)}, decides on all of its files`;
      problems.add(root.source, rule.span, "settings", message);
      continue;
    }
    if (root.settings.allow?.includes("unmatched-rules")) continue;
    if (paths.some((path) => matchesPath(files, path))) continue;
    const meant = likelyMeant(files, paths);
    const hint = meant
      ? `did you mean ${quote(meant)}?`
      : "write allow: [unmatched-rules] in this file if the files are still to come";
    const message = `no file matches ${quote(files)}, which is relative to the folder of this file; ${hint}`;
    problems.add(
      root.source,
      (entry(rule, "files")?.value ?? rule).span,
      "unmatched-rule",
      message,
    );
  }
}

/** The first of the likely corrections that matches a file, else the file of the nearest name. */
function likelyMeant(pattern: string, paths: readonly string[]): string | undefined {
  const matched = corrections(pattern, paths).find(
    (one) => one !== pattern && paths.some((path) => matchesPath(one, path)),
  );
  return matched ?? nearest(pattern, paths);
}

/**
 * Spellings of CODEOWNERS and .gitignore, of other systems, from another folder,
 * with another ending or case.
 */
function corrections(pattern: string, paths: readonly string[]): string[] {
  const path = pattern.replaceAll("\\", "/").replace(/^(?:\.?\/)+/, "");
  const open = [path, path.replace(/\/\*$/, "/**"), `${path.replace(/\/$/, "")}/**`];
  const below = open.flatMap((one) => [one, one.slice(one.indexOf("/") + 1)]);
  const ended = [...below, path.replace(/\.ya?ml$/i, ".{yaml,yml}")];
  const folders = new Set(paths.flatMap((one) => one.split("/")));
  const cased = ended.map((one) =>
    one
      .split("/")
      .map((part) => [...folders].find((name) => isSame(name, part)) ?? part)
      .join("/"),
  );
  // What is nothing but wildcards matches, and was not meant.
  return [...ended, ...cased].filter((one) => /[^*?/]/.test(one));
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
