import { differences, type Field, fields, type LiveProfile } from "../profile/fields";
import { accountOf } from "../profile/userArn";
import type { Person } from "./people";
import { compare } from "./reading/problems";

/** A person whose live profile differs. */
export interface Drifted {
  readonly person: Person;
  readonly live: LiveProfile;
  /** The declared fields that differ, in the order of the table of fields. */
  readonly fields: readonly Field[];
}

/** How a roster and the live profiles differ, each list in the order of the ARNs. */
export interface Comparison {
  /** People whose declared fields are all as declared. */
  readonly same: number;
  readonly drifted: readonly Drifted[];
  /** People who are declared and have no live profile. */
  readonly missing: readonly Person[];
  /** Live profiles of the roster's accounts that nobody declares. */
  readonly unmanaged: readonly LiveProfile[];
}

/**
 * Compares what people declare with what is live. Pure. Profiles of an account of which the roster
 * declares nobody are not its concern: a store may keep several accounts.
 */
export function compareRoster(people: readonly Person[], live: Iterable<LiveProfile>): Comparison {
  const byArn = new Map<string, LiveProfile>();
  for (const profile of live) byArn.set(profile.userArn, profile);
  const accounts = new Set(people.map(({ userArn }) => accountOf(userArn)));
  const drifted: Drifted[] = [];
  const missing: Person[] = [];
  let same = 0;
  for (const person of people) {
    const profile = byArn.get(person.userArn);
    byArn.delete(person.userArn);
    if (profile === undefined) {
      missing.push(person);
      continue;
    }
    const differing = differences(person, profile);
    const names = fields.filter((field) => differing[field] !== undefined);
    if (names.length === 0) same++;
    else drifted.push({ person, live: profile, fields: names });
  }
  const unmanaged = [...byArn.values()].filter(({ userArn }) => accounts.has(accountOf(userArn)));
  return {
    same,
    drifted: drifted.sort((a, b) => compare(a.person.userArn, b.person.userArn)),
    missing: missing.sort((a, b) => compare(a.userArn, b.userArn)),
    unmanaged: unmanaged.sort((a, b) => compare(a.userArn, b.userArn)),
  };
}
