import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CodeStarError } from "../../profile/codeStarError";

/** What keeps a file that holds secrets from being used, as a clause that its name goes before. */
export class SecretFileError extends CodeStarError {
  override readonly name = "SecretFileError";
}

export interface SecretFile {
  readonly text: string;
  readonly status: BigIntStats;
}

/**
 * Reads a file that only its owner, and by permission of its mode a group, may read and only its
 * owner may change. Status and content are of one and the same open file, whatever the name points
 * to meanwhile. Every failure is a SecretFileError.
 */
export async function readSecretFile(path: string, maxBytes: number): Promise<SecretFile> {
  const file = await opened(path);
  try {
    const status = await file.stat({ bigint: true });
    check(status, maxBytes);
    return { text: await file.readFile("utf8"), status };
  } catch (error) {
    throw error instanceof SecretFileError ? error : unreadable(error);
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw unreadable(error);
  }
}

function check(status: BigIntStats, maxBytes: number): void {
  if (!status.isFile()) throw new SecretFileError("is not a file");
  if (status.size > maxBytes) throw new SecretFileError(`is larger than ${maxBytes} bytes`);
  // Reading by the group is allowed: that is how a secret is mounted for a service's own group.
  if (process.platform !== "win32" && isOpenToOthers(Number(status.mode))) {
    throw new SecretFileError(
      "holds secrets but other users may read or change it; run chmod 600 on it",
    );
  }
  if (status.nlink === 0n) {
    throw new SecretFileError(
      "was replaced, and this process sees the old one alone; a container needs its folder mounted, not the file",
    );
  }
}

/** Whether others may read the file, or others than its owner may change it. */
export const isOpenToOthers = (mode: number): boolean => (mode & 0o027) !== 0;

function unreadable(error: unknown): SecretFileError {
  return new SecretFileError(
    `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
  );
}
