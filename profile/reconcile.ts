import { findDrift } from "./drift";
import {
  clearableFields,
  type Drift,
  differences,
  type Field,
  type FieldValues,
  fields,
  type LiveProfile,
  pick,
  sameValue,
} from "./fields";
import { isUnknown } from "./unknown";

/** What is recorded, declared and live of one person. */
export interface Person {
  /** As the program declared it before; absent for somebody who is new to the resource. */
  readonly recorded?: FieldValues | undefined;
  readonly declared: FieldValues & {
    readonly ignoreDrift?: readonly string[];
    readonly secretFields?: readonly string[];
  };
  /** Undefined when there is no such profile. */
  readonly live: LiveProfile | undefined;
  /** Whether the profile of somebody new may be updated when it exists already and differs. */
  readonly mayTakeOver: boolean;
  /** Fields whose values the program's `hideDiffs` keeps out of sight. */
  readonly hidden?: readonly string[];
}

/** The one call that brings a profile to what is declared. */
export interface ProfileWrite {
  readonly call: "create" | "update";
  readonly values: FieldValues;
}

/** What is to be said and done about one person. */
export interface Verdict {
  /** What the program changed since it was recorded. */
  readonly changed: readonly Field[];
  /** What others changed. */
  readonly drift?: Drift;
  /**
   * What keeps somebody new from being managed: their profile exists already
   * and differs in these fields.
   */
  readonly conflict?: readonly Field[];
  /** Absent when nothing is to be written. Not to be made while there is a conflict. */
  readonly write?: ProfileWrite;
}

/**
 * Decides about one person, for a single resource as for a roster. Pure. The table of behaviours in
 * README.md is this function's; `test/unit/reconcile.spec.ts` goes through it.
 */
export function reconcile({ recorded, declared, live, mayTakeOver, hidden }: Person): Verdict {
  const write = writeFor(recorded, declared, live);
  if (recorded === undefined) {
    const isConflict = write?.call === "update" && !mayTakeOver;
    return {
      changed: [],
      ...(write && { write }),
      ...(isConflict && { conflict: fieldsOf(write.values) }),
    };
  }
  const drift = findDrift(recorded, declared, live, hidden);
  return {
    changed: fields.filter((field) => !sameValue(field, recorded[field], declared[field])),
    ...(drift && { drift }),
    ...(write && { write }),
  };
}

function writeFor(
  recorded: FieldValues | undefined,
  declared: Person["declared"],
  live: LiveProfile | undefined,
): ProfileWrite | undefined {
  if (live === undefined) return { call: "create", values: pick(declared) };
  const wanted = pick(
    declared,
    (field, value) =>
      !isUnknown(value) &&
      (recorded === undefined ||
        !declared.ignoreDrift?.includes(field) ||
        !sameValue(field, value, recorded[field])),
  );
  // What was declared and no longer is, is cleared where the API can; a field that never
  // was declared is not sent.
  for (const field of clearableFields) {
    if (recorded?.[field] !== undefined && declared[field] === undefined) wanted[field] = "";
  }
  const values = differences(wanted, live);
  return fieldsOf(values).length === 0 ? undefined : { call: "update", values };
}

function fieldsOf(values: FieldValues): Field[] {
  return fields.filter((field) => values[field] !== undefined);
}
