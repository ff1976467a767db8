import * as rule from "./argumentRules";
import { facts } from "./fields";
import type { SshPublicKeyRules } from "./keys/sshPublicKey";
import { nearest } from "./nearest";
import { type Clause, kindOf, type Rule } from "./rule";
import { isUnknown } from "./unknown";

/**
 * One thing wrong with the inputs, as a sentence that names the property, what is
 * wrong and what is allowed.
 */
export interface CheckFailure {
  /**
   * Not for the engine: it prints the value of a property that a failure names, a private key or an
   * e-mail address included. Hand it `""`; the reason names the property.
   */
  readonly property: string;
  /** Holds no value of displayName, emailAddress (sensitive in the API's model) or sshPublicKey. */
  readonly reason: string;
  /** A key is weak, and `allowWeakKeys` would let it pass. */
  readonly weakKey?: true;
}

export interface CheckOptions extends SshPublicKeyRules {
  /**
   * Whether there is a profile already, in the state or to be adopted. Then a displayName or
   * emailAddress that is not declared is left as it is; otherwise it is a failure: the API
   * creates no profile without them.
   */
  readonly exists?: boolean;
}

interface Argument {
  readonly rule: Rule;
  /** What to give; absent when the argument may be left out. */
  readonly required?: string;
}

type Arguments = Readonly<Record<string, Argument>>;

const userArn = {
  rule: rule.userArn,
  required: "the ARN of the IAM user whose profile this is",
};
const region = { rule: rule.region };
const adopt = { rule: rule.boolean };
const files = { rule: rule.paths, required: "the roster files and folders" };
const roster = {
  region,
  adopt,
  unmanaged: { rule: rule.oneOf(["ignore", "report", "remove"]) },
  maxRemovals: { rule: rule.wholeNumber },
  showValues: { rule: rule.boolean },
};

/**
 * Every argument that a program may give. Lengths and patterns are those of AWS's model of
 * `codestar` 2017-04-19; AWS's service checks no more than these.
 */
const tables = {
  CodeStarUserProfile: {
    userArn,
    ...facts,
    region,
    adopt,
    ignoreDrift: { rule: rule.fieldNames },
  },
  CodeStarRoster: { files, ...roster },
  rosterProfiles: { files, region, adopt },
  getUserProfile: { userArn, region },
  listUserProfiles: { region },
} satisfies Record<string, Arguments>;

/** The names of a resource's arguments. */
export function argumentsOf(taker: Taker): string[] {
  return Object.keys(tables[taker]);
}

/** The resources and functions that take arguments. */
export type Taker = keyof typeof tables;

/**
 * What the resource classes add to what a program gave, by resource, besides
 * marks that begin with `_`.
 */
const ours = {
  CodeStarUserProfile: ["secretFields"],
  CodeStarRoster: ["people", "required"],
};
const outputs = ["createdTimestamp", "lastModifiedTimestamp"];

/**
 * Every failure of a profile's inputs, in the order of the properties; none when they may be sent.
 * Unknown values pass, in arrays too. Pure.
 */
export function checkInputs(
  inputs: Readonly<Record<string, unknown>>,
  options: CheckOptions,
): CheckFailure[] {
  const table = tables.CodeStarUserProfile;
  return [
    ...checkValues(table, inputs, options),
    ...misnamed("CodeStarUserProfile", table, unmarked(inputs), ours.CodeStarUserProfile),
  ];
}

/** Every failure of a roster's inputs, which have its people in the place of `files`. Pure. */
export function checkRosterInputs(inputs: Readonly<Record<string, unknown>>): CheckFailure[] {
  return [
    ...checkValues(roster, inputs, { allowWeakKeys: true }),
    ...misnamed("CodeStarRoster", roster, unmarked(inputs), ours.CodeStarRoster),
  ];
}

/** Every failure of plain arguments as a program, of JavaScript too, gives them. Pure. */
export function checkArguments(taker: Taker, given: unknown): CheckFailure[] {
  const failures = checkNames(taker, given);
  if (!isObject(given)) return failures;
  return [...checkValues(tables[taker], given, { allowWeakKeys: true }), ...failures];
}

/**
 * The failures that are seen before the values are there: arguments that are no
 * object, or misnamed. Pure.
 */
export function checkNames(taker: Taker, given: unknown): CheckFailure[] {
  if (isObject(given)) return misnamed(taker, tables[taker], given, []);
  const names = Object.keys(tables[taker]).join(", ");
  const reason = `the arguments must be an object of ${names}, not ${kindOf(given)}`;
  return [{ property: "", reason }];
}

function checkValues(
  table: Arguments,
  given: Readonly<Record<string, unknown>>,
  options: CheckOptions,
): CheckFailure[] {
  return Object.entries(table).flatMap(([property, argument]) => {
    const value = given[property];
    const clauses = isAbsent(value)
      ? argument.required && !(options.exists && rule.isField(property))
        ? [`is required: ${argument.required}`]
        : []
      : isUnknown(value)
        ? []
        : argument.rule(value, options);
    return clauses.map((clause) => failure(property, clause));
  });
}

function failure(property: string, clause: Clause): CheckFailure {
  if (typeof clause === "string") return { property, reason: `${property} ${clause}` };
  return { property, reason: `${property} ${clause.text}`, weakKey: true };
}

function misnamed(
  taker: Taker,
  table: Arguments,
  given: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): CheckFailure[] {
  return Object.keys(given)
    .filter((name) => given[name] !== undefined)
    .filter((name) => !Object.hasOwn(table, name) && !allowed.includes(name))
    .map((name) => ({
      property: name,
      reason: `${rule.quoted(name)} ${notAnArgument(taker, table, name)}`,
    }));
}

function notAnArgument(taker: Taker, table: Arguments, name: string): string {
  if (outputs.includes(name)) {
    return "is set by the service and cannot be given; leave it out";
  }
  const known = Object.keys(table);
  const meant = nearest(name, known);
  const hint = meant
    ? `did you mean ${meant}?`
    : known.length === 1
      ? `its only argument is ${known[0]}`
      : `the arguments are ${known.join(", ")}`;
  return `is not an argument of ${taker}; ${hint}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === "an object";
}

function unmarked(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("_")));
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
