import type * as z from "zod";
import { at, entry, type Located, repeatedEntries } from "./located";
import { type Problems, quote, type Rule } from "./problems";
import type { SourceText, Span } from "./sourceText";
import { suggestion } from "./suggestion";

/**
 * Reports what the schema found wrong with a value, at the place of the wrong part.
 * @param name what messages call the value, for example `defaults`; `""` when
 * its parts are named alone.
 * @param known the fields that the value may have.
 */
export function reportShape(
  issues: readonly z.core.$ZodIssue[],
  value: Located,
  name: string,
  known: readonly string[],
  source: SourceText,
  problems: Problems,
): void {
  for (const issue of issues) {
    const part = at(value, issue.path);
    const label = [name, ...issue.path.map(String)].filter(Boolean).join(".");
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const span = entry(part, key)?.keySpan ?? part.span;
        const where = label === "" ? "a person" : label;
        const message = `${quote(key)} is no field of ${where}${suggestion(key, known)}`;
        problems.add(source, span, "unknown-field", message);
      }
      continue;
    }
    if (isMissing(value, issue.path)) {
      problems.add(source, part.span, "missing-field", `${label} is missing`);
      continue;
    }
    const [wrong, clause] =
      issue.code === "invalid_union" ? unionClause(part) : clauseOf(issue, part);
    problems.add(source, wrong.span, ruleOf(issue), `${label || "a person"} ${clause}`);
  }
}

function isMissing(value: Located, path: readonly PropertyKey[]): boolean {
  const around = at(value, path.slice(0, -1));
  const field = path.at(-1);
  return around.kind === "map" && field !== undefined && !entry(around, String(field));
}

function ruleOf({ code }: z.core.$ZodIssue): Rule {
  return code === "invalid_type" || code === "invalid_union" ? "wrong-type" : "invalid-value";
}

/** The part to point at, and a clause that reads on after its name. */
function clauseOf(issue: z.core.$ZodIssue, part: Located): [Located, string] {
  if (issue.code === "too_small") return [part, "is empty"];
  if (issue.code === "too_big") return [part, `has more than ${issue.maximum} characters`];
  // Messages of the schema's own.
  if (issue.code === "invalid_format" || issue.code === "custom") return [part, issue.message];
  if (issue.code === "invalid_value") return [part, `can only be ${issue.values.join(", ")}`];
  const expected = issue.code === "invalid_type" ? issue.expected : "";
  if (expected === "string") return [part, textClause(part)];
  if (isNull(part) && issue.path.length === 0 && expected === "object") {
    return [part, "has no fields here; give at least displayName"];
  }
  if (isNull(part)) return [part, "has no value; leave it out when there is nothing to say"];
  return [part, `must be ${expected === "array" ? "a list" : "a map"}, not ${kindOf(part)}`];
}

/** `sshPublicKey` is the one field that may be text or a list. */
function unionClause(part: Located): [Located, string] {
  if (part.kind !== "list") return [part, `${textClause(part)}; or a list of texts`];
  const wrong = part.items.find(({ kind }) => kind !== "text");
  return wrong
    ? [wrong, `holds an item that ${textClause(wrong)}`]
    : [part, 'is empty; write "" to declare that there is no key'];
}

function textClause(part: Located): string {
  if (isNull(part)) return 'has no value; write "" for an empty one, or leave it out';
  const hint = part.kind === "other" ? "; put it in quotes" : "";
  return `must be text, not ${kindOf(part)}${hint}`;
}

function isNull(part: Located): boolean {
  return part.kind === "other" && part.value === null;
}

function kindOf(part: Located): string {
  if (part.kind === "text") return "text";
  if (part.kind === "map") return "a map";
  return part.kind === "list" ? "a list" : `a ${typeof part.value}`;
}

/** Reports every key that comes twice in one map of the value: the second would not count. */
export function reportRepeated(value: Located, source: SourceText, problems: Problems): void {
  for (const { key, keySpan } of repeatedEntries(value)) {
    problems.add(source, keySpan, "syntax", `${quote(key)} comes twice here; keep one`);
  }
}

/** The span of a field's value, or of `around` when the field is absent. */
export function fieldSpan(value: Located | undefined, field: string, around: Span): Span {
  return entry(value, field)?.value.span ?? around;
}
