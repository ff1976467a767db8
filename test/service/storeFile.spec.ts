import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "libsql";
import { startServer } from "../../service/http/server";
import { openStore } from "../../service/store/open";
import { DamagedProfileError, type ProfileStore } from "../../service/store/store";
import { posixLocksOn } from "../support/posixLocks";
import { arnOf, storedProfile } from "../support/profiles";
import { skipUnless } from "../support/skip";

const region = "us-east-1";

describe("the file of a file: store", function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;
  const opened: ProfileStore[] = [];
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-file-"));
    path = join(folder, "profiles.db");
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const store of opened.splice(0)) await store.close().catch(() => {});
    rmSync(folder, { recursive: true });
  });

  async function open(file = path): Promise<ProfileStore> {
    const store = await openStore(`file:${file}`);
    opened.push(store);
    return store;
  }

  const create = (store: ProfileStore, name: string, where = region) =>
    store.create(where, storedProfile({ userArn: arnOf(name) }));

  const namesIn = async (store: ProfileStore, where = region) =>
    (await store.list(where, { limit: 100_000 })).map(({ userArn }) => userArn.split("/").at(-1)!);

  describe("that several open in one process", () => {
    it("stays locked, whoever opens or closes", async function () {
      skipUnless(this, process.platform === "linux", "only Linux tells of locks in /proc/locks");
      const first = await open();
      await create(first, "ada");
      const locks = posixLocksOn(path);
      assert.ok(locks > 0, "an open database is locked");
      const second = await open();
      assert.equal(posixLocksOn(path), locks, "after the second opening");
      await create(second, "bob", "eu-west-1");
      await second.close();
      assert.equal(posixLocksOn(path), locks, "after the second closing");
      await assert.rejects(openStore(`file:${join(path, "nonsense")}`));
      assert.equal(posixLocksOn(path), locks, "after an opening that failed");
      await create(first, "carol");
      assert.deepEqual(await namesIn(first), ["ada", "carol"]);
    });

    it("is one database for all of them, by whatever name, until the last closes it", async () => {
      const link = join(folder, "link.db");
      const [one, two] = await Promise.all([open(), open()]);
      symlinkSync(path, link);
      const three = await open(link);
      await Promise.all([create(one, "a"), create(two, "b"), create(three, "c")]);
      await one.close();
      await assert.rejects(create(one, "d"), { message: `the profile database ${path} is closed` });
      await two.close();
      await two.close();
      assert.deepEqual(await namesIn(three), ["a", "b", "c"]);
      await three.close();
      assert.deepEqual(await namesIn(await open()), ["a", "b", "c"]);
    });

    it("can be opened after an opening that failed", async () => {
      writeFileSync(path, "roster: []\n".repeat(500));
      const [one, two] = await Promise.allSettled([open(), open()]);
      assert.deepEqual([one.status, two.status], ["rejected", "rejected"]);
      rmSync(path);
      assert.equal(await create(await open(), "ada"), true);
    });

    it("keeps what is acknowledged in two regions while others open and close it, through a kill", async function () {
      const python = spawnSync("python3", ["-c", "import sqlite3"]).status === 0;
      skipUnless(this, python, "there is no python3 here");
      await (await open()).close();
      const writer = fork(join(__dirname, "../support/twoRegions.cjs"), [path], {
        stdio: ["ignore", "pipe", "inherit", "ipc"],
      });
      children.push(writer);
      let out = "";
      writer.stdout!.on("data", (data: Buffer) => {
        out += data.toString();
      });
      await once(writer.stdout!, "data");
      const onlooker = spawn("python3", ["-c", openAndClose, path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(onlooker);
      const [looks] = (await once(onlooker.stdout, "data")) as [Buffer];
      assert.equal(looks.toString().trim(), "100");
      assert.equal(writer.exitCode, null, "no region heard of it");
      const gone = once(writer, "close");
      writer.kill("SIGKILL");
      await gone;
      const acknowledged = out.slice(0, out.lastIndexOf("\n")).split("\n");
      assert.ok(acknowledged.length > 10, `${acknowledged.length} writes`);
      const store = await open();
      const there = new Set<string>();
      for (const where of ["us-east-1", "eu-west-1"]) {
        for (const name of await namesIn(store, where)) there.add(`${where} ${name}`);
      }
      assert.deepEqual(
        acknowledged.filter((line) => !there.has(line)),
        [],
      );
    });
  });

  describe("that is taken away while it is open", () => {
    const ways: readonly (readonly [string, (file: string) => void])[] = [
      ["deleted", (file) => rmSync(file)],
      ["moved", (file) => renameSync(file, `${file}.old`)],
      [
        "replaced",
        (file) => {
          writeFileSync(`${file}.new`, readFileSync(file));
          renameSync(`${file}.new`, file);
        },
      ],
    ];
    for (const suffix of ["", "-wal", "-shm"]) {
      for (const [title, takeAway] of ways) {
        it(`acknowledges no write once ${suffix || "it"} was ${title}, and is not healthy`, async () => {
          const { url, stop } = await startServer({ store: `file:${path}` });
          try {
            assert.equal((await createOver(url, "ada")).status, 200);
            takeAway(path + suffix);
            const refused = await createOver(url, "bob");
            assert.equal(refused.status, 503);
            assert.equal(refused.type, "ServiceUnavailableException");
            const health = await fetch(`${url}/health`);
            assert.equal(health.status, 503);
            assert.deepEqual(await health.json(), { status: "store unavailable" });
          } finally {
            await stop().catch(() => {});
          }
        });
      }
    }

    it("serves no profile of the old file either", async () => {
      const store = await open();
      await create(store, "ada");
      rmSync(path);
      // Reads trust for some milliseconds that it is there.
      await pause(20);
      await assert.rejects(store.find(region, arnOf("ada")), { name: "StoreUnavailableError" });
      await assert.rejects(store.list(region, { limit: 1 }), { name: "StoreUnavailableError" });
    });

    it("serves again when it is back", async () => {
      const store = await open();
      renameSync(path, `${path}.away`);
      await assert.rejects(create(store, "ada"), {
        message: `${path} was deleted, moved or replaced while it was open: put the file back, or restart to go on with what is there now`,
      });
      renameSync(`${path}.away`, path);
      await store.health();
      assert.equal(await create(store, "bob"), true);
    });

    it("is not mixed up with a new file of its name by the next to open it", async () => {
      const store = await open();
      await create(store, "ada");
      for (const suffix of ["", "-wal", "-shm"]) renameSync(path + suffix, `${path}.old${suffix}`);
      const next = await open();
      assert.equal(await create(next, "ada"), true);
      await assert.rejects(create(store, "bob"), { name: "StoreUnavailableError" });
      assert.deepEqual(await namesIn(next), ["ada"]);
    });
  });

  describe("whose log lies there without it", () => {
    async function killedStore(): Promise<void> {
      const writer = fork(join(__dirname, "../support/twoRegions.cjs"), [path], {
        stdio: ["ignore", "pipe", "inherit", "ipc"],
      });
      await once(writer.stdout!, "data");
      const gone = once(writer, "close");
      writer.kill("SIGKILL");
      await gone;
    }

    it("is not made anew, so that the log's writes are not lost", async () => {
      await killedStore();
      renameSync(path, `${path}.away`);
      const message = `opening the profile database ${path}: it is missing, but ${path}-wal is there, with the last writes of another file of this name: put that file back, or move its -wal away too`;
      await assert.rejects(open(), { message });
      assert.equal(existsSync(path), false);
      writeFileSync(path, "");
      await assert.rejects(open(), { message: message.replace("missing", "empty") });
      assert.ok(statSync(`${path}-wal`).size > 0);
      renameSync(`${path}.away`, path);
      assert.ok((await namesIn(await open())).length > 0);
    });
  });

  it("is refused with a second name, by which its log would not be found", async () => {
    await (await open()).close();
    linkSync(path, join(folder, "other.db"));
    await assert.rejects(open(join(folder, "other.db")), /has 2 names \(hard links\)/);
  });

  it("is not made through a link that leads nowhere", async () => {
    symlinkSync(join(folder, "unmounted", "profiles.db"), path);
    await assert.rejects(open(), /profiles\.db: it is a link to a file that is not there$/);
  });

  describe("with a text that is not UTF-8", () => {
    const spoil = (column: string, name: string) => {
      const database = new Database(path);
      database
        .prepare(`UPDATE profiles SET ${column} = CAST(x'4aff6e' AS TEXT) WHERE user_arn = ?`)
        .run(arnOf(name));
      database.close();
    };
    const everyone = ["ada", "bob", "carol"];
    let store: ProfileStore;
    beforeEach(async () => {
      store = await open();
      for (const name of everyone) await create(store, name);
    });

    for (const [column, member] of [
      ["display_name", "displayName"],
      ["email_address", "emailAddress"],
      ["ssh_public_key", "sshPublicKey"],
    ] as const) {
      it(`lists the others whole, and of that profile all but its ${member}`, async () => {
        spoil(column, "bob");
        const listed = await store.list(region, { limit: 10 });
        const { [member]: _, ...rest } = storedProfile({ userArn: arnOf("bob") });
        assert.deepEqual(JSON.parse(JSON.stringify(listed)), [
          storedProfile({ userArn: arnOf("ada") }),
          { ...rest, damaged: [member] },
          storedProfile({ userArn: arnOf("carol") }),
        ]);
        await assert.rejects(store.find(region, arnOf("bob")), (error) => {
          assert.ok(error instanceof DamagedProfileError);
          assert.match(error.message, new RegExp(`of ${arnOf("bob")} is damaged \\(${member}\\)`));
          return true;
        });
        assert.deepEqual(
          await store.find(region, arnOf("carol")),
          storedProfile({ userArn: arnOf("carol") }),
        );
        const repaired = await store.update(region, arnOf("bob"), { [member]: "new" }, 1);
        assert.equal(repaired?.[member], "new");
      });
    }

    it("pages past a profile whose ARN cannot be read", async () => {
      const database = new Database(path);
      database
        .prepare(
          "UPDATE profiles SET user_arn = CAST(CAST(user_arn AS BLOB) || x'ff' AS TEXT) WHERE user_arn = ?",
        )
        .run(arnOf("bob"));
      database.close();
      assert.deepEqual(await namesIn(store), ["ada", "carol"]);
      const [first] = await store.list(region, { limit: 1 });
      const [second] = await store.list(region, { after: first!.userArn, limit: 1 });
      assert.equal(second?.userArn, arnOf("carol"));
    });

    it("costs a server nothing but that profile", async () => {
      spoil("display_name", "bob");
      const causes: unknown[] = [];
      const { url, stop } = await startServer({
        store,
        onResponse: ({ cause, status }) => cause && causes.push([status, (cause as Error).name]),
      });
      try {
        const list = await call(url, "ListUserProfiles", {});
        assert.equal(list.status, 200);
        const { userProfiles } = list.body as { userProfiles: Record<string, string>[] };
        assert.deepEqual(
          userProfiles.map(({ userArn }) => userArn),
          everyone.map((name) => arnOf(name)),
        );
        assert.deepEqual(userProfiles[1], {
          userArn: arnOf("bob"),
          emailAddress: "intern@example.com",
          sshPublicKey: "",
        });
        const describe = (name: string) =>
          call(url, "DescribeUserProfile", { userArn: arnOf(name) });
        const damaged = await describe("bob");
        assert.equal(damaged.status, 500);
        assert.match(damaged.body.message as string, /is damaged \(displayName\): update/);
        assert.equal((await describe("ada")).status, 200);
        assert.deepEqual(causes, [
          [200, "DamagedProfileError"],
          [500, "DamagedProfileError"],
        ]);
        const change = { userArn: arnOf("bob"), displayName: "Bob" };
        assert.equal((await call(url, "UpdateUserProfile", change)).status, 200);
        assert.equal((await describe("bob")).status, 200);
      } finally {
        await stop();
      }
    });
  });

  it("makes no store of what is none when it must be there, however late that shows", async () => {
    const none = join(folder, "none.db");
    const url = `file:${none}`;
    await assert.rejects(openStore(url, { mustExist: true }), /none\.db: it is not there$/);
    assert.ok(!existsSync(none));
    writeFileSync(none, "");
    await assert.rejects(openStore(url, { mustExist: true }), /none\.db is empty/);
    assert.equal(readFileSync(none).length, 0);
    await (await openStore(url)).close();
    await (await openStore(url, { mustExist: true })).close();
  });

  it("on a full disk refuses writes with 503 and says so in its health, until there is room", async function () {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk]);
    skipUnless(this, mounted.status === 0, "only root can mount a small disk");
    const full = join(disk, "profiles.db");
    const { url, stop } = await startServer({ store: `file:${full}` });
    try {
      assert.equal((await createOver(url, "ada")).status, 200);
      writeFileSync(
        join(disk, "filler"),
        Buffer.alloc(statfsSync(disk).bavail * statfsSync(disk).bsize),
      );
      let status = 200;
      for (let n = 0; n < 200 && status === 200; n++)
        status = (await createOver(url, `u${n}`)).status;
      assert.equal(status, 503);
      assert.equal((await fetch(`${url}/health`)).status, 503);
      assert.equal((await call(url, "DescribeUserProfile", { userArn: arnOf("ada") })).status, 200);
      rmSync(join(disk, "filler"));
      const deadline = Date.now() + 10_000;
      while ((await fetch(`${url}/health`)).status !== 200) {
        assert.ok(Date.now() < deadline, "not healthy again");
        await pause(100);
      }
      assert.equal((await createOver(url, "bob")).status, 200);
    } finally {
      await stop();
      execFileSync("umount", ["--lazy", disk]);
    }
  });
});

/**
 * A program that looks into the database: each time the first to come and the last to
 * leave, for what it knows.
 */
const openAndClose = `
import sqlite3, sys
for n in range(100):
    connection = sqlite3.connect(sys.argv[1], timeout=30)
    connection.execute("SELECT count(*) FROM profiles").fetchone()
    connection.close()
print(100, flush=True)
`;

async function call(
  url: string,
  operation: string,
  input: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `CodeStar_20170419.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function createOver(url: string, name: string): Promise<{ status: number; type: unknown }> {
  const { status, body } = await call(url, "CreateUserProfile", {
    userArn: arnOf(name),
    displayName: name,
    emailAddress: "someone@example.com",
    sshPublicKey: `ssh-rsa ${"A".repeat(8_000)}`,
  });
  return { status, type: body.__type };
}
