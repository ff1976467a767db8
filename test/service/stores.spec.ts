import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDynamoDbStore } from "../../service/store/dynamodb/store";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import { openStore } from "../../service/store/open";
import { openPostgresStore } from "../../service/store/postgres/store";
import { createPostgresTable } from "../../service/store/postgres/table";
import { openSqliteStore } from "../../service/store/sqlite/store";
import {
  type LocalDynamoDb,
  localCredentials,
  patient,
  startDynamoDb,
} from "../support/dynamodbLocal";
import { type PostgresPrograms, PostgresServer, requirePostgres } from "../support/postgresServer";
import { conformsToProfileStore } from "../support/storeConformance";

describe("the memory: store", () => {
  conformsToProfileStore(
    async () => ({ open: () => openStore("memory:"), remove: async () => {} }),
    { durable: false, modelRuns: 200 },
  );
});

describe("the file: store", () => {
  conformsToProfileStore(
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "codestar-store-"));
      return {
        // A database of its own each time, as another process has one; openStore shares one.
        open: () => openSqliteStore(join(directory, "profiles.db")),
        remove: () => rm(directory, { recursive: true }),
      };
    },
    { durable: true, modelRuns: 40 },
  );
});

describe("the dynamodb: store", () => {
  let dynamodb: LocalDynamoDb;
  let tables = 0;

  before(async () => {
    dynamodb = await startDynamoDb();
  });
  after(() => dynamodb.stop());

  conformsToProfileStore(
    async () => {
      tables += 1;
      const table = `profiles-${process.pid}-${tables}`;
      const url = `dynamodb://${table}?region=eu-west-1&endpoint=${dynamodb.endpoint}`;
      await createDynamoDbTable(url, { credentials: localCredentials });
      return {
        open: () => openDynamoDbStore(url, patient),
        remove: async () => {},
      };
    },
    { durable: true, modelRuns: 40 },
  );
});

describe("the postgres: store", () => {
  let programs: PostgresPrograms;
  let server: PostgresServer;

  before(async function () {
    programs = await requirePostgres(this);
    server = await PostgresServer.create(programs);
    await server.start();
  });
  after(async () => {
    await server?.stop();
    programs?.remove();
  });

  conformsToProfileStore(
    async () => {
      const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
      await createPostgresTable(url, {});
      return {
        open: () => openPostgresStore(url, { environment: {} }),
        remove: async () => {},
      };
    },
    { durable: true, modelRuns: 40 },
  );
});
