import type { Field } from "../../profile/fields";

/** Why a profile is not taken over. */
export function existsAlready(differing: readonly Field[]): string {
  return (
    `a profile exists already and differs in ${differing.join(", ")}; ` +
    "set `adopt: true` to take it over and update it, or declare what is there"
  );
}
