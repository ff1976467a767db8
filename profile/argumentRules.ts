import { type Field, fields } from "./fields";
import { nearest } from "./nearest";
import { kindOf, type Rule, text } from "./rule";
import { isUnknown } from "./unknown";
import { userArnProblems } from "./userArn";

/*
 * What one argument may be. A rule answers clauses that read on after the argument's name. None
 * holds a value of displayName, emailAddress (sensitive in the API's model) or sshPublicKey.
 */

export const userArn: Rule = text(userArnProblems);
export const region: Rule = text(regionProblems);

export const boolean: Rule = (value) =>
  typeof value === "boolean" ? [] : [`must be true or false, not ${kindOf(value)}`];

export const wholeNumber: Rule = (value) => {
  if (isWholeNumber(value)) return [];
  const given = typeof value === "number" ? value : kindOf(value);
  return [`must be a whole number, 0 or more, not ${given}`];
};

/**
 * Whether a guard can count with it: NaN, which compares as false with every number, cannot be one.
 */
export function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export const oneOf =
  (choices: readonly string[]): Rule =>
  (value) => {
    if (typeof value !== "string") {
      return [`must be one of ${choices.join(", ")}, not ${kindOf(value)}`];
    }
    if (choices.includes(value)) return [];
    const meant = nearest(value, choices);
    const hint = meant ? `; did you mean ${meant}?` : "";
    return [`is ${quoted(value)}, but must be one of ${choices.join(", ")}${hint}`];
  };

/** Roster files and folders. */
export const paths: Rule = (value) => {
  const given = Array.isArray(value) ? value : [value];
  if (given.length === 0) return ["is an empty list; name at least one roster file or folder"];
  return given.flatMap((path, index) => {
    const where = Array.isArray(value)
      ? `holds ${kindOf(path)} at [${index}]`
      : `is ${kindOf(path)}`;
    if (typeof path !== "string") return [`${where}; a path or a list of paths is allowed`];
    return path.trim() === "" ? ["holds an empty path; name a roster file or folder"] : [];
  });
};

/** A list of field names. */
export const fieldNames: Rule = (names) => {
  const allowed = `a list of field names is allowed (${fields.join(", ")})`;
  if (!Array.isArray(names)) return [`is ${kindOf(names)}; ${allowed}`];
  return names.flatMap((name: unknown, index) => {
    if (isUnknown(name) || (typeof name === "string" && isField(name))) return [];
    if (typeof name !== "string") return [`holds ${kindOf(name)} at [${index}]; ${allowed}`];
    if (name === "userArn" || name === "region") {
      return [`holds ${quoted(name)} at [${index}], which cannot drift; ${allowed}`];
    }
    const meant = nearest(name, fields);
    const hint = meant ? `did you mean ${quoted(meant)}?` : allowed;
    return [`holds a name at [${index}] that is not a field; ${hint}`];
  });
};

function regionProblems(region: string): string[] {
  if (/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region)) return [];
  const form = "right is the name of an AWS region, for example us-east-1";
  if (region === "") return [`is empty; ${form}, or leave it out for the stack's aws:region`];
  if (region !== region.trim()) return [`has white space around it; ${form}`];
  if (/^[a-z]{2}(?:-[a-z]+)+-\d+[a-z]$/.test(region)) {
    return [`is an availability zone; ${form}, without the letter at the end`];
  }
  if (region !== region.toLowerCase()) return [`has capital letters; ${form}`];
  return [`is not a region; ${form}`];
}

export function isField(name: string): name is Field {
  return (fields as readonly string[]).includes(name);
}

export function quoted(name: string): string {
  return JSON.stringify(name);
}
