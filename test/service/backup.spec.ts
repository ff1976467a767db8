import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "libsql";
import { openSqliteStore } from "../../service/store/sqlite/store";
import { codestarProfiles } from "../support/commandLine";
import { arnOf, storedProfile } from "../support/profiles";
import { type ServerProcess, startServerProcess } from "../support/serverProcess";
import { skipUnless } from "../support/skip";

const region = "us-east-1";

describe("codestar-profiles backup and restore", function () {
  this.timeout(60_000);
  let folder: string;
  const servers: ServerProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-backup-"));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill();
    rmSync(folder, { recursive: true });
  });

  const at = (name: string) => join(folder, name);
  const cli = (...argv: string[]) => codestarProfiles(folder, argv);
  const backup = (...more: string[]) =>
    cli("backup", "--store", "file:profiles.db", "--to", "copy.db", ...more);
  const restore = (...more: string[]) =>
    cli("restore", "--from", "copy.db", "--store", "file:profiles.db", ...more);

  async function startServer(): Promise<ServerProcess> {
    const server = await startServerProcess({ store: `file:${at("profiles.db")}` });
    servers.push(server);
    return server;
  }

  async function create(server: ServerProcess, name: string): Promise<void> {
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "CodeStar_20170419.CreateUserProfile",
      },
      body: JSON.stringify({
        userArn: arnOf(name),
        displayName: name,
        emailAddress: "someone@example.com",
      }),
    });
    assert.equal(response.status, 200, await response.text());
  }

  /** Without the store's own code: as any program that knows SQLite would. */
  function namesIn(file: string): string[] {
    const database = new Database(at(file));
    assert.deepEqual(database.pragma("integrity_check"), [{ integrity_check: "ok" }]);
    const rows = database.prepare("SELECT display_name FROM profiles").all() as {
      display_name: string;
    }[];
    database.close();
    return rows.map(({ display_name }) => display_name);
  }

  async function makeStore(...names: string[]): Promise<void> {
    const server = await startServer();
    for (const name of names) await create(server, name);
    await server.kill();
  }

  it("copies all that was acknowledged while clients write, and no write in part", async () => {
    const server = await startServer();
    const acknowledged: string[] = [];
    let writing = true;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; writing; n++) {
        const name = `w${writer}-${n}`;
        await create(server, name);
        acknowledged.push(name);
      }
    });
    while (acknowledged.length < 10) await pause(5);
    for (let round = 0; round < 4; round++) {
      const before = [...acknowledged];
      const { status, out, err } = await backup("--force");
      assert.equal(status, 0, err);
      const names = new Set(namesIn("copy.db"));
      assert.equal(out, `Copied ${names.size} profiles to copy.db\n`);
      assert.deepEqual(
        before.filter((name) => !names.has(name)),
        [],
      );
      // Names of one writer came one after another: a copy at one moment has no gaps.
      for (let writer = 0; writer < 8; writer++) {
        const own = [...names].filter((name) => name.startsWith(`w${writer}-`)).length;
        assert.equal(
          Array.from({ length: own }, (_, n) => names.has(`w${writer}-${n}`)).includes(false),
          false,
        );
      }
    }
    writing = false;
    await Promise.all(writers);
    assert.ok(acknowledged.length > 100, `${acknowledged.length} writes`);
    assert.deepEqual(readdirSync(folder).sort(), [
      "copy.db",
      "profiles.db",
      "profiles.db-last-backup",
      "profiles.db-shm",
      "profiles.db-wal",
    ]);
  });

  it("makes a copy for its owner alone, that is a store itself", async () => {
    await makeStore("ada");
    assert.equal((await backup()).status, 0);
    if (process.platform !== "win32") assert.equal(statSync(at("copy.db")).mode & 0o777, 0o600);
    const copy = await openSqliteStore(at("copy.db"));
    assert.equal((await copy.find(region, arnOf("ada")))?.displayName, "ada");
    assert.equal(await copy.create(region, storedProfile({ userArn: arnOf("new") })), true);
    await copy.close();
  });

  it("brings a store back, of a file that is gone, damaged, or has other profiles", async () => {
    await makeStore("ada", "bob");
    assert.equal((await backup()).status, 0);
    const old: (() => void | Promise<void>)[] = [
      () => {
        for (const suffix of ["", "-wal", "-shm"])
          rmSync(at(`profiles.db${suffix}`), { force: true });
      },
      () => writeFileSync(at("profiles.db"), "not a database, ".repeat(1000)),
      // Killed: its last write is in the log only, which must not come to
      // life in the restored file.
      () => makeStore("carol"),
    ];
    for (const make of old) {
      await make();
      const { status, out, err } = await restore("--force");
      assert.equal(status, 0, err);
      assert.equal(out, `Restored 2 profiles to ${at("profiles.db")}\n`);
      assert.deepEqual(namesIn("profiles.db"), ["ada", "bob"]);
      if (process.platform !== "win32")
        assert.equal(statSync(at("profiles.db")).mode & 0o777, 0o600);
    }
    assert.ok(existsSync(at("copy.db")));
  });

  it("restores to a place where nothing is, without --force", async () => {
    await makeStore("ada");
    await backup();
    const { status } = await cli("restore", "--from", "copy.db", "--store", "file:other.db");
    assert.equal(status, 0);
    assert.deepEqual(namesIn("other.db"), ["ada"]);
  });

  it("replaces nothing unless told to", async () => {
    await makeStore("ada");
    writeFileSync(at("copy.db"), "precious");
    const refused = await backup();
    assert.equal(refused.status, 1);
    assert.equal(refused.err, "copy.db exists already; --force replaces it\n");
    assert.equal(readFileSync(at("copy.db"), "utf8"), "precious");
    await backup("--force");
    const unrestored = await restore();
    assert.equal(unrestored.status, 1);
    assert.match(unrestored.err, /profiles\.db exists already; --force replaces it\n$/);
  });

  it("does not restore while a server has the store open", async () => {
    const server = await startServer();
    await create(server, "ada");
    await backup();
    await create(server, "bob");
    const { status, err } = await restore("--force");
    assert.equal(status, 1);
    assert.equal(
      err,
      `${at("profiles.db")} is in use: stop the servers that have it open, restore, and start them again\n`,
    );
    await create(server, "carol");
    await server.kill();
    assert.deepEqual(namesIn("profiles.db"), ["ada", "bob", "carol"]);
  });

  it("refuses a backup that is damaged, missing, or of another program, and keeps the store", async () => {
    await makeStore(...Array.from({ length: 200 }, (_, n) => `user-${n}`));
    await backup();
    const whole = readFileSync(at("copy.db"));
    const other = new Database(at("other.db"));
    other.exec("CREATE TABLE users (name TEXT)");
    other.close();
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, 4096, 12_288);
    for (const [bytes, message] of [
      [damaged, /^copy\.db is damaged/],
      [Buffer.from("profiles\n".repeat(999)), /^copy\.db is damaged, or no SQLite database\n$/],
      [Buffer.alloc(0), /^copy\.db is empty: it holds no profile database\n$/],
      [readFileSync(at("other.db")), /copy\.db: it is a database of another program\n$/],
    ] as const) {
      writeFileSync(at("copy.db"), bytes);
      const { status, err } = await restore("--force");
      assert.equal(status, 1);
      assert.match(err, message);
    }
    rmSync(at("copy.db"));
    assert.equal((await restore("--force")).err, "there is no file copy.db\n");
    assert.equal(namesIn("profiles.db").length, 200);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("takes no store in use for a backup: its last writes are in another file", async () => {
    await makeStore("ada");
    const { status, err } = await cli("restore", "--from", "profiles.db", "--store", "file:b.db");
    assert.equal(status, 1);
    assert.match(err, /^profiles\.db is a store in use, not a backup/);
    assert.equal(existsSync(at("b.db")), false);
  });

  const kept = (file: string) => readFileSync(at(file)).toString("base64");

  it("publishes nothing beside the log of a database that was moved away", async () => {
    await makeStore("ada");
    assert.equal((await backup()).status, 0);
    await makeStore("bob");
    for (const suffix of ["-wal", "-shm", "-journal"]) {
      for (const other of ["-wal", "-shm", "-journal"])
        rmSync(at(`gone.db${other}`), { force: true });
      writeFileSync(at(`gone.db${suffix}`), "");
      const before = readdirSync(folder).sort();
      for (const argv of [
        ["restore", "--from", "copy.db", "--store", "file:gone.db", "--force"],
        ["backup", "--store", "file:profiles.db", "--to", "gone.db", "--force"],
      ]) {
        const { status, err } = await cli(...argv);
        assert.equal(status, 1);
        assert.match(err, new RegExp(`gone\\.db${suffix} is there, of another file of this name`));
        assert.deepEqual(readdirSync(folder).sort(), before);
      }
    }
  });

  it("does not restore where only the log of a killed server is left, and keeps that log", async () => {
    await makeStore("ada");
    assert.equal((await backup()).status, 0);
    await makeStore("bob");
    renameSync(at("profiles.db"), at("away.db"));
    const log = kept("profiles.db-wal");
    assert.equal((await restore("--force")).status, 1);
    assert.match((await backup("--force")).err, /there is no file/);
    assert.equal(kept("profiles.db-wal"), log);
    renameSync(at("away.db"), at("profiles.db"));
    assert.deepEqual(namesIn("profiles.db"), ["ada", "bob"]);
  });

  it("replaces a copy that was served and killed, with nothing of what was written to it", async () => {
    await makeStore("ada");
    assert.equal((await backup()).status, 0);
    const server = await startServerProcess({ store: `file:${at("copy.db")}` });
    servers.push(server);
    await create(server, "stray");
    const refused = await backup("--force");
    assert.equal(refused.status, 1);
    assert.match(
      refused.err,
      /copy\.db is in use: copy to another file, or stop the servers that have it open\n$/,
    );
    await create(server, "another");
    await server.kill();
    assert.ok(existsSync(at("copy.db-wal")));
    const { status, err } = await backup("--force");
    assert.equal(status, 0, err);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("copy")),
      ["copy.db"],
    );
    assert.deepEqual(namesIn("copy.db"), ["ada"]);
  });

  it("does not take the store itself for a copy, or a copy for the store, by any name", async () => {
    const server = await startServer();
    await create(server, "ada");
    symlinkSync(at("profiles.db"), at("soft.db"));
    for (const to of ["profiles.db", "soft.db", `../${basename(folder)}/profiles.db`]) {
      const { status, err } = await cli(
        "backup",
        "--store",
        "file:profiles.db",
        "--to",
        to,
        "--force",
      );
      assert.equal(status, 1);
      assert.equal(err, `${to} is the store itself\n`);
      const back = await cli("restore", "--from", to, "--store", "file:profiles.db", "--force");
      assert.equal(back.err, `${to} is the store itself\n`);
    }
    // Served from here, and known by its link there.
    const inUse = await cli("restore", "--from", "soft.db", "--store", "file:other.db");
    assert.match(inUse.err, /^soft\.db is a store in use, not a backup/);
    linkSync(at("profiles.db"), at("hard.db"));
    const hard = await cli("restore", "--from", "hard.db", "--store", "file:other.db");
    assert.match(hard.err, /^hard\.db is a store in use, not a backup/);
    const source = await cli("backup", "--store", "file:hard.db", "--to", "copy.db");
    assert.match(source.err, /hard\.db: it has 2 names \(hard links\)/);
    rmSync(at("hard.db"));
    const other = await startServerProcess({ store: `file:${at("other.db")}` });
    servers.push(other);
    await create(other, "bob");
    linkSync(at("other.db"), at("hard.db"));
    const target = await cli("backup", "--store", "file:profiles.db", "--to", "hard.db", "--force");
    assert.match(target.err, /hard\.db is in use/);
    await create(other, "carol");
    await create(server, "dora");
    rmSync(at("hard.db"));
    for (const one of servers.splice(0)) await one.kill();
    assert.deepEqual(namesIn("profiles.db"), ["ada", "dora"]);
    assert.deepEqual(namesIn("other.db"), ["bob", "carol"]);
  });

  it("restores again and again from one copy, that was served meanwhile or not", async () => {
    await makeStore("ada");
    assert.equal((await backup()).status, 0);
    const copy = kept("copy.db");
    for (let round = 0; round < 2; round++) assert.equal((await restore("--force")).status, 0);
    assert.equal(kept("copy.db"), copy);
    const dist = join(__dirname, "../../dist/service/store/sqlite/store.js");
    const serve = `require(${JSON.stringify(dist)}).openSqliteStore("copy.db").then((store) => store.close())`;
    execFileSync(process.execPath, ["-e", serve], { cwd: folder });
    const served = kept("copy.db");
    assert.notEqual(served, copy);
    for (let round = 0; round < 2; round++) {
      const { status, err } = await restore("--force");
      assert.equal(status, 0, err);
    }
    assert.equal(kept("copy.db"), served);
    assert.deepEqual(namesIn("profiles.db"), ["ada"]);
  });

  it("keeps owner and mode of the store, and gives a new one to the owner of the folder", async function () {
    skipUnless(this, process.geteuid?.() === 0, "only root can give files away");
    await makeStore("ada");
    assert.equal((await backup()).status, 0);
    const [uid, gid] = [12_345, 12_346];
    chownSync(at("profiles.db"), uid, gid);
    chmodSync(at("profiles.db"), 0o640);
    assert.equal((await restore("--force")).status, 0);
    const owned = (file: string) => {
      const stats = statSync(at(file));
      return [stats.uid, stats.gid, (stats.mode & 0o777).toString(8)];
    };
    assert.deepEqual(owned("profiles.db"), [uid, gid, "640"]);
    mkdirSync(at("service"));
    chownSync(at("service"), uid, gid);
    const fresh = ["restore", "--from", "copy.db", "--store", "file:service/profiles.db"];
    assert.equal((await cli(...fresh)).status, 0);
    assert.deepEqual(owned("service/profiles.db"), [uid, gid, "600"]);
    chownSync(at("copy.db"), uid, gid);
    assert.equal((await backup("--force")).status, 0);
    assert.deepEqual(owned("copy.db"), [uid, gid, "600"]);
  });

  it("finds profiles with a text that is not UTF-8: copies none, and names them when it restores", async () => {
    await makeStore("ada", "bob", "carol");
    const spoil = (file: string) => {
      const database = new Database(at(file));
      const update = database.prepare(
        "UPDATE profiles SET display_name = CAST(x'4aff' AS TEXT) WHERE user_arn = ?",
      );
      for (const name of ["ada", "carol"]) update.run(arnOf(name));
      database.close();
    };
    assert.equal((await backup()).status, 0);
    const good = kept("copy.db");
    spoil("profiles.db");
    const { status, err } = await backup("--force");
    assert.equal(status, 1);
    const named = `holds damaged profiles: ${arnOf("ada")} (us-east-1), ${arnOf("carol")} (us-east-1); update their members, or delete them`;
    assert.equal(err, `${at("profiles.db")} ${named}\n`);
    assert.equal(kept("copy.db"), good);
    spoil("copy.db");
    const restored = await cli("restore", "--from", "copy.db", "--store", "file:b.db");
    assert.equal(restored.status, 0);
    assert.equal(restored.out, `Restored 3 profiles to ${at("b.db")}\n`);
    assert.equal(restored.err, `${at("b.db")} ${named}.\n`);
  });

  it("replaces no device and no link that leads nowhere", async () => {
    await makeStore("ada");
    symlinkSync(at("nowhere"), at("copy.db"));
    assert.match((await backup("--force")).err, /copy\.db is a link to a file that is not there/);
    if (process.platform === "win32") return;
    const device = await cli(
      "backup",
      "--store",
      "file:profiles.db",
      "--to",
      "/dev/null",
      "--force",
    );
    assert.equal(device.err, "/dev/null is a device or a pipe, not a file\n");
    assert.ok(statSync("/dev/null").isCharacterDevice());
  });

  it("says what is wrong with its arguments", async () => {
    for (const [argv, message] of [
      [["backup"], /^The option --store is missing/],
      [["backup", "--store", "file:a.db"], /^The option --to is missing/],
      [["backup", "--store", "memory:", "--to", "b"], /^only a file: store is one file/],
      [["restore", "--store", "file:a.db"], /^The option --from is missing/],
      [["restore", "--from", "a", "--upwards"], /^There is no option --upwards\./],
    ] as const) {
      const { status, err } = await cli(...argv);
      assert.equal(status, 2);
      assert.match(err, message);
    }
    const missing = await backup();
    assert.equal(missing.status, 1);
    assert.equal(missing.err, `there is no file ${at("profiles.db")}\n`);
  });
});
