import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  CodeStarClient,
  CreateUserProfileCommand,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { embeddedRequestHandler } from "../../service/embedded";
import { openSqliteStore } from "../../service/store/sqlite/store";
import { arnOf } from "../support/profiles";
import { type ServerProcess, startServerProcess } from "../support/serverProcess";

const region = "us-east-1";

/** How often a server is killed; `CODESTAR_TEST_KILLS` changes it. */
const kills = Number(process.env.CODESTAR_TEST_KILLS ?? 100);
const clients = 6;
const profilesOfClient = 12;

/** A profile as its only writer knows it; `undefined`: there is none. */
type Known = string | undefined;

interface Writer {
  /** By ARN, as acknowledged. */
  readonly acknowledged: Map<string, Known>;
  /** The write that was under way at the kill: it may have happened or not. */
  unanswered: { readonly arn: string; readonly name: Known } | undefined;
  writes: number;
}

describe("a server that is killed while clients write", function () {
  this.timeout(300_000);
  let folder: string;
  let server: ServerProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-kill-"));
  });
  afterEach(async () => {
    await server?.kill();
    rmSync(folder, { recursive: true });
  });

  it(`has every acknowledged write and a whole file, ${kills} times`, async () => {
    const store = `file:${join(folder, "profiles.db")}`;
    const writers: Writer[] = Array.from({ length: clients }, () => ({
      acknowledged: new Map(),
      unanswered: undefined,
      writes: 0,
    }));
    let interrupted = 0;
    for (let round = 0; round < kills; round++) {
      // Each is the first to open the file again, so it is the one that recovers it.
      server = await startServerProcess({ store });
      await verify(server, writers);
      const load = writers.map((writer, index) => writeUntilBroken(server!, writer, index));
      // Some are killed in their very first writes.
      await pause(Math.random() * 120);
      await server.kill();
      await Promise.all(load);
      interrupted += writers.filter(({ unanswered }) => unanswered !== undefined).length;
    }
    server = await startServerProcess({ store });
    await verify(server, writers);
    const writes = writers.reduce((sum, writer) => sum + writer.writes, 0);
    assert.ok(writes > kills, `${writes} writes were acknowledged`);
    assert.ok(interrupted > kills / 2, `${interrupted} writes were interrupted`);
  });
});

/** One client: one write after another to profiles of its own, until the connection breaks. */
async function writeUntilBroken(
  server: ServerProcess,
  writer: Writer,
  index: number,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (;;) {
      const arn = arnOf(`c${index}-${Math.floor(Math.random() * profilesOfClient)}`);
      const exists = writer.acknowledged.get(arn) !== undefined;
      const name = exists && Math.random() < 0.2 ? undefined : `v${++writer.writes}`;
      writer.unanswered = { arn, name };
      const operation =
        name === undefined
          ? "DeleteUserProfile"
          : exists
            ? "UpdateUserProfile"
            : "CreateUserProfile";
      const input = {
        userArn: arn,
        ...(name !== undefined && { displayName: name, emailAddress: "someone@example.com" }),
      };
      const answer = await call(server, agent, operation, input);
      if (answer === undefined) return;
      assert.equal(answer.status, 200, `${operation}: ${answer.body}`);
      writer.acknowledged.set(arn, name);
      writer.unanswered = undefined;
    }
  } finally {
    agent.destroy();
  }
}

/** The answer; undefined when the connection broke before all of it had come. */
function call(
  server: ServerProcess,
  agent: Agent,
  operation: string,
  input: object,
): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve) => {
    const broken = () => resolve(undefined);
    const sent = request(
      server.url,
      {
        method: "POST",
        agent,
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `CodeStar_20170419.${operation}`,
        },
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => {
          body += text;
        });
        response.on("end", () => resolve({ status: response.statusCode!, body }));
        response.on("error", broken);
      },
    );
    sent.on("error", broken);
    sent.end(JSON.stringify(input));
  });
}

