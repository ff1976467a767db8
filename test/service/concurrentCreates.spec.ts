import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeStarClient,
  CreateUserProfileCommand,
  DescribeUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { type RunningServer, startServer } from "../../service/http/server";
import { openDynamoDbStore } from "../../service/store/dynamodb/store";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import { openStore } from "../../service/store/open";
import { openPostgresStore } from "../../service/store/postgres/store";
import { createPostgresTable } from "../../service/store/postgres/table";
import type { ProfileStore } from "../../service/store/store";
import { patient, startDynamoDb } from "../support/dynamodbLocal";
import { PostgresServer, requirePostgres } from "../support/postgresServer";
import { arnOf } from "../support/profiles";
import { soleWinner } from "../support/soleWinner";

const region = "us-east-1";

interface Place {
  /** One handle for each server. */
  readonly stores: readonly ProfileStore[];
  remove(): Promise<void>;
}

/** Where profiles live, and by how many servers each is served. */
const places: readonly (readonly [string, (context: Mocha.Context) => Promise<Place>])[] = [
  [
    "one server on memory:",
    async () => ({ stores: [await openStore("memory:")], remove: async () => {} }),
  ],
  [
    "two servers on one file:",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "codestar-creates-"));
      const url = `file:${join(folder, "profiles.db")}`;
      return {
        stores: [await openStore(url), await openStore(url)],
        remove: () => rm(folder, { recursive: true }),
      };
    },
  ],
  [
    "two servers on one dynamodb: table",
    async () => {
      const dynamodb = await startDynamoDb();
      const url = `dynamodb://creates-${process.pid}?region=eu-west-1&endpoint=${dynamodb.endpoint}`;
      await createDynamoDbTable(url, patient);
      return {
        stores: [await openDynamoDbStore(url, patient), await openDynamoDbStore(url, patient)],
        remove: () => dynamodb.stop(),
      };
    },
  ],
  [
    "three servers on one postgres: database",
    async (context) => {
      const programs = await requirePostgres(context);
      const server = await PostgresServer.create(programs);
      await server.start();
      const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
      await createPostgresTable(url, {});
      return {
        stores: await Promise.all([1, 2, 3].map(() => openPostgresStore(url, { environment: {} }))),
        async remove() {
          await server.stop();
          programs.remove();
        },
      };
    },
  ],
];

describe("100 concurrent creates of one ARN over HTTP", () => {
  for (const [title, open] of places) {
    it(`let one win: ${title}`, async function () {
      this.timeout(60_000);
      const { stores, remove } = await open(this);
      const servers: RunningServer[] = [];
      const clients: CodeStarClient[] = [];
      try {
        for (const store of stores) servers.push(await startServer({ store, region }));
        for (const { url } of servers) {
          const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
          clients.push(new CodeStarClient({ region, credentials, endpoint: url }));
        }
        const outcomes = await Promise.allSettled(
          Array.from({ length: 100 }, (_, n) =>
            clients[n % clients.length]!.send(
              new CreateUserProfileCommand({
                userArn: arnOf("intern"),
                displayName: `Intern ${n}`,
                emailAddress: `intern-${n}@example.com`,
              }),
            ),
          ),
        );
        const winner = soleWinner(outcomes);
        for (const client of clients) {
          const live = await client.send(
            new DescribeUserProfileCommand({ userArn: arnOf("intern") }),
          );
          assert.equal(live.displayName, winner.displayName);
          assert.equal(live.emailAddress, winner.emailAddress);
        }
      } finally {
        for (const client of clients) client.destroy();
        await Promise.all(servers.map((server) => server.stop()));
        await Promise.all(stores.map((store) => store.close()));
        await remove();
      }
    });
  }
});
