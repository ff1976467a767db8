import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { obtain } from "../support/awsClients";
import { certificate, certificateKey } from "../support/certificate";
import { type LocalDynamoDb, localCredentials, startDynamoDb } from "../support/dynamodbLocal";
import { freePort } from "../support/freePort";
import { obtainPostgres, type PostgresPrograms, PostgresServer } from "../support/postgresServer";

const root = join(__dirname, "../..");

/**
 * Blocks that change the machine, by their first lines: what they do is tested
 * piece by piece in other files.
 */
const elsewhere: Readonly<Record<string, string>> = {
  "npm install --global pulumi-codestar":
    "it installs a package, a user and a service on the machine",
  "docker build -f packaging/Dockerfile -t codestar-profiles .": "it needs Docker and its registry",
  "install -d -o codestar-profiles -g codestar-profiles -m 0700 /var/backups/codestar-profiles":
    "it installs a timer on the machine",
};

/** Every block of shell commands on a page, as its commands. */
function blocksOf(page: string): readonly (readonly string[])[] {
  const content = readFileSync(join(root, "docs", page), "utf8");
  return [...content.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) =>
    // A command goes on after a backslash, and within quotes.
    (block!.match(/(?:[^\n'\\]|\\[\s\S]|'[^']*')+/g) ?? []).map((command) => command.trim()),
  );
}

describe("the commands in the documentation for operators", function () {
  this.timeout(120_000);
  let folder: string;
  let dynamodb: LocalDynamoDb;
  let programs: PostgresPrograms | undefined;
  let postgres: PostgresServer | undefined;
  let ports: readonly [service: number, metrics: number];
  let aws: boolean;
  let server: ChildProcess | undefined;

  before(async function () {
    this.timeout(15 * 60_000);
    aws = "program" in (await obtain("debian"));
    dynamodb = await startDynamoDb();
    const obtained = await obtainPostgres();
    if ("missing" in obtained) return;
    programs = obtained;
    postgres = await PostgresServer.create(programs);
    await postgres.start();
    await postgres.query("CREATE ROLE codestar LOGIN");
    await postgres.query("CREATE DATABASE profiles OWNER codestar");
  });
  after(async () => {
    await dynamodb?.stop();
    await postgres?.stop();
    programs?.remove();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "codestar-docs-"));
    // A project in which the package is installed, on a machine that has its certificate.
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(root, join(folder, "node_modules/pulumi-codestar"));
    symlinkSync(
      "../pulumi-codestar/dist/cli/main.js",
      join(folder, "node_modules/.bin/codestar-profiles"),
    );
    chmodSync(join(root, "dist/cli/main.js"), 0o755);
    symlinkSync(join(root, "packaging"), join(folder, "packaging"));
    mkdirSync(join(folder, "backups"));
    writeFileSync(join(folder, "cert.pem"), certificate);
    writeFileSync(join(folder, "key.pem"), certificateKey, { mode: 0o600 });
    ports = [await freePort(), await freePort()];
  });
  afterEach(async () => {
    await stopServer();
    rmSync(folder, { recursive: true });
  });

  /** The command with this test's ports, on loopback alone, and with databases of its own. */
  function adapted(command: string): string {
    const here = command
      .replaceAll("4600", String(ports[0]))
      .replaceAll("9464", String(ports[1]))
      .replaceAll("0.0.0.0", "127.0.0.1")
      .replaceAll(
        "db-a,db-b/profiles?sslmode=verify-full",
        `127.0.0.1:9,127.0.0.1:${postgres?.port}/profiles`,
      )
      .replaceAll("?region=eu-west-1", `?region=eu-west-1&endpoint=${dynamodb.endpoint}`);
    return isServe(command) ? `exec ${here.replace(/^exec /, "")} --port ${ports[0]}` : here;
  }

  const isServe = (command: string) => /(^|[ /])codestar-profiles serve /.test(command);

  function start(command: string): ChildProcess {
    return spawn("sh", ["-euc", adapted(command)], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      // npx would look further up for packages, and has nothing to ask the registry.
      env: {
        PATH: `${join(folder, "node_modules/.bin")}:${process.env.PATH}`,
        HOME: folder,
        PID: String(server?.pid),
        AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
        AWS_EC2_METADATA_DISABLED: "true",
        npm_config_offline: "true",
        npm_config_update_notifier: "false",
      },
    });
  }

  /** Its exit status, or the signal that it ended with. */
  async function stopServer(): Promise<number | NodeJS.Signals | null> {
    if (server === undefined) return null;
    const stopped = server;
    server = undefined;
    const exited = stopped.exitCode === null ? once(stopped, "exit") : undefined;
    stopped.kill("SIGTERM");
    await exited;
    await untilFree(ports[0]);
    return stopped.exitCode ?? stopped.signalCode;
  }

  async function serve(command: string): Promise<void> {
    await stopServer();
    server = start(command);
    let said = "";
    for (const stream of [server.stdout!, server.stderr!]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        said += chunk;
      });
    }
    const deadline = Date.now() + 30_000;
    while (!said.includes("Profile service at")) {
      if (server.exitCode !== null || Date.now() > deadline) assert.fail(`${command}\n${said}`);
      await wait(20);
    }
  }

  async function runOnce(command: string): Promise<void> {
    const child = start(command);
    const [[status], out, err] = await Promise.all([
      once(child, "exit"),
      text(child.stdout!),
      text(child.stderr!),
    ]);
    assert.equal(status, 0, `${command}\n${out}${err}`);
  }

  for (const page of ["service.md", "backup.md"]) {
    it(`work in the order of docs/${page}, each with status 0`, async () => {
      const blocks = blocksOf(page);
      assert.ok(blocks.length >= 4, `${blocks.length} blocks`);
      if (page === "backup.md") await createProfile();
      for (const block of blocks) {
        const reason = elsewhere[block[0]!];
        if (reason !== undefined) {
          console.log(`      left out "${block[0]}", since ${reason}`);
          continue;
        }
        for (const command of block) {
          if (command.includes("postgres:") && postgres === undefined) {
            console.log("      left out PostgreSQL, since none could be obtained");
          } else if (isServe(command)) await serve(command);
          else if (command.includes("aws codestar") && !aws) {
            console.log("      left out the AWS CLI, since none that knows CodeStar is there");
          } else await runOnce(command);
        }
      }
    });
  }

  it("that are left out are there", () => {
    const firsts = ["service.md", "backup.md"].flatMap(blocksOf).map(([first]) => first);
    for (const first of Object.keys(elsewhere)) assert.ok(firsts.includes(first), first);
  });

  async function createProfile(): Promise<void> {
    await serve("codestar-profiles serve --store file:profiles.db");
    const answer = await fetch(`http://127.0.0.1:${ports[0]}/`, {
      method: "POST",
      headers: { "x-amz-target": "CodeStar_20170419.CreateUserProfile" },
      body: JSON.stringify({
        userArn: "arn:aws:iam::123456789012:user/intern",
        displayName: "Intern",
        emailAddress: "intern@example.com",
      }),
    });
    assert.equal(answer.status, 200);
    await stopServer();
  }

  it("under a service manager end with 0 at SIGTERM, under npx some moments after npx did", async () => {
    await serve("exec node_modules/.bin/codestar-profiles serve --store file:profiles.db");
    assert.equal(await stopServer(), 0);
    await serve("npx --no -- codestar-profiles serve --store file:profiles.db");
    const began = Date.now();
    assert.equal(await stopServer(), "SIGTERM", "143 to a shell");
    assert.ok(Date.now() - began < 10_000);
  });

  it("give a new key to a shell by its file, as they say", async () => {
    await runOnce(
      "codestar-profiles principal add alice --account 123456789012 --principals principals.json > alice.env",
    );
    const [load] = blocksOf("service.md")
      .flat()
      .filter((command) => command.includes("alice.env; set +a"));
    assert.ok(load);
    await runOnce(
      `${load}\nsh -c 'grep -q "\\"$AWS_ACCESS_KEY_ID\\"" principals.json && grep -qF "\\"$AWS_SECRET_ACCESS_KEY\\"" principals.json'`,
    );
    assert.ok(existsSync(join(folder, "alice.env")));
  });
});

/** What npx started outlives it for some moments. */
async function untilFree(port: number): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    const free = await fetch(`http://127.0.0.1:${port}/livez`).then(
      () => false,
      (error: Error & { cause?: { code?: string } }) => error.cause?.code === "ECONNREFUSED",
    );
    if (free) return;
    await wait(50);
  }
  assert.fail(`a server still listens on ${port}`);
}
