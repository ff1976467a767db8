import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CodeStarClient, CreateUserProfileCommand } from "@aws-sdk/client-codestar";
import { profileInput } from "../support/profiles";

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
      assert.deepEqual({ status, err }, { status: 0, err: "" });
    }
  });

  const failures: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ["no command", [], 2, /^$/],
    ["an unknown command", ["sreve"], 2, /^There is no command "sreve"\.\n\nUsage: /],
    ["no store", ["serve"], 2, /^The option --store is missing: file:path, dynamodb:/],
    ["an unknown option", ["serve", "--prot", "1"], 2, /^Unknown option '--prot'/],
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
      /^a store is named by file:path, dynamodb:\/\/table or memory:\n$/,
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
