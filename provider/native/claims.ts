import { setTimeout } from "node:timers/promises";
import { profileKey } from "../lifecycle/declarations";

/** Which resource of the stack has which profile, now and before. */
export interface Claims {
  /**
   * Two resources for one profile would undo each other's writes.
   * @returns why the resource may not have the profiles; undefined when it may.
   */
  claim(urn: string, region: string, userArns: readonly string[]): string | undefined;
  /**
   * Notes which profiles a resource has in the state: the engine's refresh
   * tells, before the program runs.
   */
  note(urn: string, region: string, userArns: readonly string[]): void;
  /** The keys of the profiles that other resources of the stack had before. */
  others(urn: string): readonly string[];
  /**
   * Settles once the program seems to have declared all that it can: the engine checks resources
   * one after another, and carries out the first while it checks the others.
   */
  settled(): Promise<void>;
}

/** So long after a claim, in milliseconds, no other is expected, and so long one is waited for. */
const quiet = 300;
const patience = 2_000;

export function createClaims(): Claims {
  const owners = new Map<string, string>();
  const recorded = new Map<string, readonly string[]>();
  let last = 0;
  return {
    claim(urn, region, userArns) {
      last = Date.now();
      for (const userArn of userArns) {
        const key = profileKey(region, userArn);
        const owner = owners.get(key) ?? urn;
        if (owner !== urn) {
          const [other, own] = [owner, urn].map(nameOf);
          return `"${own}" and "${other}" declare the same profile, ${userArn}; remove one of them`;
        }
        owners.set(key, owner);
      }
      return undefined;
    },
    note(urn, region, userArns) {
      recorded.set(
        urn,
        userArns.map((userArn) => profileKey(region, userArn)),
      );
    },
    others: (urn) => [...recorded].flatMap(([other, keys]) => (other === urn ? [] : keys)),
    async settled() {
      const until = Date.now() + patience;
      for (let now = Date.now(); now < until && now - last < quiet; now = Date.now()) {
        await setTimeout(Math.min(last + quiet, until) - now);
      }
    },
  };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
