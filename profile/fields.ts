import { displayName, emailAddress, sshPublicKey } from "./fieldRules";
import { sameSshPublicKey } from "./keys/sshPublicKey";
import type { Rule } from "./rule";

interface Facts {
  /** What a value may be. */
  readonly rule: Rule;
  /**
   * What to give when it is missing: the API asks for it when it creates a profile, and only then.
   */
  readonly required?: string;
  /** Whether `""` takes the value away. */
  readonly isClearable: boolean;
  /** Whether two values mean the same; equal texts when absent. */
  readonly same?: (a: string, b: string) => boolean;
  /** What the schema says of it. */
  readonly description: string;
}

/**
 * All there is to know of the fields of a profile that a program may declare and the API may
 * change, in the order shown.
 */
export const facts = {
  displayName: {
    rule: displayName,
    required: "the name that others see, 1 to 64 characters",
    isClearable: false,
    description:
      "1 to 64 characters. Needed to create a profile; left out later, the live value stays as it is.",
  },
  emailAddress: {
    rule: emailAddress,
    required: "the e-mail address of the user, 3 to 128 characters",
    isClearable: false,
    description: "3 to 128 characters, `name@host`. Needed to create a profile.",
  },
  sshPublicKey: {
    rule: sshPublicKey,
    isClearable: true,
    same: sameSshPublicKey,
    description:
      "OpenSSH public keys, a line each; at most 16384 characters. A key that is left out later is revoked.",
  },
} as const satisfies Readonly<Record<string, Facts>>;
export type Field = keyof typeof facts;

const factsOf: Readonly<Record<Field, Facts>> = facts;
export const fields = Object.keys(facts) as Field[];
export const neededFields = fields.filter((field) => factsOf[field].required !== undefined);
export const clearableFields = fields.filter((field) => factsOf[field].isClearable);

/** The fields, each with what is made of it. */
export function eachField<T>(make: (field: Field) => T): Record<Field, T> {
  return Object.fromEntries(fields.map((field) => [field, make(field)])) as Record<Field, T>;
}

/** A profile as the service reports it now. A field is `""` when the profile has none. */
export interface LiveProfile extends Readonly<Record<Field, string>> {
  readonly userArn: string;
  /** ISO 8601; absent when the profile was read from a list, which carries no times. */
  readonly createdTimestamp?: string;
  readonly lastModifiedTimestamp?: string;
}

/** The fields with a value, as a request may carry them. */
export type FieldValues = { [F in Field]?: string };

/**
 * Inputs once checked. An absent field is not managed. `secretFields` names the fields whose
 * values the program marked secret; `_drift` is added by check in a preview and says what
 * differs from the live profile.
 */
export interface ProfileInputs extends FieldValues {
  readonly userArn: string;
  readonly region: string;
  readonly adopt?: boolean;
  readonly ignoreDrift?: readonly string[];
  readonly secretFields?: readonly string[];
  readonly _drift?: Drift;
}

/**
 * What the state records: the declared inputs, without `_drift`, and the times the service gave.
 */
export interface ProfileState extends Omit<ProfileInputs, "_drift"> {
  readonly createdTimestamp?: string;
  readonly lastModifiedTimestamp?: string;
}

export type FieldDrift = { readonly live: string; readonly declared: string } | string;
export type Drift = { profile: "missing" } | { [F in Field]?: FieldDrift };

/** What was recorded, taken for what is live where nothing is read. */
export function asLive(userArn: string, recorded: FieldValues): LiveProfile {
  const cleared = Object.fromEntries(clearableFields.map((field) => [field, ""]));
  return { ...cleared, ...pick(recorded), userArn } as LiveProfile;
}

/**
 * Whether two values of a field mean the same: keys are compared without surrounding white space.
 */
export function sameValue(field: Field, a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return factsOf[field].same?.(a, b) ?? a === b;
}

/** The declared fields that differ from the live profile, with their declared values. */
export function differences(declared: FieldValues, live: LiveProfile): FieldValues {
  return pick(declared, (field, value) => !sameValue(field, value, live[field]));
}

/**
 * The declared fields with their live values. White space around a key is not a difference, so a
 * key keeps the spelling that was declared.
 */
export function liveValues(declared: FieldValues, live: LiveProfile): FieldValues {
  const changed = pick(
    live,
    (field, value) => declared[field] !== undefined && !sameValue(field, declared[field], value),
  );
  return { ...pick(declared), ...changed };
}

/** The fields that pass the test, with their values. */
export function pick(
  values: FieldValues,
  test: (field: Field, value: string) => boolean = () => true,
): FieldValues {
  const picked: FieldValues = {};
  for (const field of fields) {
    const value = values[field];
    if (value !== undefined && test(field, value)) picked[field] = value;
  }
  return picked;
}
