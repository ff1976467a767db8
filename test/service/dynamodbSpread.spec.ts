import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { CodeStarClient, DescribeUserProfileCommand } from "@aws-sdk/client-codestar";
import { Readiness } from "../../service/http/readiness";
import { startServer } from "../../service/http/server";
import { authentication } from "../../service/identity/authentication";
import { credentialsOf, parsePrincipals } from "../../service/identity/principalsDocument";
import { connect, parseDynamoDbUrl } from "../../service/store/dynamodb/connection";
import { migrateDynamoDbTable } from "../../service/store/dynamodb/migrate";
import { openDynamoDbStore } from "../../service/store/dynamodb/store";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import type { ProfileStore, StoredProfile } from "../../service/store/store";
import { codestarProfiles } from "../support/commandLine";
import {
  type LocalDynamoDb,
  localCredentials,
  patient,
  startDynamoDb,
} from "../support/dynamodbLocal";
import { dynamoDbError, type FaultyDynamoDb, startFaultyDynamoDb } from "../support/faultyDynamoDb";
import { adminKey, principalsDocument } from "../support/signedRequest";

const credentials = localCredentials;
const region = "eu-west-1";
const large = "111111111111";

const prefix = (account: string) => `arn:aws:iam::${account}:`;
const arn = (account: string, user: string) => `${prefix(account)}user/${user}`;
const profile = (userArn: string): StoredProfile => ({
  userArn,
  displayName: "Some One",
  emailAddress: "someone@example.com",
  sshPublicKey: "",
  createdAt: 1,
  modifiedAt: 1,
});

