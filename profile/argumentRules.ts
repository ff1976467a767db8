import { type Field, fields } from "./fields";
import { readSshPublicKeys, type SshPublicKeyRules } from "./keys/sshPublicKey";
import { nearest } from "./nearest";
import { isUnknown } from "./unknown";
import { userArnProblems } from "./userArn";

/*
 * What one argument may be. A rule answers clauses that read on after the argument's name. None holds a value of
 * displayName, emailAddress (sensitive in the API's model) or sshPublicKey.
 */

export type Clause = string | { readonly text: string; readonly weakKey: true };
export type Rule = (value: unknown, options: SshPublicKeyRules) => Clause[];

export const userArn: Rule = text(userArnProblems);
export const displayName: Rule = text(displayNameProblems);
export const emailAddress: Rule = text(emailAddressProblems);
export const sshPublicKey: Rule = text(sshPublicKeyProblems);
export const region: Rule = text(regionProblems);

export const boolean: Rule = (value) =>
  typeof value === "boolean" ? [] : [`must be true or false, not ${kindOf(value)}`];

export const wholeNumber: Rule = (value) => {
  if (isWholeNumber(value)) return [];
  const given = typeof value === "number" ? value : kindOf(value);
  return [`must be a whole number, 0 or more, not ${given}`];
};

/** Whether a guard can count with it: NaN, which compares as false with every number, cannot be one. */
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

/** Applies a rule for strings to any value: refuses what is not a string first. */
function text(problems: (value: string, options: SshPublicKeyRules) => Clause[]): Rule {
  return (value, options) => {
    if (typeof value !== "string") return [`must be a string, not ${kindOf(value)}`];
    // What an output becomes in an ordinary template string; some of it would pass as a name.
    if (/Calling \[(?:toString|toJSON)\] on an \[Output<T>\]/.test(value)) {
      return [
        "was made from an output as if it were a string; use pulumi.interpolate`…` or .apply(…) instead",
      ];
    }
    // Half a surrogate pair cannot be sent: it would be stored as U+FFFD and drift for ever.
    if (/\p{Surrogate}/u.test(value))
      return ["holds half of a character (a lone surrogate); write whole characters"];
    return problems(value, options);
  };
}

/** The model counts Unicode code points (Smithy's `length` trait), not UTF-16 units. */
function lengthProblems(value: string, least: number, most: number): string[] {
  const characters = [...value].length;
  if (characters >= least && characters <= most) return [];
  return [`has ${characters} characters; ${least} to ${most} are allowed`];
}

/** UserProfileDisplayName, 1 to 64: `^\S(.*\S)?$`, where `.` is anything but the end of a line. */
function displayNameProblems(name: string): string[] {
  const problems = lengthProblems(name, 1, 64);
  const inner = name.trim();
  if (name === "") return problems;
  if (inner === "") return [...problems, "holds only white space; give a name"];
  if (inner !== name) {
    problems.push(
      "begins or ends with white space (a space or the end of a line); remove it, for example with .trim()",
    );
  }
  if (/[\n\r\u2028\u2029]/.test(inner)) problems.push("has more than one line; one is allowed");
  return problems;
}

/** Email, 3 to 128: `^[\w-.+]+@[\w-.+]+$`, here in the spelling that the flags `u` and `v` and other languages take too. */
const emailPattern = /^[\w.+-]+@[\w.+-]+$/;

function emailAddressProblems(address: string): string[] {
  const problems = lengthProblems(address, 3, 128);
  if (address !== "" && !emailPattern.test(address)) {
    problems.push(
      `${emailShapeProblem(address)}; right is <name>@<domain> of ASCII letters, digits and . _ + -`,
    );
  }
  return problems;
}

function emailShapeProblem(address: string): string {
  if (address !== address.trim()) return "has white space around it";
  if (/^mailto:/i.test(address)) return "begins with mailto:";
  if (address.includes("<")) return "has a name beside the address";
  if (/[,;]/.test(address)) return "holds a list; one address is allowed";
  if (/\s/.test(address)) return "has white space inside";
  const at = address.split("@").length - 1;
  if (at === 0) return "has no @";
  if (at > 1) return "has more than one @";
  if (address.startsWith("@")) return "has nothing before the @";
  if (address.endsWith("@")) return "has nothing after the @";
  if (/\P{ASCII}/u.test(address)) {
    return "has a character outside ASCII (write an international domain as xn--…)";
  }
  return "has a character that the API does not allow";
}

/** SshPublicKey, 0 to 16384: `^[\t\r\n\u0020-\u00FF]*$`. AWS checks no more; that the keys are keys is ours. */
function sshPublicKeyProblems(keys: string, options: SshPublicKeyRules): Clause[] {
  const problems: Clause[] = lengthProblems(keys, 0, 16384);
  if (keys.startsWith("\uFEFF")) {
    return [...problems, "begins with a byte order mark; save the file without it"];
  }
  if (!/^[\t\r\n\u0020-\u00FF]*$/.test(keys)) {
    problems.push(
      "has a character outside Latin-1, or a control character; U+0020 to U+00FF, tabs and ends of lines are allowed (look at the comment after the key)",
    );
  }
  const { problem, weak } = readSshPublicKeys(keys, options);
  if (problem === undefined) return problems;
  return [...problems, weak ? { text: problem, weakKey: true } : problem];
}

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

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  if ("__pulumiOutput" in value) return "an output";
  return value instanceof Promise ? "a promise" : "an object";
}

export function quoted(name: string): string {
  return JSON.stringify(name);
}
