import { serviceOf } from "../../client/settings";
import { otherProcesses } from "./otherProcesses";
import { current } from "./session";

/*
 * What this process knows of the profiles that the running program declares. The engine checks every resource
 * before it deletes those that left the program, in this update or one that failed before; a `destroy` runs no
 * check. So whoever deletes asks here, and a profile that the program declares stays, whoever had it before.
 */

const declared = new Set<string>();

/** Profiles that resources of the stack had before this update. */
const own = new Set<string>();

/** Providers with settings of their own, which declare profiles of the same service perhaps. */
const others = otherProcesses(process.argv);

/** The deletes under way, by profile. */
const deletes = new Map<string, Promise<void>>();

export const profileKey = (region: string, userArn: string) => `${region} ${userArn}`;

/**
 * Notes that the program declares the profiles: from here on no delete of them begins, in this process or, while
 * the program is carried out, in others. Settles when one that had begun in this is over, and what is read after
 * that is true.
 * @throws Error when the other processes cannot be told.
 */
export async function declare(
  region: string,
  userArns: readonly string[],
  isPreview: boolean,
): Promise<void> {
  if (!isPreview) others.tell(userArns.map((userArn) => serviceKey(region, userArn)));
  await note(region, userArns);
}

const serviceKey = (region: string, userArn: string) =>
  `${serviceOf(current())} ${profileKey(region, userArn)}`;

async function note(region: string, userArns: readonly string[]): Promise<void> {
  const keys = userArns.map((userArn) => profileKey(region, userArn));
  for (const key of keys) declared.add(key);
  if (deletes.size > 0) await Promise.allSettled(keys.map((key) => deletes.get(key)));
}

/** The same for what other resources declare, by keys in which the region may be empty: then it is this one. */
export async function declareElsewhere(region: string, keys: readonly string[]): Promise<void> {
  const [here, others] = [profileKey(region, ""), profileKey("", "")];
  const arns = keys.flatMap((key) =>
    [here, others].flatMap((start) => (key.startsWith(start) ? [key.slice(start.length)] : [])),
  );
  await note(region, arns);
}

export function isDeclared(region: string, userArn: string): boolean {
  return declared.has(profileKey(region, userArn));
}

/** Notes what the program knows of the stack's state: the keys of profiles that were the stack's own before. */
export function noteOwn(keys: readonly string[]): void {
  for (const key of keys) own.add(key);
}

/** Whether the profile was a resource's of this stack before: then it is no conflict that it exists. */
export function isOwn(region: string, userArn: string): boolean {
  return own.has(profileKey(region, userArn));
}

/** Deletes the profile unless the program declares it. @throws Error when it cannot be known. */
export async function deleteUndeclared(
  region: string,
  userArn: string,
  remove: (userArn: string) => Promise<void>,
): Promise<void> {
  if (isDeclared(region, userArn) || others.haveTold(serviceKey(region, userArn))) return;
  // Nothing is waited for between the question and this note.
  const key = profileKey(region, userArn);
  const under = remove(userArn).finally(() => deletes.delete(key));
  deletes.set(key, under);
  await under;
}