describe("a dynamodb: table, spread over partitions", function () {
  this.timeout(60_000);
  let dynamodb: LocalDynamoDb;
  let proxy: FaultyDynamoDb;
  let tables = 0;
  let url: string;
  let store: ProfileStore;

  before(async () => {
    dynamodb = await startDynamoDb();
    proxy = await startFaultyDynamoDb(dynamodb.endpoint, () => undefined);
  });
  after(async () => {
    await proxy.stop();
    await dynamodb.stop();
  });
  beforeEach(async () => {
    url = newUrl();
    await createDynamoDbTable(url, { credentials });
    store = await openDynamoDbStore(url, patient);
  });
  afterEach(() => store.close());

  const newUrl = () => {
    tables += 1;
    return `dynamodb://spread-${process.pid}-${tables}?region=${region}&endpoint=${proxy.endpoint}`;
  };
  const fill = async (userArns: readonly string[]) => {
    const rest = [...userArns];
    while (rest.length > 0) {
      await Promise.all(rest.splice(0, 50).map((one) => store.create(region, profile(one))));
    }
  };
  const users = (count: number) =>
    Array.from({ length: count }, (_, n) => `user${String(n).padStart(5, "0")}`);

  /** How often each operation was called. */
  async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = proxy.requests.length;
    await work();
    const calls: Record<string, number> = {};
    for (const { operation } of proxy.requests.slice(before)) {
      calls[operation] = (calls[operation] ?? 0) + 1;
    }
    return calls;
  }

  it("parts the profiles of one account evenly over four partition keys", async () => {
    await fill(users(200).map((user) => arn(large, user)));
    const address = parseDynamoDbUrl(url);
    const { sdk, client } = await connect(address, { credentials });
    const { Items: items = [] } = await client.send(
      new sdk.ScanCommand({ TableName: address.table }),
    );
    client.destroy();
    const counts = new Map<string, number>();
    for (const { shardKey } of items) {
      counts.set(shardKey!.S!, (counts.get(shardKey!.S!) ?? 0) + 1);
    }
    assert.equal(counts.get(region), 1);
    counts.delete(region);
    assert.deepEqual(
      [...counts.keys()].sort(),
      [0, 1, 2, 3].map((n) => `${region}#${prefix(large)}#${n}`),
    );
    for (const count of counts.values()) assert.ok(count > 30 && count < 70, String(count));
  });

  it("lists every account in the order of ARNs, page by page, while others write", async () => {
    const accounts = ["300000000000", "100000000000", "200000000000", "200000000001"];
    const staying = accounts.flatMap((account) => users(30).map((user) => arn(account, user)));
    await fill(staying);
    const other = await openDynamoDbStore(url, patient);
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        // Accounts come too, and their profiles go again.
        const guests = [...accounts, `25000000${String(n).padStart(4, "0")}`].map((account) =>
          arn(account, `user${String(n % 30).padStart(5, "0")}-guest`),
        );
        await Promise.all(guests.map((one) => other.create(region, profile(one))));
        await Promise.all(guests.map((one) => other.delete(region, one)));
      }
    })();
    try {
      for (const limit of [7, 101]) {
        const seen: string[] = [];
        for (let after = ""; ; ) {
          const page = await store.list(region, { after, limit });
          seen.push(...page.map(({ userArn }) => userArn));
          if (page.length < limit) break;
          after = page.at(-1)!.userArn;
        }
        assert.deepEqual(seen, [...new Set(seen)].sort());
        const shown = new Set(seen);
        assert.deepEqual(
          staying.filter((one) => !shown.has(one)),
          [],
        );
      }
    } finally {
      writing = false;
      await writer;
      await other.close();
    }
  });

  it("lists the first profile of an account as soon as it is created, whoever was first", async () => {
    const others = await Promise.all([1, 2, 3].map(() => openDynamoDbStore(url, patient)));
    for (let round = 0; round < 5; round += 1) {
      const account = `4000000000${String(round).padStart(2, "0")}`;
      await Promise.all(
        others.map(async (handle, n) => {
          const userArn = arn(account, `user${n}`);
          await handle.create(region, profile(userArn));
          const listed = await store.list(region, { limit: 1_000 });
          assert.ok(listed.some((one) => one.userArn === userArn));
        }),
      );
    }
    await Promise.all(others.map((handle) => handle.close()));
  });

  it("creates no profile while its account cannot be written down", async () => {
    const address = parseDynamoDbUrl(url);
    const broken = dynamoDbError("InternalServerError", "oops", 500);
    const cut = await startFaultyDynamoDb(dynamodb.endpoint, ({ operation, input }) => {
      const { shardKey } = (input.Item ?? {}) as { shardKey?: { S: string } };
      return operation === "PutItem" && shardKey?.S === region ? broken : undefined;
    });
    const away = await openDynamoDbStore(
      `dynamodb://${address.table}?region=${region}&endpoint=${cut.endpoint}`,
      { credentials, tryTimeout: 100 },
    );
    const userArn = arn(large, "ann");
    await assert.rejects(away.create(region, profile(userArn)), { name: "StoreUnavailableError" });
    await away.close();
    await cut.stop();
    assert.equal(await store.find(region, userArn), undefined);
  });

  describe("costs, as counted", () => {
    it("one call for each of create, find, update and delete; two for a create that is the first of its account here", async () => {
      const ann = arn(large, "ann");
      const create = (user: string) => () => store.create(region, profile(arn(large, user)));
      assert.deepEqual(await callsOf(create("ann")), { PutItem: 2 });
      assert.deepEqual(await callsOf(create("bob")), { PutItem: 1 });
      assert.deepEqual(await callsOf(create("bob")), { PutItem: 1 });
      assert.deepEqual(await callsOf(() => store.find(region, ann)), { GetItem: 1 });
      assert.deepEqual(await callsOf(() => store.update(region, ann, { displayName: "Ann" }, 2)), {
        UpdateItem: 1,
      });
      assert.deepEqual(await callsOf(() => store.delete(region, ann)), { DeleteItem: 1 });
    });

    it("a page of an account's list is four queries, seldom one or two more", async () => {
      const everyone = users(500).map((user) => arn(large, user));
      await fill(everyone);
      let pages = 0;
      const { Query: queries } = await callsOf(async () => {
        for (let after = ""; ; pages += 1) {
          const request = { arnPrefix: prefix(large), after, limit: 101 };
          const page = await store.list(region, request);
          if (page.length < 101) break;
          after = page[99]!.userArn;
        }
      });
      assert.equal(pages, 4);
      assert.ok(queries! >= 20 && queries! <= 25, String(queries));
      assert.deepEqual(
        await callsOf(() => store.list(region, { arnPrefix: prefix("900000000000"), limit: 101 })),
        { Query: 4 },
      );
    });

    it("a list without an account is one query more, and four for each account that it comes to", async () => {
      const accounts = Array.from({ length: 20 }, (_, n) => `5000000000${10 + n}`);
      await fill(accounts.map((account) => arn(account, "ann")));
      assert.deepEqual(await callsOf(() => store.list(region, { limit: 101 })), { Query: 81 });
      assert.deepEqual(await callsOf(() => store.list(region, { limit: 1 })), { Query: 5 });
      assert.deepEqual(await callsOf(() => store.list("eu-west-2", { limit: 101 })), { Query: 1 });
    });

    it("health is one read each 30 seconds, none while requests come", async () => {
      let now = 0;
      const readiness = new Readiness({ store, audit: undefined, region, now: () => now });
      const probes = async () => {
        for (; now < 60_000; now += 1_000) assert.equal(await readiness.condition(), "ok");
      };
      assert.deepEqual(await callsOf(probes), { GetItem: 2 });
    });

    it("authentication is none: a signed request costs what it reads", async () => {
      const userArn = arn("123456789012", "ann");
      await store.create(region, profile(userArn));
      const document = parsePrincipals(JSON.stringify(principalsDocument), "principals.json");
      const server = await startServer({
        store,
        region,
        authenticate: authentication({ credentials: credentialsOf(document), clock: Date.now }),
      });
      const client = new CodeStarClient({ region, credentials: adminKey, endpoint: server.url });
      try {
        const calls = await callsOf(() => client.send(new DescribeUserProfileCommand({ userArn })));
        assert.deepEqual(calls, { GetItem: 1 });
      } finally {
        client.destroy();
        await server.stop();
      }
    });
  });

  describe("where a table of an earlier version is", () => {
    const told = /region and userArn.*codestar-profiles table migrate dynamodb:\/\/spread-/;
    const profiles = users(40).map((user) => profile(arn(large, user)));
    let oldUrl: string;

    beforeEach(async () => {
      oldUrl = newUrl();
      const address = parseDynamoDbUrl(oldUrl);
      const { sdk, client } = await connect(address, { credentials });
      await client.send(
        new sdk.CreateTableCommand({
          TableName: address.table,
          KeySchema: [
            { AttributeName: "region", KeyType: "HASH" },
            { AttributeName: "userArn", KeyType: "RANGE" },
          ],
          AttributeDefinitions: [
            { AttributeName: "region", AttributeType: "S" },
            { AttributeName: "userArn", AttributeType: "S" },
          ],
          BillingMode: "PAY_PER_REQUEST",
        }),
      );
      await sdk.waitUntilTableExists(
        { client, minDelay: 0.05, maxDelay: 1, maxWaitTime: 20 },
        { TableName: address.table },
      );
      await Promise.all(
        profiles.map(({ createdAt, modifiedAt, ...texts }) =>
          client.send(
            new sdk.PutItemCommand({
              TableName: address.table,
              Item: {
                region: { S: region },
                createdAt: { N: String(createdAt) },
                modifiedAt: { N: String(modifiedAt) },
                ...Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }])),
              },
            }),
          ),
        ),
      );
      client.destroy();
    });

    it("table create and every call refuse it, and say how to move", async () => {
      await assert.rejects(createDynamoDbTable(oldUrl, { credentials }), told);
      const old = await openDynamoDbStore(oldUrl, { credentials });
      const one = profiles[0]!;
      await assert.rejects(old.create(region, one), told);
      await assert.rejects(old.find(region, one.userArn), told);
      await assert.rejects(old.update(region, one.userArn, { displayName: "X" }, 2), told);
      await assert.rejects(old.delete(region, one.userArn), told);
      await assert.rejects(old.list(region, { limit: 1 }), told);
      await assert.rejects(old.list(region, { arnPrefix: prefix(large), limit: 1 }), told);
      await old.close();
    });

    it("table migrate copies it, again without harm, and never over another profile", async () => {
      const migrate = () => migrateDynamoDbTable(oldUrl, url, { credentials });
      assert.deepEqual(await migrate(), { copied: 40, there: 0 });
      assert.deepEqual(await store.list(region, { limit: 100 }), profiles);
      await store.delete(region, profiles[7]!.userArn);
      const env = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
      const migrated = await codestarProfiles(tmpdir(), ["table", "migrate", oldUrl, url], env);
      assert.equal(migrated.status, 0, migrated.err);
      assert.equal(migrated.out, "Copied 1 profile; 39 were there already.\n");
      await store.update(region, profiles[7]!.userArn, { displayName: "Newer" }, 5);
      await assert.rejects(migrate(), /holds another profile of .*user00007 in eu-west-1/);
      assert.equal((await store.find(region, profiles[7]!.userArn))?.displayName, "Newer");
    });

    it("table migrate refuses what it would not copy whole", async () => {
      const address = parseDynamoDbUrl(oldUrl);
      const { sdk, client } = await connect(address, { credentials });
      const Item = { region: { S: region }, userArn: { S: arn(large, "broken") } };
      await client.send(new sdk.PutItemCommand({ TableName: address.table, Item }));
      client.destroy();
      await assert.rejects(
        migrateDynamoDbTable(oldUrl, url, { credentials }),
        /the profile of .*broken in eu-west-1 cannot be read whole/,
      );
      await assert.rejects(
        migrateDynamoDbTable(url, oldUrl, { credentials }),
        /only a table keyed by region and userArn is migrated; its keys are shardKey,userArn/,
      );
    });
  });
});
