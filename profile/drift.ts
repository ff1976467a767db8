import {
  type Drift,
  type Field,
  type FieldDrift,
  type FieldValues,
  fields,
  type LiveProfile,
  type ProfileInputs,
  sameValue,
} from "./fields";
import { describeSshPublicKeyDrift } from "./keys/sshPublicKey";
import { isUnknown } from "./unknown";

/**
 * What differs between the live profile and the declared one and was not caused by the program: a
 * field whose live value is neither what the program declares now nor what it declared before.
 * Undefined when there is none.
 * @param hidden fields whose values the program's `hideDiffs` keeps out of sight.
 */
export function findDrift(
  olds: Partial<ProfileInputs>,
  news: FieldValues & Pick<Partial<ProfileInputs>, "ignoreDrift" | "secretFields">,
  live: LiveProfile | undefined,
  hidden: readonly string[] = [],
): Drift | undefined {
  if (live === undefined) return { profile: "missing" };
  const drift: { [F in Field]?: FieldDrift } = {};
  for (const field of fields) {
    const declared = news[field];
    if (declared === undefined || isUnknown(declared) || news.ignoreDrift?.includes(field))
      continue;
    const before = olds[field];
    // Declared for the first time: the program's change, whatever the live value is.
    if (before === undefined) continue;
    if (sameValue(field, live[field], declared) || sameValue(field, live[field], before)) continue;
    drift[field] = news.secretFields?.includes(field)
      ? "differs from the declared secret"
      : hidden.includes(field)
        ? "differs, and hideDiffs hides how"
        : shown(field, live[field], declared);
  }
  return Object.keys(drift).length === 0 ? undefined : drift;
}

/** Keys are shown by fingerprint, never whole. */
function shown(field: Field, live: string, declared: string): FieldDrift {
  return field === "sshPublicKey" ? describeSshPublicKeyDrift(live, declared) : { live, declared };
}
