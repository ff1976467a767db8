import type { CreateTableCommandInput, TableDescription } from "@aws-sdk/client-dynamodb";
import { CodeStarError } from "../../../profile/codeStarError";
import {
  connect,
  type DynamoDbAddress,
  type DynamoDbConnection,
  type DynamoDbSettings,
  isAnswer,
  nameOf,
  oldShape,
  parseDynamoDbUrl,
  reach,
} from "./connection";
import { keySchema } from "./keys";

/**
 * What a table has now. `unsupported`: this DynamoDB does not know the feature (some emulators).
 */
export interface DynamoDbTable {
  readonly created: boolean;
  readonly deletionProtection: "on" | "unsupported";
  readonly pointInTimeRecovery: "on" | "unsupported";
}

export interface CreateTableSettings extends DynamoDbSettings {
  /**
   * How long to wait until the table is active and its recovery can be set, in
   * seconds; 120 when absent.
   */
  readonly patience?: number;
}

const attributes: CreateTableCommandInput["AttributeDefinitions"] = [
  { AttributeName: "shardKey", AttributeType: "S" },
  { AttributeName: "userArn", AttributeType: "S" },
];

/** The table exists, or another process is creating it just now. */
const inUse = "ResourceInUseException";
const unknownOperation = "UnknownOperationException";
/** DynamoDB prepares backups for a while after a table has become active. */
const notReady = "ContinuousBackupsUnavailableException";

/**
 * Creates the table of a `dynamodb://table` store, or makes good what an existing one lacks:
 * deletion protection and point-in-time recovery. A new table is billed per request. Settles when
 * it is active; running it again changes nothing. Throws when a table of the name has other keys.
 */
export async function createDynamoDbTable(
  url: string,
  settings: CreateTableSettings = {},
): Promise<DynamoDbTable> {
  const address = parseDynamoDbUrl(url);
  const work = {
    ...(await connect(address, settings)),
    address,
    patience: settings.patience ?? 120,
  };
  try {
    const created = await createIfAbsent(work);
    await untilActive(work);
    const table = await describeTable(work);
    refuseOtherKeys(table, address);
    return {
      created,
      deletionProtection: await protect(table, work),
      pointInTimeRecovery: await keepBackups(work),
    };
  } finally {
    work.client.destroy();
  }
}

interface Work extends DynamoDbConnection {
  readonly address: DynamoDbAddress;
  readonly patience: number;
}

async function createIfAbsent({ sdk, client, address }: Work): Promise<boolean> {
  const sent = client.send(
    new sdk.CreateTableCommand({
      TableName: address.table,
      KeySchema: keySchema,
      AttributeDefinitions: attributes,
      BillingMode: "PAY_PER_REQUEST",
      DeletionProtectionEnabled: true,
    }),
  );
  try {
    await reach(address, sent, [inUse]);
    return true;
  } catch (error) {
    if (isAnswer(error, inUse)) return false;
    throw error;
  }
}

async function untilActive({ sdk, client, address, patience }: Work): Promise<void> {
  const waited = sdk.waitUntilTableExists(
    { client, minDelay: 0.5, maxDelay: 5, maxWaitTime: patience },
    { TableName: address.table },
  );
  try {
    await reach(address, waited, ["TimeoutError"]);
  } catch (error) {
    if (!isAnswer(error, "TimeoutError")) throw error;
    throw new CodeStarError(`${nameOf(address)}: the table is not active after ${patience} s`);
  }
}

async function describeTable({ sdk, client, address }: Work): Promise<TableDescription> {
  const sent = client.send(new sdk.DescribeTableCommand({ TableName: address.table }));
  const { Table: table } = await reach(address, sent);
  if (table === undefined) {
    throw new CodeStarError(`${nameOf(address)}: DynamoDB described no table`);
  }
  return table;
}

function refuseOtherKeys(table: TableDescription, address: DynamoDbAddress): void {
  const type = (name: string | undefined) =>
    table.AttributeDefinitions?.find((attribute) => attribute.AttributeName === name)
      ?.AttributeType;
  const keys = table.KeySchema?.map((part) => `${part.AttributeName} ${type(part.AttributeName)}`);
  if (keys?.join() === "shardKey S,userArn S") return;
  if (keys?.join() === "region S,userArn S") throw new CodeStarError(oldShape(address));
  throw new CodeStarError(
    `${nameOf(address)}: a table of that name exists with other keys than shardKey and userArn, both strings`,
  );
}

async function protect(
  { DeletionProtectionEnabled: protection }: TableDescription,
  work: Work,
): Promise<DynamoDbTable["deletionProtection"]> {
  // DynamoDB itself always says true or false.
  if (protection === undefined) return "unsupported";
  if (protection) return "on";
  const { sdk, client, address } = work;
  const change = { TableName: address.table, DeletionProtectionEnabled: true };
  await reach(address, client.send(new sdk.UpdateTableCommand(change)));
  await untilActive(work);
  return "on";
}

async function keepBackups(work: Work): Promise<DynamoDbTable["pointInTimeRecovery"]> {
  const deadline = Date.now() + work.patience * 1_000;
  for (;;) {
    try {
      await turnOnRecovery(work);
      return "on";
    } catch (error) {
      if (isAnswer(error, unknownOperation)) return "unsupported";
      if (!isAnswer(error, notReady) || Date.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

async function turnOnRecovery({ sdk, client, address }: Work): Promise<void> {
  const table = { TableName: address.table };
  const awaited = [unknownOperation, notReady];
  const described = client.send(new sdk.DescribeContinuousBackupsCommand(table));
  const { ContinuousBackupsDescription: backups } = await reach(address, described, awaited);
  const recovery = backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  if (recovery === "ENABLED") return;
  const update = new sdk.UpdateContinuousBackupsCommand({
    ...table,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  await reach(address, client.send(update), awaited);
}
