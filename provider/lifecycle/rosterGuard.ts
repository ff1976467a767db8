import { isWholeNumber } from "../../profile/argumentRules";
import { naming } from "./rosterChanges";
import type { People, PlanOptions, RosterPlan } from "./rosterPlan";

export interface GuardOptions extends PlanOptions {
  /** How many people one update may remove; a tenth of those managed, at least 3, when absent. */
  readonly maxRemovals?: number | undefined;
}

/** At most so many names in one sentence. */
const shownNames = 20;

/**
 * Why the plan must not be carried out, a sentence each: people who exist and differ, more removals
 * than allowed, people who were required and are to go.
 */
export function refusals(
  plan: RosterPlan,
  before: People,
  requiredBefore: readonly string[],
  options: GuardOptions,
): string[] {
  const name = naming(plan);
  const names = (arns: readonly string[]) =>
    arns.slice(0, shownNames).map(name).join(", ") +
    (arns.length > shownNames ? ` and ${arns.length - shownNames} more` : "");
  const refused: string[] = [];

  for (const [userArn, differing] of [...plan.conflicts].slice(0, shownNames)) {
    refused.push(
      `${name(userArn)}: a profile exists already and differs in ${differing.join(", ")}; set \`adopt: true\` ` +
        "on the roster to take such profiles over, or declare what is there",
    );
  }
  if (plan.conflicts.size > shownNames) {
    refused.push(`${plan.conflicts.size - shownNames} more profiles exist already and differ`);
  }

  const gone = options.unmanaged === "remove" ? [...plan.removed, ...plan.unmanaged] : plan.removed;
  const managed = Object.keys(before).length;
  const allowed = options.maxRemovals ?? Math.max(3, Math.floor(managed / 10));
  if (!isWholeNumber(allowed)) {
    refused.push(
      "maxRemovals must be a whole number, 0 or more; with anything else nothing is removed",
    );
  } else if (gone.length > allowed) {
    refused.push(
      `this update would remove ${gone.length} profiles and may remove ${allowed}: ${names(gone)}; ` +
        `if they are all to go, set \`maxRemovals: ${gone.length}\` for this update`,
    );
  }

  const leaving = requiredBefore.filter((userArn) => plan.removed.includes(userArn));
  if (leaving.length > 0) {
    refused.push(
      `${names(leaving)} ${leaving.length === 1 ? "is" : "are"} required and cannot be removed; take them out of ` +
        "`required` in one update first, and out of the roster in the next",
    );
  }
  return refused;
}
