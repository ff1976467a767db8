import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import {
  CodeStarClient,
  type CodeStarServiceException,
  CreateUserProfileCommand,
  DescribeUserProfileCommand,
  ListUserProfilesCommand,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { type PostgresPair, postgresPairs } from "../support/postgresPair";
import { type PostgresPrograms, requirePostgres } from "../support/postgresServer";
import { arnOf } from "../support/profiles";
import { type ServerProcess, startServerProcess } from "../support/serverProcess";

/** How often a primary is lost in each way; a few times when 0. */
const failovers = Number(process.env.CODESTAR_TEST_FAILOVERS ?? 0);
/** How long after the promotion the first write must be acknowledged, in milliseconds. */
const recovery = 12_000;
const startLimit = 30_000;
const writersPerServer = 2;
const retryable = new Set(["ServiceUnavailableException", "ThrottlingException"]);

/** What clients were told, over all servers. */
interface Told {
  /** By ARN of a profile that one writer alone updates: its last acknowledged name. */
  readonly names: Map<string, string>;
  /** By ARN of a profile that several try to create: how many were told that they had. */
  readonly created: Map<string, number>;
  /** Errors that a client could do nothing about. */
  readonly wrong: string[];
  /** The time of the latest acknowledgement. */
  latest: number;
  acknowledged: number;
}

describe("PostgreSQL loses its primary while clients write through three servers", function () {
  this.timeout(60_000 * Math.max(2, failovers));
  let programs: PostgresPrograms | undefined;
  let pairs: Awaited<ReturnType<typeof postgresPairs>>;

  before(async function () {
    programs = await requirePostgres(this);
    pairs = await postgresPairs(programs);
  });
  after(() => programs?.remove());

  const losses: readonly (readonly [string, number, (pair: PostgresPair) => Promise<void>])[] = [
    ["killed", 2, (pair) => pair.primary.kill()],
    ["cut off", 1, async (pair) => pair.cut()],
  ];
  for (const [way, few, lose] of losses) {
    const times = failovers || few;
    it(`${way}: the standby has every acknowledged write, no create succeeds twice, and writes go on, ${times} times`, async () => {
      for (let round = 0; round < times; round++) await failOver(lose);
    });
  }

  async function failOver(lose: (pair: PostgresPair) => Promise<void>): Promise<void> {
    const pair = await pairs.start();
    const servers: ServerProcess[] = [];
    try {
      for (let n = 0; n < 3; n++) servers.push(await startServerProcess({ store: pair.url }));
      const told: Told = {
        names: new Map(),
        created: new Map(),
        wrong: [],
        latest: 0,
        acknowledged: 0,
      };
      const stop = new AbortController();
      const load = servers.flatMap((server, n) =>
        Array.from({ length: writersPerServer }, (_, w) =>
          write(clientOf(server), `writer-${n}-${w}`, told, stop.signal),
        ),
      );
      await until(() => told.acknowledged >= 30, startLimit);
      await pause(Math.random() * 200);
      await lose(pair);
      pair.standby.promote();
      const promoted = Date.now();
      await until(() => told.latest > promoted + 50, recovery);
      await pause(300);
      stop.abort();
      await Promise.all(load);
      assert.deepEqual(told.wrong, []);
      await verify(servers, told);
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
      await pair.stop();
    }
  }
});

/** Every server sees what was acknowledged, and each contested profile once. */
async function verify(servers: readonly ServerProcess[], told: Told): Promise<void> {
  const twice = [...told.created].filter(([, times]) => times > 1);
  assert.deepEqual(twice, []);
  for (const server of servers) {
    const client = clientOf(server);
    for (const [userArn, name] of told.names) {
      const live = await client.send(new DescribeUserProfileCommand({ userArn }));
      assert.equal(live.displayName, name);
    }
    const listed = new Set<string | undefined>();
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new ListUserProfilesCommand({ maxResults: 100, ...(nextToken && { nextToken }) }),
      );
      for (const { userArn } of page.userProfiles ?? []) listed.add(userArn);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    for (const userArn of told.created.keys()) assert.ok(listed.has(userArn), userArn);
    client.destroy();
  }
}

/**
 * One client: creates and updates a profile of its own, and tries to create profiles that the
 * others try to create too. What ended in a retryable error may have happened or not, so it is done
 * again until it is acknowledged.
 */
async function write(
  client: CodeStarClient,
  name: string,
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  const own = arnOf(name);
  await acknowledged(told, () => create(client, own, name));
  told.names.set(own, name);
  for (let n = 0; !signal.aborted; n++) {
    const contested = arnOf(`contested-${n}`);
    // Once only: a retry that is told "exists already" cannot know whose the profile is.
    const outcome = await once(told, () => create(client, contested, name));
    if (outcome === "done") told.created.set(contested, (told.created.get(contested) ?? 0) + 1);
    const displayName = `${name} ${n}`;
    await acknowledged(told, () =>
      client.send(new UpdateUserProfileCommand({ userArn: own, displayName })),
    );
    told.names.set(own, displayName);
  }
  client.destroy();
}

async function acknowledged(told: Told, send: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const outcome = await once(told, send);
    if (outcome !== "try again") return;
    await pause(50);
  }
  told.wrong.push("a write was not acknowledged in 50 tries");
}

async function once(
  told: Told,
  send: () => Promise<unknown>,
): Promise<"done" | "exists" | "try again"> {
  try {
    await send();
    told.latest = Date.now();
    told.acknowledged += 1;
    return "done";
  } catch (error) {
    const { name } = error as CodeStarServiceException;
    if (name === "UserProfileAlreadyExistsException") return "exists";
    if (!retryable.has(name)) told.wrong.push(`${name}: ${(error as Error).message}`);
    return "try again";
  }
}

function create(client: CodeStarClient, userArn: string, name: string): Promise<unknown> {
  return client.send(
    new CreateUserProfileCommand({
      userArn,
      displayName: name,
      emailAddress: `${name}@example.com`,
    }),
  );
}

function clientOf({ url }: ServerProcess): CodeStarClient {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  return new CodeStarClient({ region: "us-east-1", credentials, endpoint: url, maxAttempts: 1 });
}

async function until(holds: () => boolean, limit: number): Promise<void> {
  const begun = Date.now();
  while (!holds()) {
    if (Date.now() - begun > limit) assert.fail(`no write was acknowledged within ${limit} ms`);
    await pause(20);
  }
}
