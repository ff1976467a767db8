import { nearest } from "./nearest";
import { type Field, fields } from "./profile";
import { readSshPublicKeys, type SshPublicKeyRules } from "./sshPublicKey";
import { isUnknown } from "./unknown";
import { userArnProblems } from "./userArn";

/** One thing wrong with the inputs, as a sentence that names the property, what is wrong and what is allowed. */
export interface CheckFailure {
  /**
   * Not for the engine: it prints the value of a property that a failure names, a private key or an e-mail address
   * included. Hand it `""`; the reason names the property.
   */
  readonly property: string;
  /** Holds no value of displayName, emailAddress (sensitive in the API's model) or sshPublicKey. */
  readonly reason: string;
  /** A key is weak, and `allowWeakKeys` would let it pass. */
  readonly weakKey?: true;
}

export interface CheckOptions extends SshPublicKeyRules {
  /**
   * Whether there is a profile already, in the state or to be adopted. Then a displayName or emailAddress
   * that is not declared is left as it is; otherwise it is a failure: the API creates no profile without them.
   */
  readonly exists?: boolean;
}

/**
 * Every failure of the inputs, in the order of the properties; none when they may be sent. Unknown values
 * pass, in arrays too. Pure.
 */
export function checkInputs(
  inputs: Readonly<Record<string, unknown>>,
  options: CheckOptions,
): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, { required, problems }] of Object.entries(properties)) {
    const value = inputs[property];
    const clauses = isAbsent(value)
      ? required && !(options.exists && isField(property))
        ? [`is required: ${required}`]
        : []
      : isUnknown(value)
        ? []
        : problems(value, options);
    for (const clause of clauses) failures.push(failure(property, clause));
  }
  return [...failures, ...unknownProperties(inputs)];
}

/** Reads on after the property's name. */
type Clause = string | { readonly text: string; readonly weakKey: true };

function failure(property: string, clause: Clause): CheckFailure {
  if (typeof clause === "string") return { property, reason: `${property} ${clause}` };
  return { property, reason: `${property} ${clause.text}`, weakKey: true };
}

interface Property {
  /** What to give; absent when the property may be left out. */
  readonly required?: string;
  readonly problems: (value: unknown, options: CheckOptions) => Clause[];
}

/** Lengths and patterns are those of AWS's model of `codestar` 2017-04-19; AWS's service checks no more than these. */
const properties: Record<string, Property> = {
  userArn: {
    required: "the ARN of the IAM user whose profile this is",
    problems: text(userArnProblems),
  },
  displayName: {
    required: "the name that others see, 1 to 64 characters",
    problems: text(displayNameProblems),
  },
  emailAddress: {
    required: "the e-mail address of the user, 3 to 128 characters",
    problems: text(emailAddressProblems),
  },
  sshPublicKey: { problems: text(sshPublicKeyProblems) },
  region: { problems: text(regionProblems) },
  adopt: { problems: adoptProblems },
  ignoreDrift: { problems: ignoreDriftProblems },
};

/** Ours and the host's: never written by a program. */
const internalProperties = ["__provider", "drift", "isPreview", "secretFields"];
const outputProperties = ["createdTimestamp", "lastModifiedTimestamp"];

function unknownProperties(inputs: Readonly<Record<string, unknown>>): CheckFailure[] {
  const names = Object.keys(inputs).filter(
    (name) =>
      !Object.hasOwn(properties, name) &&
      !internalProperties.includes(name) &&
      inputs[name] !== undefined,
  );
  return names.map((property) => ({
    property,
    reason: `${quoted(property)} ${notAnArgument(property)}`,
  }));
}

function notAnArgument(name: string): string {
  if (outputProperties.includes(name)) {
    return "is set by the service and cannot be given; leave it out";
  }
  const known = Object.keys(properties);
  const meant = nearest(name, known);
  const hint = meant ? `did you mean ${meant}?` : `the arguments are ${known.join(", ")}`;
  return `is not an argument of CodeStarUserProfile; ${hint}`;
}

/** A rule for texts, as a rule for any value. */
function text(problems: (value: string, options: CheckOptions) => Clause[]): Property["problems"] {
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
function sshPublicKeyProblems(keys: string, options: CheckOptions): Clause[] {
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

function adoptProblems(adopt: unknown): string[] {
  return typeof adopt === "boolean" ? [] : [`must be true or false, not ${kindOf(adopt)}`];
}

function ignoreDriftProblems(names: unknown): string[] {
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
}

function isField(name: string): name is Field {
  return (fields as readonly string[]).includes(name);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
