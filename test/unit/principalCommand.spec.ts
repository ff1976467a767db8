import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { run } from "../../cli/principal";
import { credentialsOf } from "../../service/principals";
import { readPrincipalsFile } from "../../service/principalsFile";

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
  const status = await run(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { status, out, err };
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

  it("exits with 2 and its usage for wrong arguments", async () => {
    for (const argv of [
      [],
      ["add"],
      ["remove", "alice"],
      ["rotate", "--principals", file],
      ["revoke", "alice", "--principals", file],
      ["rotate", "alice", "--principals", file, "--administrator"],
      ["remove", "alice", "--principals", file, "--revoke"],
      ["add", "alice", "--principals", file],
      ["add", "alice", "--account", account],
      ["add", "alice", "--acount", account, "--principals", file],
    ]) {
      const { status, out, err } = await principalCommand(...argv);
      assert.equal(status, 2, argv.join(" "));
      assert.equal(out, "");
      assert.match(err, /\n\nUsage: codestar-profiles principal add NAME/);
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
