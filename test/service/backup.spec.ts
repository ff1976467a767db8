import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { openSqliteStore } from "../../service/store/sqlite";
import { codestarProfiles } from "../support/commandLine";
import { arnOf, storedProfile } from "../support/profiles";
import { type ServerProcess, startServerProcess } from "../support/serverProcess";

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
      // Killed: its last write is in the log only, which must not come to life in the restored file.
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

  it("says what is wrong with its arguments", async () => {
    for (const [argv, message] of [
      [["backup"], /^The option --store is missing/],
      [["backup", "--store", "file:a.db"], /^The option --to is missing/],
      [["backup", "--store", "memory:", "--to", "b"], /^only a file: store is one file/],
      [["restore", "--store", "file:a.db"], /^The option --from is missing/],
      [["restore", "--from", "a", "--upwards"], /^Unknown option '--upwards'/],
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
