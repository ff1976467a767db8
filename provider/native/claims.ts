import { profileKey } from "../lifecycle/declarations";

/** Which resource of the program declares which profile. Two for one would undo each other's writes. */
export interface Claims {
  /** @returns why the resource may not have the profiles; undefined when it may. */
  claim(urn: string, region: string, userArns: readonly string[]): string | undefined;
}

export function createClaims(): Claims {
  const owners = new Map<string, string>();
  return {
    claim(urn, region, userArns) {
      for (const userArn of userArns) {
        const key = profileKey(region, userArn);
        const owner = owners.get(key) ?? urn;
        if (owner !== urn)
          return `${userArn} is declared by ${nameOf(owner)} already; remove one of the two`;
        owners.set(key, owner);
      }
      return undefined;
    },
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
