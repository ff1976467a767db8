import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const moduleUrl = pathToFileURL(
  resolve(__dirname, "../../running/pulumi-cli/cacheFolder.mjs"),
).href;

interface CacheFolder {
  cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string;
  publish(
    target: string,
    fill: (folder: string) => Promise<boolean>,
    works: (folder: string) => Promise<boolean>,
  ): Promise<boolean>;
  withLock<T>(target: string, onWait: () => void, work: () => Promise<T>): Promise<T>;
}

// TypeScript would turn a plain import() into a require, which cannot load ES
// modules on every Node 20.
const importModule = new Function("path", "return import(path)") as (
  path: string,
) => Promise<CacheFolder>;

describe("the folder of prepared CLIs", () => {
  let cache: CacheFolder;
  let folder: string;
  let target: string;
  const works = async (path: string) => existsSync(join(path, "whole"));
  const fill = (text: string) => async (path: string) => {
    writeFileSync(join(path, "whole"), text);
    return true;
  };
  const read = () => readFileSync(join(target, "whole"), "utf8");

  /** Another process that prints a line once it is at work, and never gets done. */
  const startAttempt = () =>
    spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { publish, withLock } from ${JSON.stringify(moduleUrl)};
         const target = ${JSON.stringify(target)};
         const fill = () => (console.log("at work"), new Promise((done) => setTimeout(done, 60_000)));
         await withLock(target, () => {}, () => publish(target, fill, async () => false));`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );

  before(async () => {
    cache = await importModule(moduleUrl);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-codestar-cache-"));
    target = join(folder, "cli");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("is the operating system's own for caches", () => {
    const { cacheFolder } = cache;
    const below = (...path: string[]) => join(homedir(), ...path, "pulumi-codestar");
    assert.equal(cacheFolder({}, "linux"), below(".cache"));
    assert.equal(cacheFolder({}, "darwin"), below("Library", "Caches"));
    assert.equal(cacheFolder({}, "win32"), below("AppData", "Local"));
    assert.equal(
      cacheFolder({ LOCALAPPDATA: join(folder, "local") }, "win32"),
      join(folder, "local", "pulumi-codestar"),
    );
    assert.equal(cacheFolder({ XDG_CACHE_HOME: folder }, "linux"), join(folder, "pulumi-codestar"));
  });

  it("gets a copy under its name only once it is complete", async () => {
    const done = await cache.publish(
      target,
      async (path) => {
        await fill("first")(path);
        assert.equal(existsSync(target), false);
        return true;
      },
      works,
    );
    assert.equal(done, true);
    assert.equal(read(), "first");
    assert.deepEqual(readdirSync(folder), ["cli"]);
  });

  it("keeps nothing of an attempt that failed", async () => {
    const incomplete = async (path: string) => {
      writeFileSync(join(path, "half"), "");
      return false;
    };
    assert.equal(await cache.publish(target, incomplete, works), false);
    await assert.rejects(
      cache.publish(target, () => Promise.reject(new Error("no space left")), works),
      /no space left/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("keeps the copy of whoever was first", async () => {
    const late = async (path: string) => {
      await cache.publish(target, fill("first"), works);
      return fill("second")(path);
    };
    assert.equal(await cache.publish(target, late, works), true);
    assert.equal(read(), "first");
    assert.deepEqual(readdirSync(folder), ["cli"]);
  });

  it("replaces a copy that does not work", async () => {
    mkdirSync(target);
    writeFileSync(join(target, "broken"), "");
    assert.equal(await cache.publish(target, fill("new"), works), true);
    assert.deepEqual(readdirSync(target), ["whole"]);
    assert.deepEqual(readdirSync(folder), ["cli"]);
  });

  it("lets the others wait while one is at work", async () => {
    const events: string[] = [];
    const take = (name: string) =>
      cache.withLock(
        target,
        () => events.push(`${name} waits`),
        async () => {
          events.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 50));
          events.push(`${name} ends`);
        },
      );
    await Promise.all([take("one"), take("other")]);
    assert.deepEqual(events, [
      "one begins",
      "other waits",
      "one ends",
      "other begins",
      "other ends",
    ]);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("takes over from a process that was killed, and removes its leftovers", async () => {
    const killed = startAttempt();
    await once(killed.stdout, "data");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    assert.equal(readdirSync(folder).length, 2);

    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${target}.lock`, longAgo, longAgo);
    await cache.withLock(
      target,
      () => {},
      () => cache.publish(target, fill("mine"), works),
    );
    assert.equal(read(), "mine");
    assert.deepEqual(readdirSync(folder), ["cli"]);
  });

  it("is left tidy by a process that is told to stop", async function () {
    if (process.platform === "win32") this.skip();
    const stopped = startAttempt();
    await once(stopped.stdout, "data");
    stopped.kill("SIGINT");
    const [, signal] = await once(stopped, "exit");
    assert.equal(signal, "SIGINT");
    assert.deepEqual(readdirSync(folder), []);
  });
});
