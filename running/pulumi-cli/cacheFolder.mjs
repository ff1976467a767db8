// Where prepared copies of the CLI are kept, and how one comes to be there
// as a whole or not at all.
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { isInterrupted, onInterrupt } from "../interruption.mjs";

/** A lock not renewed for this many milliseconds belongs to a process that is gone. */
const lockLapses = 15_000;
const lockRenewed = 3_000;
/** In the names of folders that are not copies of the CLI: never looked into, only swept away. */
const unfinished = "unfinished-";

/** The folder that the operating system has for an application's rebuildable data. */
export function cacheFolder(env = process.env, platform = process.platform) {
  return join(userCache(env, platform), "pulumi-codestar");
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 */
function userCache(env, platform) {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (platform === "win32") return env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  return join(homedir(), ".cache");
}

/**
 * Lets one process at a time prepare what `target` names. The lock only saves double work: should
 * it fail to hold, `publish` still lets only whole folders appear.
 *
 * @template T
 * @param {string} target
 * @param {() => void} onWait Called once when another process is at work.
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(target, onWait, work) {
  const lock = `${target}.lock`;
  fs.mkdirSync(dirname(target), { recursive: true });
  for (let waiting = false; !take(lock); await pause(500)) {
    if (!waiting) onWait();
    waiting = true;
  }
  const release = () => fs.rmSync(lock, { force: true });
  const forget = onInterrupt(release);
  const renewal = setInterval(() => {
    try {
      fs.utimesSync(lock, new Date(), new Date());
    } catch {
      // Somebody removed the lock: nothing to renew, and `publish` keeps the result whole.
    }
  }, lockRenewed);
  renewal.unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    if (!isInterrupted()) {
      forget();
      release();
    }
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  try {
    if (Date.now() - fs.statSync(lock).mtimeMs > lockLapses) fs.rmSync(lock, { force: true });
  } catch {
    // Released in the meantime: the next try finds out.
  }
  return false;
}

/**
 * Fills a folder beside `target` and, when `fill` says that it is complete, gives it that name in
 * one step. A failed or interrupted attempt leaves nothing behind; one that was killed leaves a
 * folder that nobody uses and the next attempt sweeps away.
 *
 * @param {string} target
 * @param {(folder: string) => Promise<boolean>} fill Whether the folder is complete.
 * @param {(folder: string) => Promise<boolean>} works Whether what already has the name can be used.
 * @returns {Promise<boolean>} Whether there is now a copy at `target`.
 */
export async function publish(target, fill, works) {
  sweep(target);
  const folder = unfinishedFolder(target);
  fs.mkdirSync(folder, { recursive: true });
  const remove = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const forget = onInterrupt(remove);
  try {
    if (!(await fill(folder))) return false;
    // Another process may have been first; its copy is as good as ours.
    if (await works(target)) return true;
    moveAside(target);
    try {
      fs.renameSync(folder, target);
      return true;
    } catch (error) {
      if (await works(target)) return true;
      throw error;
    }
  } finally {
    if (!isInterrupted()) {
      forget();
      remove();
    }
  }
}

/**
 * A new name beside `target`, which tells whose it is.
 *
 * @param {string} target
 */
function unfinishedFolder(target) {
  return `${target}.${unfinished}${process.pid}-${randomBytes(4).toString("hex")}`;
}

/**
 * Makes room in place of a copy that turned out not to work.
 *
 * @param {string} target
 */
function moveAside(target) {
  if (!fs.existsSync(target)) return;
  const aside = unfinishedFolder(target);
  fs.renameSync(target, aside);
  fs.rmSync(aside, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Removes what attempts that were killed have left.
 *
 * @param {string} target
 */
function sweep(target) {
  const parent = dirname(target);
  const prefix = `${basename(target)}.${unfinished}`;
  for (const name of fs.readdirSync(parent)) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10)))
      continue;
    fs.rmSync(join(parent, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
