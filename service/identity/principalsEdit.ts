import { constants, type Stats } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import {
  type PrincipalEntry,
  type PrincipalsDocument,
  PrincipalsFileError,
  parsePrincipals,
} from "./principalsDocument";
import { readPrincipalsFile } from "./principalsFile";

type Key = PrincipalEntry["keys"][number];

/**
 * Called when a change is on disk and not yet in force. What it throws leaves the file as it was:
 * so a new key is in force, and an old one revoked, only when the new one has been handed over.
 */
type HandOver = () => void;

/**
 * Adds a principal to a principals file, which is created, readable by its owner
 * alone, when there is none.
 */
export function addPrincipal(
  path: string,
  entry: PrincipalEntry,
  handOver?: HandOver,
): Promise<void> {
  const add = (principals: readonly PrincipalEntry[]) => {
    if (principals.some(({ name }) => name === entry.name)) {
      throw new PrincipalsFileError(
        `Principals file ${path}: has a principal of that name already`,
      );
    }
    return [...principals, entry];
  };
  return edit(path, add, handOver);
}

/**
 * Gives a principal a new key. The newest of its old ones stays good, so that clients can change
 * over, unless it is to be revoked with the rest.
 */
export function rotateKey(
  path: string,
  name: string,
  key: Key,
  { revoke }: { readonly revoke: boolean },
  handOver?: HandOver,
): Promise<void> {
  const rotate = (principals: readonly PrincipalEntry[]) => {
    const principal = find(principals, name, path);
    const kept = revoke ? [] : principal.keys.slice(-1);
    const rotated = { ...principal, keys: [...kept, key] };
    return principals.map((each) => (each === principal ? rotated : each));
  };
  return edit(path, rotate, handOver);
}

/** Takes a principal away, with all its keys. */
export function removePrincipal(path: string, name: string): Promise<void> {
  return edit(path, (principals) => {
    const principal = find(principals, name, path);
    return principals.filter((each) => each !== principal);
  });
}

function find(principals: readonly PrincipalEntry[], name: string, path: string): PrincipalEntry {
  const principal = principals.find((each) => each.name === name);
  if (principal) return principal;
  throw new PrincipalsFileError(`Principals file ${path}: has no principal of that name`);
}

/**
 * Replaces the file as a whole: who reads it meanwhile sees the old or the new one, and so does
 * everyone after a crash. Two changes at once do not lose one another: the second fails.
 */
async function edit(
  path: string,
  change: (principals: readonly PrincipalEntry[]) => readonly PrincipalEntry[],
  handOver: HandOver = () => {},
): Promise<void> {
  const target = await realPath(path);
  const draft = `${target}.new`;
  // The draft's name is also the lock, held from before the file is read until it is replaced.
  const file = await createDraft(draft, path);
  try {
    const { principals, status } = await existing(target);
    const text = `${JSON.stringify({ principals: change(principals) }, undefined, 2)}\n`;
    parsePrincipals(text, path);
    await file.writeFile(text);
    if (status) await keepOwner(file, status);
    await file.sync();
    await file.close();
    giveAway(handOver, path);
    await rename(draft, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error instanceof PrincipalsFileError ? error : unwritable(path, error);
  }
}

function giveAway(handOver: HandOver, path: string): void {
  try {
    handOver();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PrincipalsFileError(
      `Principals file ${path}: is unchanged, since the new key would be lost: ${reason}`,
    );
  }
}

/** A link stays a link: what it points to is replaced. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw unwritable(path, error);
  }
}

async function createDraft(draft: string, path: string): Promise<FileHandle> {
  try {
    return await open(draft, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw new PrincipalsFileError(
        `Principals file ${path}: is being changed by another command; if none runs, remove ${draft}`,
      );
    }
    throw unwritable(path, error);
  }
}

async function existing(path: string): Promise<PrincipalsDocument & { readonly status?: Stats }> {
  try {
    const status = await stat(path);
    return { ...(await readPrincipalsFile(path)), status };
  } catch (error) {
    if (isMissing(error)) return { principals: [] };
    throw error;
  }
}

/** The service reads the file as a user of its own, often not the one who adds principals. */
async function keepOwner(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  await file.chmod(mode & 0o777);
}

/** Without it the renaming itself could be lost in a crash. Windows has no such call. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function unwritable(path: string, error: unknown): PrincipalsFileError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return new PrincipalsFileError(`Principals file ${path}: cannot be written (${code})`);
}
