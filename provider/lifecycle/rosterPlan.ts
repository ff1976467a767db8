import {
  asLive,
  type Drift,
  type Field,
  type FieldValues,
  type LiveProfile,
} from "../../profile/fields";
import { type ProfileWrite, reconcile } from "../../profile/reconcile";
import { accountOf } from "../../profile/userArn";

/** The declared fields of people by ARN, as a roster's inputs and state hold them. */
export type People = Readonly<Record<string, FieldValues>>;

/** What is done with profiles that are live in the roster's accounts and that nobody declares. */
export type UnmanagedRule = "ignore" | "report" | "remove";

export interface PlanOptions {
  readonly unmanaged: UnmanagedRule;
  /** Whether profiles that exist and differ are taken over. */
  readonly adopt: boolean;
  /** Whether the program declares the profile, in whichever resource; nobody when absent. */
  readonly isDeclared?: (userArn: string) => boolean;
  /**
   * Whether the profile was the stack's own before, in whichever resource: then it is no
   * conflict that it differs.
   */
  readonly isOwn?: (userArn: string) => boolean;
  /**
   * Whether the program declares profiles that are not known yet: then nobody is removed
   * who could be one of them.
   */
  readonly isUnknownElsewhere?: boolean;
}

/** One call of the API that brings a profile to what is declared. */
export type Write = { readonly userArn: string } & (ProfileWrite | { readonly call: "delete" });

/** What an update of a roster would do, each list in the order of the ARNs. */
export interface RosterPlan {
  /** New in the roster. Their profiles may exist already. */
  readonly added: readonly string[];
  /** What the program changed: by ARN the fields. */
  readonly changed: ReadonlyMap<string, readonly Field[]>;
  /** What others changed: by ARN what differs; `profile: "missing"` for who disappeared. */
  readonly drifted: ReadonlyMap<string, Drift>;
  /** No longer in the roster, and declared by another resource of the program. */
  readonly moved: readonly string[];
  /** No longer in the roster, and left as they are until it is known who is declared elsewhere. */
  readonly staying: readonly string[];
  /** No longer in the roster, nor declared elsewhere. */
  readonly removed: readonly string[];
  /**
   * Live, neither declared by anybody nor the stack's own before, and in an account of the roster.
   */
  readonly unmanaged: readonly string[];
  /** New in the roster, and live with other values: by ARN the fields that differ. */
  readonly conflicts: ReadonlyMap<string, readonly Field[]>;
  readonly writes: readonly Write[];
}

/**
 * What brings the profiles from what was declared before to what is declared now. Pure.
 * @param live every live profile by ARN; undefined when none were read, and then what was declared
 * before is taken for what is there.
 */
export function planRoster(
  before: People,
  now: People,
  live: ReadonlyMap<string, LiveProfile> | undefined,
  options: PlanOptions,
): RosterPlan {
  const { isDeclared = () => false, isOwn = () => false, isUnknownElsewhere = false } = options;
  const added: string[] = [];
  const changed = new Map<string, readonly Field[]>();
  const drifted = new Map<string, Drift>();
  const conflicts = new Map<string, readonly Field[]>();
  const writes: Write[] = [];
  const there = (userArn: string) => {
    const recorded = before[userArn];
    return live ? live.get(userArn) : recorded && asLive(userArn, recorded);
  };

  for (const userArn of Object.keys(now).sort()) {
    const declared = now[userArn] as FieldValues;
    const recorded = before[userArn];
    const verdict = reconcile({
      recorded,
      declared,
      live: there(userArn),
      mayTakeOver: options.adopt || isOwn(userArn),
    });
    if (recorded === undefined) added.push(userArn);
    if (verdict.changed.length > 0) changed.set(userArn, verdict.changed);
    if (verdict.drift) drifted.set(userArn, verdict.drift);
    if (verdict.conflict) conflicts.set(userArn, verdict.conflict);
    if (verdict.write) writes.push({ userArn, ...verdict.write });
  }

  const left = Object.keys(before)
    .filter((userArn) => !Object.hasOwn(now, userArn))
    .sort();
  const moved = left.filter(isDeclared);
  const leaving = left.filter((userArn) => !isDeclared(userArn));
  const [staying, removed] = isUnknownElsewhere ? [leaving, []] : [[], leaving];
  const unmanaged =
    options.unmanaged === "ignore" || isUnknownElsewhere
      ? []
      : strangers(before, now, live).filter((userArn) => !isDeclared(userArn) && !isOwn(userArn));
  const unwanted = options.unmanaged === "remove" ? [...removed, ...unmanaged] : removed;
  for (const userArn of unwanted) {
    if (there(userArn)) writes.push({ userArn, call: "delete" });
  }
  return { added, changed, drifted, moved, staying, removed, unmanaged, conflicts, writes };
}

function strangers(
  before: People,
  now: People,
  live: ReadonlyMap<string, LiveProfile> | undefined,
): string[] {
  const accounts = new Set(Object.keys(now).map(accountOf));
  return [...(live?.keys() ?? [])]
    .filter((userArn) => accounts.has(accountOf(userArn)))
    .filter((userArn) => !Object.hasOwn(now, userArn) && !Object.hasOwn(before, userArn))
    .sort();
}
