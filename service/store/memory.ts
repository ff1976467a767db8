import type { ListRequest, ProfileChange, ProfileStore, StoredProfile } from "./store";

interface Region {
  readonly profiles: Map<string, StoredProfile>;
  /** The keys of `profiles`, sorted by code unit. */
  readonly arns: string[];
}

/** Profiles for as long as the process lives: for tests, and for trying things out. */
export class MemoryStore implements ProfileStore {
  readonly #regions = new Map<string, Region>();

  async create(region: string, profile: StoredProfile): Promise<boolean> {
    const { profiles, arns } = this.#region(region);
    if (profiles.has(profile.userArn)) return false;
    profiles.set(profile.userArn, profile);
    arns.splice(firstFrom(arns, profile.userArn), 0, profile.userArn);
    return true;
  }

  async find(region: string, userArn: string): Promise<StoredProfile | undefined> {
    return this.#region(region).profiles.get(userArn);
  }

  async update(
    region: string,
    userArn: string,
    change: ProfileChange,
    modifiedAt: number,
  ): Promise<StoredProfile | undefined> {
    const { profiles } = this.#region(region);
    const profile = profiles.get(userArn);
    if (profile === undefined) return undefined;
    const updated = {
      ...profile,
      ...change,
      modifiedAt: Math.max(modifiedAt, profile.modifiedAt),
    };
    profiles.set(userArn, updated);
    return updated;
  }

  async delete(region: string, userArn: string): Promise<boolean> {
    const { profiles, arns } = this.#region(region);
    if (!profiles.delete(userArn)) return false;
    arns.splice(firstFrom(arns, userArn), 1);
    return true;
  }

  async list(region: string, request: ListRequest): Promise<readonly StoredProfile[]> {
    const { arnPrefix = "", after, limit } = request;
    const { profiles, arns } = this.#region(region);
    const found: StoredProfile[] = [];
    let index = firstFrom(arns, arnPrefix);
    if (after !== undefined && after >= arnPrefix) {
      index = firstFrom(arns, after);
      if (arns[index] === after) index++;
    }
    for (; index < arns.length && found.length < limit; index++) {
      const arn = arns[index]!;
      if (!arn.startsWith(arnPrefix)) break;
      found.push(profiles.get(arn)!);
    }
    return found;
  }

  async health(): Promise<void> {}

  async close(): Promise<void> {}

  #region(name: string): Region {
    let region = this.#regions.get(name);
    if (region === undefined) {
      region = { profiles: new Map(), arns: [] };
      this.#regions.set(name, region);
    }
    return region;
  }
}

/** The index of the first text that is not before `text`. */
function firstFrom(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
