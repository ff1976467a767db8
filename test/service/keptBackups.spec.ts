import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../service/store/open";
import { codestarProfiles } from "../support/commandLine";
import { arnOf, storedProfile } from "../support/profiles";
import { startServe } from "../support/serveProcess";
import { skipUnless } from "../support/skip";

const root = join(__dirname, "../..");
const lastBackup = "codestar_profiles_last_backup_timestamp_seconds";

describe("backups that are kept", function () {
  this.timeout(60_000);
  let folder: string;
  let backups: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "codestar-kept-"));
    backups = join(folder, "backups");
    mkdirSync(backups);
    const store = await openStore(`file:${join(folder, "profiles.db")}`);
    await store.create("us-east-1", storedProfile({ userArn: arnOf("alice") }));
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const cli = (...argv: string[]) => codestarProfiles(folder, argv);
  const backUp = (keep: number) =>
    cli("backup", "--store", "file:profiles.db", "--to", "backups", "--keep", String(keep));
  const older = (day: number) => `profiles-2026010${day}T000000Z.db`;

  it("are N, the newest, and nothing else in the folder is touched", async () => {
    for (const day of [1, 2, 3, 4]) writeFileSync(join(backups, older(day)), "");
    const others = [
      "notes.txt",
      "other-20260101T000000Z.db",
      "profiles-20260101.db",
      "profiles.db",
    ];
    for (const name of others) writeFileSync(join(backups, name), "");
    const { status, out, err } = await backUp(3);
    assert.equal(status, 0, err);
    const [, made] = /^Copied 1 profile to backups\/(profiles-\d{8}T\d{6}Z\.db)\n$/.exec(out) ?? [];
    assert.ok(made, out);
    assert.deepEqual(readdirSync(backups).sort(), [...others, older(3), older(4), made].sort());
  });

  it("are all kept when the new copy cannot be made, and the new one whatever the clock said before", async () => {
    const future = ["profiles-29990101T000000Z.db", "profiles-29990102T000000Z.db"];
    for (const name of future) writeFileSync(join(backups, name), "");
    const { status, out, err } = await backUp(1);
    assert.equal(status, 0, err);
    const made = readdirSync(backups);
    assert.equal(made.length, 1);
    assert.ok(out.includes(made[0]!));

    rmSync(join(folder, "profiles.db"));
    const failed = await backUp(1);
    assert.equal(failed.status, 1);
    assert.deepEqual(readdirSync(backups), made);
  });

  it("are refused for arguments that are none", async () => {
    const base = ["backup", "--store", "file:profiles.db", "--to", "backups"];
    for (const [more, message] of [
      [["--keep", "0"], /^The option --keep takes a number from 1 to 10000\./],
      [["--keep", "some"], /^The option --keep takes a number from 1 to 10000\./],
      [["--keep", "3", "--force"], /^The options --keep and --force exclude each other/],
    ] as const) {
      const { status, err } = await cli(...base, ...more);
      assert.equal(status, 2);
      assert.match(err, message);
    }
  });

  it("show in the metrics of the server: when the last one was made", async () => {
    const server = await startServe(folder, ["--store", "file:profiles.db"]);
    try {
      assert.equal(await server.metric(lastBackup), 0);
      const before = Date.now() / 1000;
      assert.equal((await backUp(2)).status, 0);
      if (process.platform !== "win32") {
        // The backup may be another user's task than the server.
        assert.equal(statSync(join(folder, "profiles.db-last-backup")).mode & 0o777, 0o644);
      }
      const told = (await server.metric(lastBackup))!;
      assert.ok(told >= before - 1 && told <= Date.now() / 1000, `${told}`);
      writeFileSync(join(folder, "profiles.db-last-backup"), "never");
      assert.equal(await server.metric(lastBackup), 0);
    } finally {
      await server.terminate();
    }
  });

  describe("the example units", () => {
    const unit = (name: string) => readFileSync(join(root, "packaging", name), "utf8");

    it("run a command that works, for the store that the service has", async () => {
      const [, line] = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(
        unit("codestar-profiles-backup.service"),
      )!;
      const [command, ...argv] = line!.replaceAll("\\\n", " ").trim().split(/\s+/);
      assert.equal(command, "/usr/local/bin/codestar-profiles");
      const store = /--store (\S+)/.exec(unit("codestar-profiles.service"))![1];
      assert.ok(argv.includes(store!), "another store than the service's");
      const here = argv.map((word) =>
        word
          .replace("/var/lib/codestar-profiles", folder)
          .replace("/var/backups/codestar-profiles", backups),
      );
      const { status, err } = await cli(...here);
      assert.equal(status, 0, err);
      assert.equal(readdirSync(backups).length, 1);
    });

    it("are units to systemd", function () {
      const verify = "/usr/bin/systemd-analyze";
      skipUnless(this, existsSync(verify), "there is no systemd-analyze");
      const installed = join(folder, "units");
      mkdirSync(installed);
      for (const name of readdirSync(join(root, "packaging"))) {
        if (!/\.(service|timer)$/.test(name)) continue;
        // A program that is there on every system, in the place of the one that is not installed.
        const text = unit(name).replaceAll("/usr/local/bin/codestar-profiles", "/bin/true");
        writeFileSync(join(installed, name), text);
      }
      const units = readdirSync(installed).map((name) => join(installed, name));
      assert.equal(units.length, 3);
      const { stderr, status } = spawnSync(verify, ["verify", "--man=no", ...units], {
        encoding: "utf8",
      });
      const complaints = stderr.split("\n").filter((line) => line.includes("codestar-profiles"));
      assert.deepEqual({ complaints, status }, { complaints: [], status: 0 });
    });
  });

  describe("the restore drill", () => {
    function drill(...argv: string[]) {
      const bin = join(folder, "bin");
      mkdirSync(bin, { recursive: true });
      const command = join(bin, "codestar-profiles");
      // npm makes it executable when it installs the package, and a compiler does not.
      const script = `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli/main.js")}" "$@"\n`;
      writeFileSync(command, script, { mode: 0o755 });
      return spawnSync("sh", [join(root, "packaging/restore-drill.sh"), ...argv], {
        encoding: "utf8",
        env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, TMPDIR: folder },
      });
    }
    before(function () {
      skipUnless(this, spawnSync("curl", ["--version"]).status === 0, "there is no curl");
    });

    it("restores and serves the newest copy, and leaves nothing behind", async () => {
      writeFileSync(join(backups, older(1)), "an older one that is none");
      assert.equal((await backUp(5)).status, 0);
      const before = readdirSync(folder).sort();
      const { status, stdout, stderr } = drill(backups);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^Restored 1 profile.*\n/);
      assert.match(
        stdout,
        /restore drill: \S+profiles-\d{8}T\d{6}Z\.db can be restored and served\n$/,
      );
      assert.deepEqual(readdirSync(folder).sort(), [...new Set([...before, "bin"])].sort());
    });

    it("fails when there is no copy, when the newest is old, and when it is damaged", async () => {
      const none = drill(backups);
      assert.equal(none.status, 1);
      assert.match(none.stderr, /there is no backup in/);

      assert.equal((await backUp(5)).status, 0);
      const newest = join(backups, readdirSync(backups)[0]!);
      const text = readFileSync(newest);
      writeFileSync(newest, text.subarray(0, text.length - 100));
      const damaged = drill(backups);
      assert.equal(damaged.status, 1);
      assert.match(damaged.stderr, /damaged/);

      writeFileSync(newest, text);
      const old = new Date(Date.now() - 3 * 3_600_000);
      utimesSync(newest, old, old);
      assert.equal(drill(backups, "4").status, 0);
      const late = drill(backups, "2");
      assert.equal(late.status, 1);
      assert.match(late.stderr, /is older than 2 hours/);
    });
  });
});
