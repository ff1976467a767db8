import type { Field, LiveProfile } from "../../../profile/fields";
import { holdsPrivateKey } from "../../../profile/keys/privateKey";
import {
  describeSshPublicKeyDrift,
  describeSshPublicKeys,
} from "../../../profile/keys/sshPublicKey";
import { userNameOf } from "../../../profile/userArn";
import type { Comparison, Person, Position } from "../../../roster/load";
import type { Ignore, Ignoring } from "./ignores";
import { inAscii } from "./lookAlikes";

/** One field that differs. */
export interface FieldDifference {
  readonly field: Field;
  /**
   * SSH keys as fingerprints; absent for the fields that hold personal
   * data unless values are shown.
   */
  readonly live?: string;
  readonly declared?: string;
}

export interface DriftedEntry extends Entry {
  readonly position: Position;
  readonly fields: readonly FieldDifference[];
}

export interface MissingEntry extends Entry {
  readonly position: Position;
}

export interface UnmanagedEntry extends Entry {
  /** What the live profile holds, when values are shown. */
  readonly displayName?: string;
  readonly emailAddress?: string;
  readonly sshPublicKey: string;
}

export interface IgnoredEntry extends Entry {
  readonly what: "missing" | "unmanaged" | Field;
  readonly reason: string;
  readonly expires: string;
}

export interface Entry {
  readonly userArn: string;
  readonly userName: string;
}

/** What `codestar-profiles drift` found, as every output tells it. */
export interface DriftReport {
  /** ISO 8601. */
  readonly checkedAt: string;
  readonly endpoint: string;
  readonly region: string;
  /** How many people the roster declares. */
  readonly people: number;
  readonly liveProfiles: number;
  /** People whose profiles are as declared. */
  readonly same: number;
  readonly calls: number;
  readonly seconds: number;
  readonly drifted: readonly DriftedEntry[];
  readonly missing: readonly MissingEntry[];
  readonly unmanaged: readonly UnmanagedEntry[];
  readonly ignored: readonly IgnoredEntry[];
  readonly expiredIgnores: readonly Ignore[];
  readonly unusedIgnores: readonly Ignore[];
  /** Whether unmanaged profiles count as drift. */
  readonly unmanagedIsDrift: boolean;
  readonly showsValues: boolean;
  /** User names that more than one ARN has: alone they say nobody. */
  readonly namesakes: ReadonlySet<string>;
}

export type DriftFacts = Pick<
  DriftReport,
  | "checkedAt"
  | "endpoint"
  | "region"
  | "people"
  | "liveProfiles"
  | "calls"
  | "seconds"
  | "unmanagedIsDrift"
  | "showsValues"
  | "namesakes"
>;

/** What is left of the differences once what is ignored is set apart. */
export function makeReport(
  { same, drifted, missing, unmanaged }: Comparison,
  ignoring: Ignoring,
  facts: DriftFacts,
): DriftReport {
  const ignored: IgnoredEntry[] = [];
  const counts = (userArn: string, what: IgnoredEntry["what"]) => {
    const field = what === "missing" || what === "unmanaged" ? undefined : what;
    const ignore = ignoring.find(userArn, field);
    if (ignore === undefined) return true;
    const { reason, expires } = ignore;
    ignored.push({ ...named(userArn), what, reason, expires });
    return false;
  };
  return {
    ...facts,
    same,
    drifted: drifted.flatMap(({ person, live, fields }) => {
      const left = fields.filter((field) => counts(person.userArn, field));
      if (left.length === 0) return [];
      const shown = left.map((field) => difference(field, person, live, facts.showsValues));
      return [{ ...named(person.userArn), position: person.position, fields: shown }];
    }),
    missing: missing
      .filter(({ userArn }) => counts(userArn, "missing"))
      .map(({ userArn, position }) => ({ ...named(userArn), position })),
    unmanaged: unmanaged
      .filter(({ userArn }) => counts(userArn, "unmanaged"))
      .map(({ userArn, displayName, emailAddress, sshPublicKey }) => ({
        ...named(userArn),
        ...(facts.showsValues && {
          displayName: withoutPrivateKey(displayName),
          emailAddress: withoutPrivateKey(emailAddress),
        }),
        sshPublicKey: describeSshPublicKeys(sshPublicKey),
      })),
    ignored,
    expiredIgnores: ignoring.expired,
    unusedIgnores: ignoring.unused(),
  };
}

/** The user names that several of the ARNs have, in two accounts or under two paths. */
export function findNamesakes(userArns: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const userArn of new Set(userArns)) {
    const name = userNameOf(userArn);
    if (seen.has(name)) shared.add(name);
    seen.add(name);
  }
  return shared;
}

/** How a report calls somebody: by user name, or by ARN where another has the same name. */
export function label({ userName, userArn }: Entry, { namesakes }: DriftReport): string {
  return inAscii(namesakes.has(userName) ? userArn : userName);
}

/** Whether anything differs that is to be acted on. */
export function hasDrift({ drifted, missing, unmanaged, unmanagedIsDrift }: DriftReport): boolean {
  return drifted.length + missing.length + (unmanagedIsDrift ? unmanaged.length : 0) > 0;
}

/** The whole report in one line, without a full stop. */
export function summaryOf({
  drifted,
  missing,
  unmanaged,
  ignored,
  people,
  same,
}: DriftReport): string {
  const parts = [
    [drifted.length, "drifted"],
    [missing.length, "missing"],
    [unmanaged.length, "unmanaged"],
    [ignored.length, "ignored"],
  ].flatMap(([value, word]) => (value ? [`${number(value)} ${word}`] : []));
  const whole = people === 1 ? "1 person" : `${number(people)} people`;
  return parts.length === 0
    ? `no drift: the profiles of ${whole} are as declared`
    : `${parts.join(", ")}; ${number(same)} of ${whole} as declared`;
}

function number(value: unknown): string {
  return Number(value).toLocaleString("en-US");
}

function difference(
  field: Field,
  person: Person,
  live: LiveProfile,
  showsValues: boolean,
): FieldDifference {
  if (field === "sshPublicKey") {
    return { field, ...describeSshPublicKeyDrift(live.sshPublicKey, person.sshPublicKey) };
  }
  return showsValues
    ? { field, live: withoutPrivateKey(live[field]), declared: person[field] }
    : { field };
}

/** Somebody may have put it into the wrong field; a roster with one is refused. */
function withoutPrivateKey(value: string): string {
  return holdsPrivateKey(value) ? "(not shown: a private key)" : value;
}

function named(userArn: string): Entry {
  return { userArn, userName: userNameOf(userArn) };
}
