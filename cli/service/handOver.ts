import { fstatSync, fsyncSync, statSync, writeSync } from "node:fs";
import { CodeStarError } from "../../profile/codeStarError";

const standardOutput = 1;

/**
 * Writes a secret that is shown once to standard output. Throws one sentence, when the secret would
 * be lost: the output is closed (Node opens the null device in its place), discards what it is
 * given, or takes it in part.
 */
export function handOver(secret: string): void {
  if (discards(standardOutput)) {
    throw new CodeStarError("standard output is closed or discards what is written to it");
  }
  try {
    const bytes = Buffer.from(secret);
    let written = 0;
    while (written < bytes.length) written += writeSync(standardOutput, bytes, written);
    sync(standardOutput);
  } catch (error) {
    throw new CodeStarError(
      `standard output cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

function discards(descriptor: number): boolean {
  const nothing = statSync("/dev/null", { throwIfNoEntry: false });
  const status = fstatSync(descriptor);
  return nothing !== undefined && status.isCharacterDevice() && status.rdev === nothing.rdev;
}

/** A file may find no room, or no disk, only now. A pipe or a terminal has nothing to sync. */
function sync(descriptor: number): void {
  try {
    fsyncSync(descriptor);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOSPC", "EDQUOT", "EIO"].includes(code)) throw error;
  }
}
