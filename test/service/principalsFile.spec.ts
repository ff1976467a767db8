import assert from "node:assert/strict";
import fs, {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrincipalsFileError } from "../../service/identity/principalsDocument";
import { addPrincipal } from "../../service/identity/principalsEdit";
import {
  openPrincipalsFile,
  type PrincipalsFile,
  type ReloadOutcome,
  readPrincipalsFile,
} from "../../service/identity/principalsFile";
import { account } from "../support/signedRequest";
import { skipUnless } from "../support/skip";

const principal = (name: string) => ({
  name,
  account,
  keys: [{ accessKeyId: `AKID${name}`, secretAccessKey: `secret-of-${name}-0123456789` }],
});
const text = (...names: string[]) => JSON.stringify({ principals: names.map(principal) });

describe("principals file", () => {
  let directory: string;
  let path: string;
  let opened: PrincipalsFile | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "principals-"));
    path = join(directory, "principals.json");
  });
  afterEach(async () => {
    opened?.close();
    opened = undefined;
    await rm(directory, { recursive: true });
  });

  const write = (content: string, to = path) => writeFile(to, content, { mode: 0o600 });

  async function follow() {
    const outcomes: ReloadOutcome[] = [];
    let told: (() => void) | undefined;
    const file = await openPrincipalsFile({
      path,
      pollInterval: 20,
      onReload: (outcome) => {
        outcomes.push(outcome);
        told?.();
      },
    });
    opened = file;
    /** Settles when a reload has ended as the condition says. */
    const until = async (condition: (outcome: ReloadOutcome) => boolean) => {
      while (!outcomes.some(condition)) {
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
    };
    return { file, outcomes, until };
  }

  describe("openPrincipalsFile", () => {
    it("takes a file that was replaced, and one that was written over", async () => {
      await write(text("alice"));
      const { file, until } = await follow();
      assert.equal(file.get("AKIDalice")?.principal.name, "alice");
      await write(text("alice", "bob"), `${path}.new`);
      await rename(`${path}.new`, path);
      await until((outcome) => outcome.keys === 2);
      assert.equal(file.get("AKIDbob")?.principal.name, "bob");
      await write(text("bob", "carol", "dave"));
      await until((outcome) => outcome.keys === 3);
      assert.equal(file.get("AKIDalice"), undefined);
    });

    it("follows a link that is turned to another file, as mounted secrets are", async () => {
      await mkdir(join(directory, "one"));
      await mkdir(join(directory, "two"));
      await write(text("alice"), join(directory, "one", "principals.json"));
      await write(text("alice", "bob"), join(directory, "two", "principals.json"));
      await symlink("one", join(directory, "current"));
      await symlink(join("current", "principals.json"), path);
      const { file, until } = await follow();
      assert.equal(file.get("AKIDbob"), undefined);
      await symlink("two", join(directory, "next"));
      await rename(join(directory, "next"), join(directory, "current"));
      await until((outcome) => outcome.keys === 2);
      assert.equal(file.get("AKIDbob")?.principal.name, "bob");
    });

    it("keeps what it knows when the new file is broken, and says so in a sentence", async () => {
      await write(text("alice"));
      const { file, outcomes, until } = await follow();
      await write(text("bob").replace("}", ""));
      await until((outcome) => "refused" in outcome);
      assert.equal(file.get("AKIDalice")?.principal.name, "alice");
      const refused = outcomes.find((outcome) => "refused" in outcome);
      assert(refused && "refused" in refused);
      assert.equal(refused.keys, 1);
      assert.match(refused.refused.message, /^Principals file .*: is not valid JSON/);
      assert(!refused.refused.message.includes("secret-of"));
      await write(text("alice", "bob"));
      await until((outcome) => outcome.keys === 2);
      assert.equal(file.get("AKIDbob")?.principal.name, "bob");
    });

    it("keeps what it knows when the file is gone or opened up to others", async () => {
      await write(text("alice"));
      const { file } = await follow();
      await chmod(path, 0o644);
      const open = await file.reload();
      assert("refused" in open);
      assert.match(open.refused.message, /other users may read or change it; run chmod 600/);
      await rm(path);
      const gone = await file.reload();
      assert("refused" in gone);
      assert.match(gone.refused.message, /cannot be read \(ENOENT\)/);
      assert.equal(file.get("AKIDalice")?.principal.name, "alice");
    });

    it("reads again what could not be read once, and says once that it could not", async () => {
      await write(text("alice"));
      const { file, outcomes, until } = await follow();
      // As when the process has no descriptor left: what lies there does not change
      // when it can be read again.
      const real = fs.open;
      let failures = 0;
      fs.open = (async (...args: Parameters<typeof real>) => {
        if (failures++ < 3) throw Object.assign(new Error("too many"), { code: "EMFILE" });
        return real(...args);
      }) as typeof real;
      try {
        await write(text("bob", "carol"), `${path}.new`);
        await rename(`${path}.new`, path);
        await until((outcome) => "refused" in outcome);
        assert.equal(file.usable, false);
        await until((outcome) => outcome.keys === 2);
      } finally {
        fs.open = real;
      }
      assert.equal(file.usable, true);
      assert.equal(file.get("AKIDalice"), undefined);
      assert.ok(failures > 3);
      assert.equal(outcomes.length, 2);
    });

    it("does not take for new a file that was replaced and is seen as it was before", async function () {
      skipUnless(
        this,
        process.platform === "linux",
        "only Linux names the files that a process holds",
      );
      await write(text("alice", "bob"));
      const { file } = await follow();
      // What a container sees of a file that was mounted by itself and replaced outside.
      const held = await open(path, "r");
      await rm(path);
      await symlink(`/proc/self/fd/${held.fd}`, path);
      const outcome = await file.reload();
      await held.close();
      assert("refused" in outcome);
      assert.match(
        outcome.refused.message,
        /was replaced, and this process sees the old one alone/,
      );
      assert.equal(file.usable, false);
    });

    it("refuses to start with a file that it cannot use", async () => {
      await assert.rejects(openPrincipalsFile({ path }), {
        name: "PrincipalsFileError",
        message: `Principals file ${path}: cannot be read (ENOENT)`,
      });
      await assert.rejects(openPrincipalsFile({ path: directory }), /is not a file/);
      await write("{}");
      await assert.rejects(openPrincipalsFile({ path }), /must be a list of principals/);
    });

    for (const [mode, allowed] of [
      [0o600, true],
      [0o400, true],
      [0o640, true],
      [0o660, false],
      [0o644, false],
      [0o602, false],
      [0o601, false],
    ] as const) {
      it(`${allowed ? "takes" : "refuses"} a file of mode ${mode.toString(8)}`, async () => {
        await write(text("alice"));
        await chmod(path, mode);
        if (allowed) await readPrincipalsFile(path);
        else await assert.rejects(readPrincipalsFile(path), /holds secrets/);
      });
    }
  });

  describe("addPrincipal", () => {
    it("creates a file that its owner alone may read", async () => {
      await addPrincipal(path, principal("alice"));
      assert.equal((await stat(path)).mode & 0o777, 0o600);
      assert.deepEqual(await readPrincipalsFile(path), { principals: [principal("alice")] });
    });

    it("keeps the others, the mode, and a link to the file", async () => {
      await write(text("alice"), join(directory, "real.json"));
      await chmod(join(directory, "real.json"), 0o640);
      await symlink("real.json", path);
      await addPrincipal(path, principal("bob"));
      assert.equal((await stat(join(directory, "real.json"))).mode & 0o777, 0o640);
      const { principals } = await readPrincipalsFile(join(directory, "real.json"));
      assert.deepEqual(
        principals.map(({ name }) => name),
        ["alice", "bob"],
      );
    });

    it("changes nothing when the name is taken, the entry wrong, or the file broken", async () => {
      for (const [content, entry, problem] of [
        [text("alice"), principal("alice"), /has a principal of that name already/],
        [text("alice"), { ...principal("bob"), account: "1" }, /principals\[1\]\.account must be/],
        ["{", principal("bob"), /is not valid JSON/],
      ] as const) {
        await write(content);
        await assert.rejects(addPrincipal(path, entry), problem);
        assert.equal(await readFile(path, "utf8"), content);
        assert.deepEqual(await readdir(directory), ["principals.json"]);
      }
    });

    it("loses nothing when several add at once: each is there or was told that it is not", async () => {
      const names = Array.from({ length: 20 }, (_, index) => `user${index}`);
      const results = await Promise.allSettled(
        names.map((name) => addPrincipal(path, principal(name))),
      );
      const added = names.filter((_, index) => results[index]!.status === "fulfilled");
      assert(added.length >= 1);
      const { principals } = await readPrincipalsFile(path);
      assert.deepEqual(principals.map(({ name }) => name).sort(), added.sort());
      for (const result of results) {
        if (result.status === "fulfilled") continue;
        assert(result.reason instanceof PrincipalsFileError);
        assert.match(result.reason.message, /is being changed by another command/);
      }
    });
  });
});
