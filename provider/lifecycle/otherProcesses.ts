import { appendFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { CodeStarError } from "../../profile/codeStarError";

/*
 * Providers with settings of their own run in processes of their own, and the engine may check a
 * resource in one and delete the resource that had its profile before in another. So the processes
 * of one operation of the engine tell each other what their checks have seen, in files that only
 * the user can read: one for each process, named after the engine's address, which all of them are
 * started with, and the process's number. They hold hashes.
 */

export interface OtherProcesses {
  /**
   * Tells the others. Keys name the service too.
   * @throws Error when the folder cannot be trusted or written.
   */
  tell(keys: readonly string[]): void;
  /** Whether another process has told. @throws Error when what they told cannot be read. */
  haveTold(key: string): boolean;
}

/**
 * What the provider host of the engine is started with: its own script, and
 * the address of the engine.
 */
export function otherProcesses([, script = "", engine]: readonly string[]): OtherProcesses {
  return besideEngine(/[\\/]dynamic-provider([\\/]|$)/.test(script) ? engine : undefined);
}

/** @param engine the engine's address; without one there are no other processes. */
export function besideEngine(engine: string | undefined): OtherProcesses {
  return engine === undefined
    ? { tell: () => {}, haveTold: () => false }
    : throughFiles(engine, folderOfUser());
}

export function throughFiles(engine: string, folder: string, self = process.pid): OtherProcesses {
  const operation = hash(engine).slice(0, 16);
  const name = `${operation}.${self}`;
  /** What the other files held, by name; they only grow. */
  const seen = new Map<string, ReadonlySet<string>>();
  let isReady = false;

  const prepare = () => {
    if (isReady) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    refuseForeign(folder);
    // The engine kills providers, so each sweeps up after those before.
    for (const file of readdirSync(folder)) {
      if (file === name || !isAlive(file)) rmSync(join(folder, file), { force: true });
    }
    isReady = true;
  };
  return {
    tell(keys) {
      prepare();
      appendFileSync(join(folder, name), keys.map((key) => `${hash(key)}\n`).join(""), {
        mode: 0o600,
      });
    },
    haveTold(key) {
      const wanted = hash(key);
      return others(folder, operation, name).some((file) => {
        if (!seen.get(file)?.has(wanted)) {
          seen.set(file, new Set(readFileSync(join(folder, file), "utf8").split("\n")));
        }
        return seen.get(file)!.has(wanted);
      });
    },
  };
}

/** The files of the operation's other processes; none when nobody has told anything. */
function others(folder: string, operation: string, self: string): string[] {
  try {
    refuseForeign(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return readdirSync(folder).filter(
    (file) => file.startsWith(`${operation}.`) && file !== self && isAlive(file),
  );
}

/** Whoever else could write there could keep profiles from being deleted. */
function refuseForeign(folder: string): void {
  const found = lstatSync(folder);
  const isOwn = process.getuid === undefined || found.uid === process.getuid();
  const isPrivate = process.getuid === undefined || (found.mode & 0o077) === 0;
  if (found.isDirectory() && isOwn && isPrivate) return;
  throw new CodeStarError(`${folder} is not a folder of this user alone; remove it, or set TMPDIR`);
}

function isAlive(file: string): boolean {
  const pid = Number(file.split(".")[1]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function folderOfUser(): string {
  const user = process.getuid?.() ?? hash(userInfo().username).slice(0, 8);
  return join(tmpdir(), `pulumi-codestar-providers-${user}`);
}

function hash(text: string): string {
  // Loaded for the first hash, since it takes some milliseconds: most providers start alone.
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return createHash("sha256").update(text).digest("hex");
}