/** What the file holds is what was acknowledged, with the unanswered writes done or not done. */
async function verify(server: ServerProcess, writers: readonly Writer[]): Promise<void> {
  assert.equal(await server.integrity(), "ok");
  const agent = new Agent();
  const answer = await call(server, agent, "ListUserProfiles", { maxResults: 100 });
  agent.destroy();
  assert.equal(answer?.status, 200, answer?.body);
  const { userProfiles } = JSON.parse(answer!.body) as {
    userProfiles: { userArn: string; displayName: string }[];
  };
  const found = new Map(userProfiles.map(({ userArn, displayName }) => [userArn, displayName]));
  for (const writer of writers) {
    const { unanswered } = writer;
    for (const arn of new Set([...writer.acknowledged.keys(), unanswered?.arn ?? arnOf("none")])) {
      const actual = found.get(arn);
      found.delete(arn);
      const possible = [writer.acknowledged.get(arn)];
      if (unanswered?.arn === arn) possible.push(unanswered.name);
      assert.ok(possible.includes(actual), `${arn} is ${actual}, may be ${possible.join(" or ")}`);
      writer.acknowledged.set(arn, actual);
    }
    writer.unanswered = undefined;
  }
  assert.deepEqual([...found.keys()], [], "profiles that nobody wrote");
}

describe("two servers and a client with the service inside, on one file", function () {
  this.timeout(60_000);
  let folder: string;
  let servers: ServerProcess[] = [];
  const embedded: ReturnType<typeof embeddedRequestHandler>[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-shared-"));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill();
    for (const handler of embedded.splice(0)) await handler.close();
    rmSync(folder, { recursive: true });
  });

  /** One client of each; none tries again, so that each failure is seen. */
  async function startClients(): Promise<CodeStarClient[]> {
    const store = `file:${join(folder, "profiles.db")}`;
    servers = await Promise.all([startServerProcess({ store }), startServerProcess({ store })]);
    const handler = embeddedRequestHandler({ store });
    embedded.push(handler);
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
    const common = { region, credentials, maxAttempts: 1 };
    return [
      ...servers.map(({ url }) => new CodeStarClient({ ...common, endpoint: url })),
      new CodeStarClient({
        ...common,
        endpoint: "http://embedded.invalid",
        requestHandler: handler,
      }),
    ];
  }

  it("lose no update and tell no client of a lock", async () => {
    const [one, two, three] = (await startClients()) as [
      CodeStarClient,
      CodeStarClient,
      CodeStarClient,
    ];
    const arns = Array.from({ length: 8 }, (_, n) => arnOf(`user-${n}`));
    for (const userArn of arns) {
      await one.send(
        new CreateUserProfileCommand({ userArn, displayName: "0", emailAddress: "0@example.com" }),
      );
    }
    const updates = 60;
    const write = async (
      client: CodeStarClient,
      userArn: string,
      change: (n: number) => { displayName?: string; emailAddress?: string; sshPublicKey?: string },
    ) => {
      for (let n = 1; n <= updates; n++) {
        await client.send(new UpdateUserProfileCommand({ userArn, ...change(n) }));
      }
    };
    await Promise.all(
      arns.flatMap((userArn) => [
        write(one, userArn, (n) => ({ displayName: `${n}` })),
        write(two, userArn, (n) => ({ emailAddress: `${n}@example.com` })),
        write(three, userArn, (n) => ({ sshPublicKey: `ssh-rsa ${n}` })),
      ]),
    );
    const store = await openSqliteStore(join(folder, "profiles.db"));
    for (const userArn of arns) {
      const { displayName, emailAddress, sshPublicKey } = (await store.find(region, userArn))!;
      assert.deepEqual(
        [displayName, emailAddress, sshPublicKey],
        [`${updates}`, `${updates}@example.com`, `ssh-rsa ${updates}`],
      );
    }
    await store.close();
    assert.equal(await servers[0]!.integrity(), "ok");
  });

  it("let one of 102 creates of a profile win", async () => {
    const all = await startClients();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 102 }, (_, n) =>
        all[n % 3]!.send(
          new CreateUserProfileCommand({
            userArn: arnOf("intern"),
            displayName: `${n}`,
            emailAddress: "intern@example.com",
          }),
        ),
      ),
    );
    const names = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? "created" : (outcome.reason as Error).name,
    );
    assert.equal(names.filter((name) => name === "created").length, 1);
    assert.equal(names.filter((name) => name === "UserProfileAlreadyExistsException").length, 101);
  });
});
