import type { OtherProcesses } from "./otherProcesses";

export const profileKey = (region: string, userArn: string) => `${region} ${userArn}`;

/**
 * What one operation of the engine knows of the profiles that the running program declares. The
 * engine checks every resource before it deletes those that left the program, in this update or one
 * that failed before; a `destroy` runs no check. So a delete asks here first, and a profile that
 * the program declares stays, whichever resource had it.
 */
export interface Declarations {
  /**
   * Notes that the program declares the profiles: from here on no delete of them begins, in this
   * process or, while the program is carried out, in others. Resolves when those that had begun in
   * this process are over: what is read after that is true.
   * @throws Error when the other processes cannot be told.
   */
  declare(region: string, userArns: readonly string[], isPreview: boolean): Promise<void>;
  /**
   * The same for what other resources declare, by keys in which the region may be
   * empty: then it is this one.
   */
  declareElsewhere(region: string, keys: readonly string[]): Promise<void>;
  isDeclared(region: string, userArn: string): boolean;
  /**
   * Notes what the program knows of the stack's state: the keys of profiles that
   * were the stack's own before.
   */
  noteOwn(keys: readonly string[]): void;
  /**
   * Whether the profile was a resource's of this stack before: then it is
   * no conflict that it exists.
   */
  isOwn(region: string, userArn: string): boolean;
  /** Deletes the profile unless the program declares it. @throws Error when it cannot be known. */
  deleteUndeclared(
    region: string,
    userArn: string,
    remove: (userArn: string) => Promise<void>,
  ): Promise<void>;
}

/**
 * @param others providers with settings of their own, which perhaps declare
 * profiles of the same service.
 * @param service names the service to them.
 */
export function createDeclarations(others: OtherProcesses, service: () => string): Declarations {
  const declared = new Set<string>();
  /** Profiles that resources of the stack had before this update. */
  const own = new Set<string>();
  /** The deletes under way, by profile. */
  const deletes = new Map<string, Promise<void>>();

  const serviceKey = (region: string, userArn: string) =>
    `${service()} ${profileKey(region, userArn)}`;
  const isDeclared = (region: string, userArn: string) => declared.has(profileKey(region, userArn));
  const note = async (region: string, userArns: readonly string[]) => {
    const keys = userArns.map((userArn) => profileKey(region, userArn));
    for (const key of keys) declared.add(key);
    if (deletes.size > 0) await Promise.allSettled(keys.map((key) => deletes.get(key)));
  };
  return {
    async declare(region, userArns, isPreview) {
      if (!isPreview) others.tell(userArns.map((userArn) => serviceKey(region, userArn)));
      await note(region, userArns);
    },
    async declareElsewhere(region, keys) {
      const starts = [profileKey(region, ""), profileKey("", "")];
      const arns = keys.flatMap((key) =>
        starts.flatMap((start) => (key.startsWith(start) ? [key.slice(start.length)] : [])),
      );
      await note(region, arns);
    },
    isDeclared,
    noteOwn(keys) {
      for (const key of keys) own.add(key);
    },
    isOwn: (region, userArn) => own.has(profileKey(region, userArn)),
    async deleteUndeclared(region, userArn, remove) {
      if (isDeclared(region, userArn) || others.haveTold(serviceKey(region, userArn))) return;
      // Nothing is waited for between the question and this note.
      const key = profileKey(region, userArn);
      const underWay = remove(userArn).finally(() => deletes.delete(key));
      deletes.set(key, underWay);
      await underWay;
    },
  };
}
