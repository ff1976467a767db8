import assert from "node:assert/strict";
import { connect, parseDynamoDbUrl } from "../../service/store/dynamodb/connection";
import { openDynamoDbStore } from "../../service/store/dynamodb/store";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import {
  type LocalDynamoDb,
  localCredentials,
  patient,
  startDynamoDb,
} from "../support/dynamodbLocal";
import {
  type DynamoDbRequest,
  dynamoDbError,
  type Fault,
  startFaultyDynamoDb,
} from "../support/faultyDynamoDb";

const credentials = localCredentials;

describe("createDynamoDbTable", () => {
  let dynamodb: LocalDynamoDb;
  const urlOf = (endpoint: string, table: string) =>
    `dynamodb://${table}-${process.pid}?region=eu-west-1&endpoint=${endpoint}`;

  before(async () => {
    dynamodb = await startDynamoDb();
  });
  after(() => dynamodb.stop());

  it("creates a table that a store works on, and is content with it from then on", async () => {
    const url = urlOf(dynamodb.endpoint, "created");
    assert.equal((await createDynamoDbTable(url, { credentials })).created, true);
    assert.equal((await createDynamoDbTable(url, { credentials })).created, false);
    const store = await openDynamoDbStore(url, patient);
    assert.deepEqual(await store.list("eu-west-1", { limit: 1 }), []);
    await store.close();
  });

  it("lets several processes create it at once", async () => {
    const url = urlOf(dynamodb.endpoint, "together");
    const made = await Promise.all(
      Array.from({ length: 5 }, () => createDynamoDbTable(url, { credentials })),
    );
    assert.equal(made.filter(({ created }) => created).length, 1);
  });

  it("refuses a table with other keys", async () => {
    const url = urlOf(dynamodb.endpoint, "foreign");
    const address = parseDynamoDbUrl(url);
    const { sdk, client } = await connect(address, { credentials });
    await client.send(
      new sdk.CreateTableCommand({
        TableName: address.table,
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    client.destroy();
    await assert.rejects(
      createDynamoDbTable(url, { credentials }),
      /a table of that name exists with other keys than shardKey and userArn, both strings$/,
    );
  });

  describe("on a DynamoDB that answers as Amazon's", () => {
    const active = {
      TableStatus: "ACTIVE",
      KeySchema: [
        { AttributeName: "shardKey", KeyType: "HASH" },
        { AttributeName: "userArn", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "userArn", AttributeType: "S" },
        { AttributeName: "shardKey", AttributeType: "S" },
      ],
    };
    const recovery = (status: string) => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status },
      },
    });
    const answer = (body: object): Fault => ({ status: 200, body });

    it("asks for on-demand billing, deletion protection and recovery, and waits", async () => {
      const { requests, table } = await createWith({
        CreateTable: [answer({ TableDescription: { ...active, TableStatus: "CREATING" } })],
        DescribeTable: [
          answer({ Table: { ...active, TableStatus: "CREATING" } }),
          answer({ Table: { ...active, DeletionProtectionEnabled: true } }),
          answer({ Table: { ...active, DeletionProtectionEnabled: true } }),
        ],
        DescribeContinuousBackups: [answer(recovery("DISABLED")), answer(recovery("DISABLED"))],
        UpdateContinuousBackups: [
          dynamoDbError("ContinuousBackupsUnavailableException"),
          answer(recovery("ENABLED")),
        ],
      });
      assert.deepEqual(table, {
        created: true,
        deletionProtection: "on",
        pointInTimeRecovery: "on",
      });
      const { TableName, ...create } = requests.find(
        (one) => one.operation === "CreateTable",
      )!.input;
      assert.match(String(TableName), /^scripted-/);
      assert.deepEqual(create, {
        KeySchema: active.KeySchema,
        AttributeDefinitions: [...active.AttributeDefinitions].reverse(),
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
      });
      assert.deepEqual(requests.at(-1)?.input, {
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    });

    it("turns on what an existing table lacks", async () => {
      const { requests, table } = await createWith({
        CreateTable: [dynamoDbError("ResourceInUseException")],
        DescribeTable: [
          answer({ Table: { ...active, DeletionProtectionEnabled: false } }),
          answer({ Table: { ...active, DeletionProtectionEnabled: false } }),
          answer({ Table: { ...active, DeletionProtectionEnabled: true } }),
        ],
        UpdateTable: [answer({ TableDescription: active })],
        DescribeContinuousBackups: [answer(recovery("DISABLED"))],
        UpdateContinuousBackups: [answer(recovery("ENABLED"))],
      });
      assert.deepEqual(table, {
        created: false,
        deletionProtection: "on",
        pointInTimeRecovery: "on",
      });
      const { TableName: _, ...update } = requests.find(
        (one) => one.operation === "UpdateTable",
      )!.input;
      assert.deepEqual(update, { DeletionProtectionEnabled: true });
    });

    it("changes nothing on a table that has everything", async () => {
      const described = answer({ Table: { ...active, DeletionProtectionEnabled: true } });
      const { requests } = await createWith({
        CreateTable: [dynamoDbError("ResourceInUseException")],
        DescribeTable: [described, described],
        DescribeContinuousBackups: [answer(recovery("ENABLED"))],
      });
      assert.deepEqual(
        requests.map(({ operation }) => operation),
        ["CreateTable", "DescribeTable", "DescribeTable", "DescribeContinuousBackups"],
      );
    });

    it("says what it was not allowed to do", async () => {
      await assert.rejects(
        createWith({ CreateTable: [dynamoDbError("AccessDeniedException")] }),
        /^StoreUnavailableError: dynamodb:\/\/scripted-\d+ at .*: refused \(AccessDeniedException\)$/,
      );
    });

    it("gives up when the table does not become active in time", async () => {
      const creating = answer({ Table: { ...active, TableStatus: "CREATING" } });
      await assert.rejects(
        createWith(
          {
            CreateTable: [dynamoDbError("ResourceInUseException")],
            DescribeTable: [creating, creating, creating],
          },
          1,
        ),
        /the table is not active after 1 s$/,
      );
    });

    /** Creates a table on a DynamoDB that gives these answers, each once. */
    async function createWith(script: Record<string, Fault[]>, patience = 20) {
      const unexpected = dynamoDbError("InternalServerError", "not in the script", 500);
      const next = ({ operation }: DynamoDbRequest) => script[operation]?.shift() ?? unexpected;
      const scripted = await startFaultyDynamoDb(dynamodb.endpoint, next);
      try {
        const url = urlOf(scripted.endpoint, "scripted");
        const table = await createDynamoDbTable(url, { credentials, patience });
        return { table, requests: scripted.requests };
      } finally {
        await scripted.stop();
      }
    }
  });
});
