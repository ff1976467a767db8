import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readArguments, UsageError } from "../../cli/arguments";
import { principalCommand as commandWith } from "../../cli/service/principal";
import { credentialsOf } from "../../service/identity/principalsDocument";
import { readPrincipalsFile } from "../../service/identity/principalsFile";
import { skipUnless } from "../support/skip";
import { smallDisk } from "../support/smallDisk";

const root = join(__dirname, "../..");
const account = "123456789012";
const userArn = `arn:aws:iam::${account}:user/alice`;

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function principalCommand(...argv: string[]): Promise<Outcome> {
  let out = "";
  let err = "";
  const command = commandWith({
    handOver: (key) => {
      out += key;
    },
    tell: (text) => {
      err += text;
    },
  });
  try {
    const given = readArguments(command, argv);
    assert(given !== "help");
    return { status: await command.run(given), out, err };
  } catch (error) {
    const { message } = error as Error;
    return { status: error instanceof UsageError ? 2 : 1, out, err: `${err}${message}\n` };
  }
}

describe("codestar-profiles principal", () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "principal-"));
    file = join(directory, "principals.json");
  });
  afterEach(() => rm(directory, { recursive: true }));

  const add = (name: string, ...more: string[]) =>
    principalCommand("add", name, "--account", account, "--principals", file, ...more);

  it("prints the new key, once, on standard output alone", async () => {
    const { status, out, err } = await add("alice", "--user-arn", userArn);
    assert.equal(status, 0, err);
    const printed =
      /^AWS_ACCESS_KEY_ID=(CSPK[A-Z2-7]{16})\nAWS_SECRET_ACCESS_KEY=([\w+/]{40})\n$/.exec(out);
    assert(printed);
    assert.equal(err, `Added alice to ${file}.\nThe secret is not shown again.\n`);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const credential = credentialsOf(await readPrincipalsFile(file)).get(printed[1]!);
    assert.equal(credential?.secretAccessKey.reveal(), printed[2]);
    assert.deepEqual(credential?.principal, {
      account,
      name: "alice",
      userArn,
      administrator: false,
    });
  });

  it("adds an administrator beside the others, with a key of its own", async () => {
    const first = await add("alice");
    const second = await add("root", "--administrator");
    assert.equal(second.status, 0, second.err);
    assert.notEqual(first.out, second.out);
    const { principals } = await readPrincipalsFile(file);
    assert.deepEqual(
      principals.map(({ name, administrator }) => [name, administrator]),
      [
        ["alice", false],
        ["root", true],
      ],
    );
  });

  const keyIn = (out: string) => /^AWS_ACCESS_KEY_ID=(\w+)$/m.exec(out)![1]!;
  const keysOf = async () => [...credentialsOf(await readPrincipalsFile(file)).keys()];
  const rotate = (...more: string[]) =>
    principalCommand("rotate", "alice", "--principals", file, ...more);

  it("rotates a key: the one before stays good, older ones do not", async () => {
    const first = keyIn((await add("alice", "--user-arn", userArn)).out);
    const root = keyIn((await add("root", "--administrator")).out);
    const { status, out, err } = await rotate();
    assert.equal(status, 0, err);
    assert.equal(err, `Gave alice a new key in ${file}.\nThe secret is not shown again.\n`);
    assert.deepEqual(await keysOf(), [first, keyIn(out), root]);
    const third = await rotate();
    assert.deepEqual(await keysOf(), [keyIn(out), keyIn(third.out), root]);
    const { principals } = await readPrincipalsFile(file);
    assert.equal(principals[0]!.userArn, userArn);
  });

  it("revokes the old keys when told to", async () => {
    await add("alice");
    await rotate();
    const { out } = await rotate("--revoke");
    assert.deepEqual(await keysOf(), [keyIn(out)]);
  });

  it("removes a principal and leaves the others", async () => {
    await add("alice");
    const root = keyIn((await add("root", "--administrator")).out);
    const outcome = await principalCommand("remove", "alice", "--principals", file);
    assert.deepEqual(outcome, { status: 0, out: "", err: `Removed alice from ${file}.\n` });
    assert.deepEqual(await keysOf(), [root]);
    for (const again of [
      await principalCommand("remove", "alice", "--principals", file),
      await rotate(),
    ]) {
      assert.equal(again.status, 1);
      assert.equal(again.out, "");
      assert.equal(again.err, `Principals file ${file}: has no principal of that name\n`);
    }
    assert.deepEqual(await keysOf(), [root]);
  });

  it("exits with 1 and a sentence, and prints no key, when it could not add", async () => {
    await add("alice");
    for (const outcome of [
      await add("alice"),
      await add("bob", "--user-arn", "arn:aws:iam::999999999999:user/bob"),
      await principalCommand("add", "x", "--account", "1", "--principals", `${directory}/no/file`),
    ]) {
      assert.equal(outcome.status, 1);
      assert.equal(outcome.out, "");
      assert.match(outcome.err, /^Principals file .*\n$/);
    }
  });

  describe("to an output that cannot be written", () => {
    before(function () {
      skipUnless(this, existsSync("/dev/full"), "only Linux has a device that is always full");
    });
    /** The command as built, with standard output as the shell gives it. */
    const inShell = (command: string, output: string) =>
      spawnSync(
        "sh",
        ["-c", `"$0" "$@" ${output}`, process.execPath, main, ...command.split(" ")],
        {
          cwd: directory,
          encoding: "utf8",
        },
      );
    const main = join(root, "dist/cli/main.js");
    const outputs = [
      [">&-", /closed or discards what is written to it/],
      ["> /dev/null", /closed or discards what is written to it/],
      ["> /dev/full", /cannot be written \(ENOSPC\)/],
    ] as const;
    for (const [output, reason] of outputs) {
      it(`changes nothing when the output is ${output}, and says why`, async () => {
        const old = keyIn((await add("alice")).out);
        for (const command of [
          `principal rotate alice --revoke --principals ${file}`,
          `principal rotate alice --principals ${file}`,
          `principal add bob --account ${account} --principals ${file}`,
        ]) {
          const { status, stderr } = inShell(command, output);
          assert.equal(status, 1, stderr);
          assert.match(
            stderr,
            /^Principals file .*: is unchanged, since the new key would be lost: /,
          );
          assert.match(stderr, reason);
          assert.deepEqual(await keysOf(), [old]);
          assert.deepEqual(await readdir(directory), ["principals.json"]);
        }
      });
    }

    it("leaves no key that nobody has on a disk that is full", async function () {
      const disk = smallDisk(this, directory, 64);
      try {
        const old = keyIn((await add("alice")).out);
        disk.fill();
        const command = `principal rotate alice --revoke --principals ${file}`;
        const { status, stderr } = inShell(command, `> ${join(disk.path, "alice.env")}`);
        assert.equal(status, 1);
        assert.match(stderr, /cannot be written \(ENOSPC\)/);
        assert.deepEqual(await keysOf(), [old]);
        disk.empty();
        const again = inShell(command, `> ${join(disk.path, "alice.env")}`);
        assert.equal(again.status, 0, again.stderr);
        const key = keyIn(await readFile(join(disk.path, "alice.env"), "utf8"));
        assert.deepEqual(await keysOf(), [key]);
      } finally {
        disk.remove();
      }
    });
  });

  it("exits with 2 and says what is wrong with the arguments", async () => {
    const wrong: readonly (readonly [message: string, ...argv: string[]])[] = [
      ["What is to be done? One of add, rotate, remove."],
      ["Which principal? Give one name.", "add"],
      ["The option --principals is missing.", "remove", "alice"],
      ["Which principal? Give one name.", "rotate", "--principals", file],
      [
        'There is no action "expire"; there are add, rotate, remove.',
        ...["expire", "alice", "--principals", file],
      ],
      [
        'There is no action "rotat"; did you mean rotate?',
        ...["rotat", "alice", "--principals", file],
      ],
      [
        "The option --administrator is not one of rotate.",
        ...["rotate", "alice", "--principals", file, "--administrator"],
      ],
      [
        "The option --revoke is not one of remove.",
        ...["remove", "alice", "--principals", file, "--revoke"],
      ],
      ["The option --account is missing.", "add", "alice", "--principals", file],
      ["The option --principals is missing.", "add", "alice", "--account", account],
      [
        "There is no option --acount; did you mean --account?",
        ...["add", "alice", "--acount", account, "--principals", file],
      ],
    ];
    for (const [message, ...argv] of wrong) {
      const outcome = await principalCommand(...argv);
      assert.deepEqual(outcome, { status: 2, out: "", err: `${message}\n` }, argv.join(" "));
    }
  });

  it("tells its usage when asked, as a command of codestar-profiles", async () => {
    const main = join(root, "cli/main.ts");
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["-r", "ts-node/register/transpile-only", main, "principal", "--help"],
      { cwd: root },
    );
    assert.equal(stderr, "");
    assert.match(stdout, /^Usage: codestar-profiles principal add NAME/);
  });
});
