import { type BigIntStats, statSync } from "node:fs";

/** The file itself, whatever its names: device and inode. */
export type FileIdentity = string;

/**
 * Through symbolic links. Undefined when no file is there, or one whose last name is
 * gone (behind a bind mount).
 */
export function identityOf(path: string): FileIdentity | undefined {
  // Inodes of some file systems need more than the 53 bits of a number.
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined || stats.nlink === 0n ? undefined : identityIn(stats);
}

/** Whether both paths lead to one file, by symbolic or hard links too. */
export function isSameFile(one: string, other: string): boolean {
  const identity = identityOf(one);
  return identity !== undefined && identity === identityOf(other);
}

const identityIn = ({ dev, ino }: BigIntStats): FileIdentity => `${dev}:${ino}`;
