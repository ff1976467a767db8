import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import Database from "libsql";
import { openStore } from "../../service/store/open";
import { openSqliteFile } from "../../service/store/sqlite/file";
import { openSqliteStore, type SqliteOptions } from "../../service/store/sqlite/store";
import { type ProfileStore, StoreUnavailableError } from "../../service/store/store";
import { arnOf, storedProfile } from "../support/profiles";

const region = "us-east-1";

describe("the file: store", () => {
  let folder: string;
  let path: string;
  const opened: ProfileStore[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-sqlite-"));
    path = join(folder, "profiles.db");
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(folder, { recursive: true });
  });

  async function open(options?: SqliteOptions): Promise<ProfileStore> {
    const store = await openSqliteStore(path, options);
    opened.push(store);
    return store;
  }

  const create = (store: ProfileStore, name: string) =>
    store.create(region, storedProfile({ userArn: arnOf(name) }));

  const namesIn = async (store: ProfileStore) =>
    (await store.list(region, { limit: 100_000 })).map(({ userArn }) => userArn.split("/").at(-1)!);

  describe("its file", () => {
    it("is for its owner alone, and so are its companions", async function () {
      // Windows has no such modes.
      if (process.platform === "win32") return this.skip();
      await create(await open(), "intern");
      for (const suffix of ["", "-wal", "-shm"]) {
        assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix);
      }
    });

    it("keeps a write-ahead log and syncs every commit", async () => {
      const database = await openSqliteFile(path, 1_000);
      assert.deepEqual(database.pragma("journal_mode"), [{ journal_mode: "wal" }]);
      assert.deepEqual(database.pragma("synchronous"), [{ synchronous: 2 }]);
      database.close();
    });

    it("has its rows in the order of region and ARN, without an index beside them", async () => {
      const database = await openSqliteFile(path, 1_000);
      const plan = database
        .prepare(
          "EXPLAIN QUERY PLAN SELECT * FROM profiles WHERE region = ? AND user_arn > ? AND user_arn < ? ORDER BY user_arn LIMIT 5",
        )
        .all("a", "b", "c") as { detail: string }[];
      assert.deepEqual(
        plan.map(({ detail }) => detail),
        ["SEARCH profiles USING PRIMARY KEY (region=? AND user_arn>? AND user_arn<?)"],
      );
      database.close();
    });

    const unusable: readonly (readonly [string, () => void, RegExp])[] = [
      ["a folder", () => mkdirSync(path), /profiles\.db: it is a folder$/],
      [
        "no SQLite database",
        () => writeFileSync(path, "roster: []\n".repeat(500)),
        /profiles\.db: it is not an SQLite database$/,
      ],
      [
        "a database of another program",
        () => {
          const database = new Database(path);
          database.exec("CREATE TABLE users (name TEXT)");
          database.close();
        },
        /profiles\.db: it is a database of another program$/,
      ],
    ];
    for (const [title, make, message] of unusable) {
      it(`is refused in one sentence when it is ${title}`, async () => {
        make();
        await assert.rejects(open(), message);
      });
    }

    it("is refused in one sentence when its folder does not exist", async () => {
      path = join(folder, "missing", "profiles.db");
      await assert.rejects(open(), {
        message: `opening the profile database ${path}: the folder ${join(folder, "missing")} does not exist`,
      });
    });

    it("is refused, and left as it is, when a newer version wrote it", async () => {
      await (await open()).close();
      const database = new Database(path);
      database.exec("PRAGMA user_version = 2");
      await assert.rejects(open(), /written by a newer version \(schema 2, this one knows 1\)$/);
      assert.deepEqual(database.pragma("user_version"), [{ user_version: 2 }]);
      database.close();
    });
  });

  describe("group commit", () => {
    it("commits writes that arrive together in one transaction, each with its own outcome", async () => {
      const commits: number[] = [];
      const store = await open({ onCommit: (writes) => commits.push(writes) });
      const names = Array.from({ length: 32 }, (_, n) => `user-${n}`);
      const outcomes = await Promise.all([
        ...names.map((name) => create(store, name)),
        ...names.map((name) => create(store, name)),
        store.update(region, arnOf("user-0"), { displayName: "Z" }, 1),
        store.update(region, arnOf("nobody"), { displayName: "Z" }, 1),
        store.delete(region, arnOf("user-1")),
        store.delete(region, arnOf("user-1")),
      ]);
      assert.deepEqual(commits, [68]);
      assert.deepEqual(outcomes.slice(0, 32), Array(32).fill(true));
      assert.deepEqual(outcomes.slice(32, 64), Array(32).fill(false));
      assert.equal((outcomes[64] as { displayName: string }).displayName, "Z");
      assert.deepEqual(outcomes.slice(65), [undefined, true, false]);
    });

    it("answers none of a group before all of it is committed", async () => {
      const store = await open();
      const other = await open();
      const writes = Array.from({ length: 50 }, (_, n) => create(store, `user-${n}`));
      await Promise.race(writes);
      assert.equal((await namesIn(other)).length, 50);
    });

    it("fails a write that cannot be applied without failing its neighbours", async () => {
      const store = await open();
      const broken = storedProfile({ userArn: arnOf("b"), createdAt: "now" as never });
      const [a, b, c] = await Promise.allSettled([
        create(store, "a"),
        store.create(region, broken),
        create(store, "c"),
      ]);
      assert.equal(a.status, "fulfilled");
      assert.equal(b.status, "rejected");
      assert.equal(c.status, "fulfilled");
      assert.deepEqual(await namesIn(store), ["a", "c"]);
    });

    it("fails a whole group whose transaction fails, and goes on with the next", async () => {
      const store = await open();
      await create(store, "before");
      const database = new Database(path);
      database.exec(
        "CREATE TRIGGER full BEFORE INSERT ON profiles BEGIN SELECT raise(ROLLBACK, 'disk full'); END",
      );
      const outcomes = await Promise.allSettled([create(store, "a"), create(store, "b")]);
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ["rejected", "rejected"],
      );
      database.exec("DROP TRIGGER full");
      database.close();
      assert.equal(await create(store, "after"), true);
      assert.deepEqual(await namesIn(store), ["after", "before"]);
    });
  });

  describe("a file that another process holds", () => {
    let other: Database.Database;
    beforeEach(async () => {
      await create(await open(), "intern");
      other = new Database(path);
      other.exec("BEGIN IMMEDIATE");
    });
    afterEach(() => other.close());

    it("is waited for: no client hears of the lock", async () => {
      const store = opened[0]!;
      const writes = Promise.all([create(store, "a"), create(store, "b")]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const late = create(store, "c");
      other.exec("COMMIT");
      assert.deepEqual([...(await writes), await late], [true, true, true]);
    });

    it("is read meanwhile", async () => {
      assert.equal((await opened[0]!.find(region, arnOf("intern")))?.displayName, "Intern");
      assert.deepEqual(await namesIn(opened[0]!), ["intern"]);
      other.exec("ROLLBACK");
    });

    it("is given up on at a limit, with nothing written, and written to later", async () => {
      const store = await open({ busyLimit: 50 });
      await assert.rejects(create(store, "a"), (error) => {
        assert.ok(error instanceof StoreUnavailableError);
        assert.match(
          error.message,
          /another process has held the profile database for 0\.05 seconds/,
        );
        return true;
      });
      other.exec("COMMIT");
      assert.equal(await create(store, "b"), true);
      assert.deepEqual(await namesIn(store), ["b", "intern"]);
    });
  });

  describe("close", () => {
    it("finishes the writes under way and leaves all profiles in the main file", async () => {
      const store = await open();
      const writes = Promise.all(Array.from({ length: 20 }, (_, n) => create(store, `user-${n}`)));
      await store.close();
      assert.deepEqual(await writes, Array(20).fill(true));
      const copy = join(folder, "copy.db");
      copyFileSync(path, copy);
      const copied = await openStore(`file:${copy}`);
      opened.push(copied);
      assert.equal((await namesIn(copied)).length, 20);
    });

    it("answers the reads under way", async () => {
      const store = await open();
      await create(store, "intern");
      const found = store.find(region, arnOf("intern"));
      const missing = store.find(region, arnOf("nobody"));
      await store.close();
      assert.equal((await found)?.userArn, arnOf("intern"));
      assert.equal(await missing, undefined);
    });

    it("makes later calls fail with a sentence, and may be called again", async () => {
      const store = await open();
      await store.close();
      await store.close();
      await assert.rejects(create(store, "intern"), {
        message: `the profile database ${path} is closed`,
      });
      await assert.rejects(store.find(region, arnOf("intern")), /is closed$/);
    });
  });

  describe("with other processes", function () {
    this.timeout(120_000);

    const startWriter = (name: string, count: string): ChildProcess =>
      spawn(
        process.execPath,
        [
          "--require",
          "ts-node/register/transpile-only",
          join(__dirname, "../support/writeProfiles.ts"),
          `file:${path}`,
          name,
          count,
        ],
        { stdio: ["ignore", "pipe", "pipe"] },
      );

    it("shares a new file: every write is there, none lost, no process hears of a lock", async () => {
      const writers = ["a", "b", "c"].map((name) => startWriter(name, "200"));
      const results = await Promise.all(
        writers.map(async (writer) => {
          const [[status], out, err] = await Promise.all([
            once(writer, "exit"),
            text(writer.stdout!),
            text(writer.stderr!),
          ]);
          return { status, names: out.trim().split("\n"), err };
        }),
      );
      for (const { status, err } of results)
        assert.deepEqual({ status, err }, { status: 0, err: "" });
      const names = results.flatMap(({ names }) => names);
      assert.equal(names.length, 600);
      const store = await open();
      assert.deepEqual(await namesIn(store), [...names, "shared"].sort());
      // Processes that set different members of one profile do not undo each other's.
      const shared = await store.find(region, arnOf("shared"));
      assert.match(shared!.displayName, /^b-\d+$/);
      assert.match(shared!.sshPublicKey, /^[ac]-\d+$/);
    });

    it("keeps every acknowledged write of a process that is killed, and the file whole", async () => {
      const acknowledged: string[] = [];
      for (let round = 0; round < 3; round++) {
        const writer = startWriter(`round-${round}`, "forever");
        let rest = "";
        const enough = new Promise<void>((resolve) => {
          writer.stdout!.on("data", (data: Buffer) => {
            const lines = (rest + data.toString()).split("\n");
            rest = lines.pop()!;
            acknowledged.push(...lines);
            if (acknowledged.length > (round + 1) * 100) resolve();
          });
        });
        await enough;
        const closed = once(writer, "close");
        writer.kill("SIGKILL");
        await closed;
        const store = await open();
        const there = new Set(await namesIn(store));
        assert.deepEqual(
          acknowledged.filter((name) => !there.has(name)),
          [],
        );
        await store.close();
      }
      const database = new Database(path);
      assert.deepEqual(database.pragma("integrity_check"), [{ integrity_check: "ok" }]);
      database.close();
    });
  });
});
