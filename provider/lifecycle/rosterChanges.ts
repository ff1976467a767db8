import type { Drift, FieldDrift } from "../../profile/fields";
import { accountOf } from "../../profile/userArn";
import type { RosterPlan } from "./rosterPlan";

/** What preview shows of a plan: who, and which fields; values only when asked for. */
export interface RosterChanges {
  readonly added?: readonly string[];
  readonly changed?: Readonly<Record<string, string>>;
  readonly drifted?: Readonly<Record<string, string | Readonly<Record<string, FieldDrift>>>>;
  readonly missing?: readonly string[];
  readonly moved?: readonly string[];
  readonly staying?: readonly string[];
  readonly removed?: readonly string[];
  readonly unmanaged?: readonly string[];
}

/** Who is in the lists of a plan, by name, lists of nobody left out. */
export function describeChanges(plan: RosterPlan, showValues: boolean): RosterChanges {
  const name = naming(plan);
  const missing = [...plan.drifted].filter(([, drift]) => isMissing(drift));
  const drifted = [...plan.drifted].filter(([, drift]) => !isMissing(drift));
  const lists = {
    added: plan.added.map(name),
    changed: Object.fromEntries(
      [...plan.changed].map(([arn, list]) => [name(arn), list.join(", ")]),
    ),
    drifted: Object.fromEntries(
      drifted.map(([arn, drift]) => [
        name(arn),
        showValues ? (drift as Record<string, FieldDrift>) : Object.keys(drift).join(", "),
      ]),
    ),
    missing: missing.map(([arn]) => name(arn)),
    moved: plan.moved.map(name),
    staying: plan.staying.map(name),
    removed: plan.removed.map(name),
    unmanaged: plan.unmanaged.map(name),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => sizeOf(list) > 0));
}

/**
 * The counts in one line, for example "2 added, 1 drifted"; undefined when there is nothing to say.
 * It is the name of an input, since names of inputs are all that a plain preview prints.
 */
export function summarize(changes: RosterChanges): string | undefined {
  const counts = Object.entries(changes).map(([list, people]) => `${sizeOf(people)} ${list}`);
  return counts.length === 0 ? undefined : counts.join(", ");
}

/** User names with their path while everyone is of one account, else whole ARNs. */
export function naming(plan: RosterPlan): (userArn: string) => string {
  const all = [
    ...plan.added,
    ...plan.changed.keys(),
    ...plan.drifted.keys(),
    ...plan.moved,
    ...plan.staying,
    ...plan.removed,
    ...plan.unmanaged,
    ...plan.conflicts.keys(),
  ];
  const oneAccount = new Set(all.map(accountOf)).size <= 1;
  return (userArn) => (oneAccount ? nameInAccount(userArn) : userArn);
}

/** The user's name with its path. */
export function nameInAccount(userArn: string): string {
  return userArn.slice(userArn.indexOf(":user/") + ":user/".length);
}

function isMissing(drift: Drift): boolean {
  return "profile" in drift;
}

function sizeOf(list: object): number {
  return Array.isArray(list) ? list.length : Object.keys(list).length;
}
