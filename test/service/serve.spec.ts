import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { CodeStarClient, CreateUserProfileCommand } from "@aws-sdk/client-codestar";
import { openStore } from "../../service/store/open";
import { arnOf, profileInput } from "../support/profiles";

describe("codestar-profiles serve", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-serve-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (...argv: string[]): ChildProcess =>
    spawn(
      process.execPath,
      [
        "--require",
        require.resolve("ts-node/register/transpile-only"),
        join(__dirname, "../../cli/main.ts"),
        ...argv,
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        cwd: folder,
        env: { ...process.env, TS_NODE_PROJECT: join(__dirname, "../../tsconfig.json") },
      },
    );

  async function outcome(process: ChildProcess) {
    const [[status], out, err] = await Promise.all([
      once(process, "exit"),
      text(process.stdout!),
      text(process.stderr!),
    ]);
    return { status, out, err };
  }

  it("says where it listens, serves, and stops with status 0 at SIGTERM, profiles kept", async () => {
    for (let round = 0; round < 2; round++) {
      const server = start("serve", "--store", "file:profiles.db", "--port", "0");
      const done = outcome(server);
      const [line] = await once(server.stdout!, "data");
      const said =
        /^Profile service at (http:\/\/127\.0\.0\.1:\d+) \(store file:profiles\.db, region us-east-1, authentication off\)\n$/;
      const [, endpoint] = said.exec(String(line)) ?? assert.fail(String(line));
      const client = new CodeStarClient({
        endpoint: endpoint!,
        region: "us-east-1",
        credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      });
      const created = client.send(new CreateUserProfileCommand(profileInput()));
      if (round === 0) await created;
      else await assert.rejects(created, { name: "UserProfileAlreadyExistsException" });
      client.destroy();
      server.kill("SIGTERM");
      const { status, err } = await done;
      assert.equal(status, 0);
      assert.deepEqual(
        logOf(err).map(({ msg, operation, error }) => [msg, operation, error]),
        [
          ["started", undefined, undefined],
          [
            "request",
            "CreateUserProfile",
            round === 0 ? undefined : "UserProfileAlreadyExistsException",
          ],
          ["stopping", undefined, undefined],
          ["stopped", undefined, undefined],
        ],
      );
    }
  });

  const logOf = (text: string) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  /** Where the server listens, as soon as it does. */
  async function endpointOf(server: ChildProcess): Promise<string> {
    const [line] = await once(server.stdout!, "data");
    return /http:[^ ]+/.exec(String(line))?.[0] ?? assert.fail(String(line));
  }

  it("answers all that is under way when it is told to stop under load, and keeps it", async () => {
    const server = start("serve", "--store", "file:load.db", "--port", "0", "--audit", "audit.log");
    const done = outcome(server);
    const endpoint = await endpointOf(server);
    const created: string[] = [];
    const refused: string[] = [];
    let stopping = false;
    const writer = async (name: number) => {
      for (let round = 0; !stopping; round++) {
        const userArn = arnOf(`user-${name}-${round}`);
        try {
          const answer = await fetch(endpoint, {
            method: "POST",
            headers: { "x-amz-target": "CodeStar_20170419.CreateUserProfile" },
            body: JSON.stringify(profileInput({ userArn })),
          });
          assert.equal(answer.status, 200);
          await answer.json();
          created.push(userArn);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          // A connection that was refused, or closed between two requests.
          refused.push(String((error as Error & { cause?: { code?: string } }).cause?.code));
          assert.ok(server.killed, "the service must not refuse before it is told to stop");
          return;
        }
      }
    };
    const writers = Array.from({ length: 16 }, (_, name) => writer(name));
    const deadline = Date.now() + 15_000;
    while (created.length <= 100 && Date.now() < deadline) await wait(20);
    server.kill("SIGTERM");
    const { status, err } = await done;
    stopping = true;
    await Promise.all(writers);

    assert.equal(status, 0);
    assert.equal(logOf(err).at(-1)?.msg, "stopped");
    assert.ok(created.length > 100, `${created.length} created`);
    for (const code of refused) assert.match(code, /^(ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)$/);
    const store = await openStore(`file:${join(folder, "load.db")}`);
    for (const userArn of created) assert.ok(await store.find("us-east-1", userArn), userArn);
    const kept = await store.list("us-east-1", { limit: 1_000_000 });
    await store.close();
    // The trail tells of each write that was done, of the same ones and no others.
    const audited = await outcome(start("audit", "audit.log", "--output", "json"));
    const writes = logOf(audited.out).filter(({ outcome }) => outcome === "done");
    assert.deepEqual(
      writes.map(({ userArn }) => String(userArn)).sort(),
      kept.map(({ userArn }) => userArn).sort(),
    );
  });

  it("reads the principals and opens the audit file anew at SIGHUP", async () => {
    const added = await outcome(
      start("principal", "add", "alice", "--account", "123456789012", "--principals", "p.json"),
    );
    assert.equal(added.status, 0, added.err);
    const audit = join(folder, "audit.log");
    const options = ["--principals", "p.json", "--audit", "audit.log", "--log-level", "info"];
    const server = start("serve", "--store", "memory:", "--port", "0", ...options);
    const done = outcome(server);
    const endpoint = await endpointOf(server);
    renameSync(audit, `${audit}.1`);
    server.kill("SIGHUP");
    const deadline = Date.now() + 10_000;
    while (!existsSync(audit) && Date.now() < deadline) await wait(20);
    assert.ok(existsSync(audit));
    assert.equal((await fetch(`${endpoint}/metrics`)).status, 404, "not with authentication");
    server.kill("SIGTERM");
    const { status, err } = await done;
    assert.equal(status, 0);
    const reloaded = logOf(err).find(({ msg }) => msg === "principals read again");
    assert.equal(reloaded?.keys, 1);
    assert.doesNotMatch(err, /SECRET|secretAccessKey/i);
  });

  it("prints the audit trail for people and for programs, by time and user", async () => {
    const line = (time: string, id: string, rest: object) =>
      `${JSON.stringify({ time, requestId: id, ...rest })}\n`;
    const write = { operation: "UpdateUserProfile", region: "us-east-1", fields: ["displayName"] };
    writeFileSync(
      join(folder, "a.log"),
      line("2026-01-01T00:00:00.000Z", "r1", {
        ...write,
        userArn: arnOf("alice"),
        principal: "alice",
        account: "123456789012",
      }) +
        line("2026-01-01T00:00:00.001Z", "r1", { outcome: "done" }) +
        line("2026-02-01T00:00:00.000Z", "r2", { ...write, userArn: arnOf("bob") }),
    );
    const [all, recent, ofAlice, wrong, missing] = await Promise.all([
      outcome(start("audit", "a.log")),
      outcome(start("audit", "a.log", "--since", "2026-01-15", "--output", "json")),
      outcome(start("audit", "a.log", "--user-arn", arnOf("alice"))),
      outcome(start("audit", "a.log", "--since", "yesterday")),
      outcome(start("audit", "missing.log")),
    ]);
    const first = `2026-01-01T00:00:00.000Z  alice@123456789012  UpdateUserProfile  us-east-1  ${arnOf("alice")}  displayName  done  r1\n`;
    assert.equal(
      all.out,
      `${first}2026-02-01T00:00:00.000Z  -  UpdateUserProfile  us-east-1  ${arnOf("bob")}  displayName  unknown  r2\n`,
    );
    assert.equal(logOf(recent.out)[0]?.userArn, arnOf("bob"));
    assert.equal(ofAlice.out, first);
    assert.equal(wrong.status, 2);
    assert.match(wrong.err, /^The option --since takes a date/);
    assert.deepEqual(
      [missing.status, missing.err],
      [1, "reading the audit trail missing.log: ENOENT\n"],
    );
  });

  const failures: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ["no command", [], 2, /^$/],
    [
      "a misspelt command",
      ["sreve"],
      2,
      /^There is no command "sreve"; did you mean serve\?\n\nUsage: /,
    ],
    ["a command that is none", ["deploy"], 2, /^There is no command "deploy"\.\n\nUsage: /],
    [
      "an argument that is no option",
      ["serve", "memory:"],
      2,
      /^Unexpected argument "memory:": only/,
    ],
    ["no store", ["serve"], 2, /^The option --store is missing: file:path, postgres:/],
    [
      "an unknown option",
      ["serve", "--prot", "1"],
      2,
      /^There is no option --prot; did you mean --port\?/,
    ],
    [
      "a port that is none",
      ["serve", "--store", "memory:", "--port", "65536"],
      2,
      /^The option --port takes a number/,
    ],
    [
      "a region that is none",
      ["serve", "--store", "memory:", "--region", "EU"],
      2,
      /^The option --region takes a name/,
    ],
    [
      "a level that is none",
      ["serve", "--store", "memory:", "--log-level", "loud"],
      2,
      /^The option --log-level takes debug, info/,
    ],
    [
      "faults of no known form",
      ["serve", "--store", "memory:", "--faults", "slow"],
      2,
      /^The option --faults: faults are any of latency=50ms/,
    ],
    [
      "an address for metrics that is none",
      ["serve", "--store", "memory:", "--metrics", "9464"],
      2,
      /^The option --metrics takes a host and a port/,
    ],
    [
      "an audit file that cannot be made",
      ["serve", "--store", "memory:", "--audit", "missing/audit.log"],
      1,
      /^opening the audit trail missing\/audit\.log: ENOENT\n$/,
    ],
    [
      "a certificate without key",
      ["serve", "--store", "memory:", "--tls-cert", "c.pem"],
      2,
      /need each other\.\n/,
    ],
    [
      "an address for all without authentication",
      ["serve", "--store", "memory:", "--host", "0.0.0.0"],
      1,
      /^listening on 0\.0\.0\.0: without authentication .*\n$/,
    ],
    [
      "a store that cannot be opened",
      ["serve", "--store", "file:missing/profiles.db"],
      1,
      /^opening the profile database .*profiles\.db: the folder .*missing does not exist\n$/,
    ],
    [
      "a store of no known form",
      ["serve", "--store", "redis:"],
      1,
      /^a store is named by file:path, postgres:\/\/host\/database, dynamodb:\/\/table or memory:\n$/,
    ],
    [
      "a principals file that is not there",
      ["serve", "--store", "memory:", "--principals", "missing.json"],
      1,
      /^.*missing\.json.*\n$/,
    ],
    [
      "a certificate that is not there",
      ["serve", "--store", "memory:", "--tls-cert", "c.pem", "--tls-key", "k.pem"],
      1,
      /^reading c\.pem: ENOENT\n$/,
    ],
  ];
  for (const [title, argv, expected, message] of failures) {
    it(`ends with status ${expected} and one sentence for ${title}`, async () => {
      const { status, err } = await outcome(start(...argv));
      assert.match(err, message);
      assert.equal(status, expected);
    });
  }

  it("prints its help, and the version", async () => {
    const [help, version] = await Promise.all([
      outcome(start("serve", "--help")),
      outcome(start("--version")),
    ]);
    assert.match(help.out, /^Usage: codestar-profiles serve --store URL/);
    assert.equal(help.status, 0);
    assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
  });
});
