import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDynamoDbStore } from "../../service/store/dynamodb";
import { createDynamoDbTable } from "../../service/store/dynamodbTable";
import { openStore } from "../../service/store/open";
import { openSqliteStore } from "../../service/store/sqlite";
import { type LocalDynamoDb, localCredentials, startDynamoDb } from "../support/dynamodbLocal";
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
        open: () => openDynamoDbStore(url, { credentials: localCredentials }),
        remove: async () => {},
      };
    },
    { durable: true, modelRuns: 40 },
  );
});
