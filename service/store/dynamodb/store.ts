import { randomUUID } from "node:crypto";
import { CodeStarError } from "../../../profile/codeStarError";
import {
  type ListRequest,
  type ProfileChange,
  type ProfileStore,
  requireWhole,
  type StoredProfile,
} from "../store";
import {
  attemptsOf,
  connect,
  type DynamoDbSettings,
  isAnswer,
  nameOf,
  parseDynamoDbUrl,
  reach,
} from "./connection";
import { changedAttributes, fromItem, toItem } from "./items";
import { accountKey, accountOf, type Item, profileKey } from "./keys";
import { firstAfter, listItems, type ReadPartition } from "./list";

const conditionFailed = "ConditionalCheckFailedException";
/** How many accounts are remembered: some 100 bytes each. */
const mostListedAccounts = 10_000;

/**
 * Opens the profiles in a DynamoDB table: `dynamodb://table`, optionally
 * `?region=…&endpoint=…`. The table is made by `codestar-profiles table create`; a missing one
 * shows at the first call. Any number of processes may share it: every read is a consistent
 * one, and nothing is kept here but which accounts are known to have their item. Who puts
 * another table in the place of one stops the servers first.
 *
 * Calls that fail in passing are tried three times, then end in a StoreUnavailableError. What a
 * lost response means for the second try:
 * - create is exact: it knows its own first try by a random id in the item. (Only when another
 *   client deletes the profile between the two tries is it created once more.)
 * - update sets the same values again.
 * - delete may answer false although it was its own first try that deleted.
 */
export async function openDynamoDbStore(
  url: string,
  settings: DynamoDbSettings = {},
): Promise<ProfileStore> {
  const address = parseDynamoDbUrl(url);
  const { sdk, client } = await connect(address, settings);
  const table = { TableName: address.table };
  const running = new Set<Promise<unknown>>();
  const listedAccounts = new Set<string>();
  let closed = false;

  /** Runs one method's work; close waits for it. */
  function run<T>(work: () => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new CodeStarError(`${nameOf(address)}: the store is closed`));
    const result = work();
    running.add(result);
    const settled = () => running.delete(result);
    result.then(settled, settled);
    return result;
  }

  async function getItem(region: string, userArn: string): Promise<Item | undefined> {
    const { Item: item } = await reach(
      address,
      client.send(
        new sdk.GetItemCommand({
          ...table,
          Key: profileKey(region, userArn),
          ConsistentRead: true,
        }),
      ),
    );
    return item;
  }

  /**
   * Settles when the account is among those that a list without an account asks. Such an item is
   * never deleted, so what was written once need not be written again.
   */
  async function listAccountOf(region: string, userArn: string): Promise<void> {
    const Item = accountKey(region, accountOf(userArn));
    const name = `${Item.shardKey!.S} ${Item.userArn!.S}`;
    if (listedAccounts.has(name)) return;
    await reach(address, client.send(new sdk.PutItemCommand({ ...table, Item })));
    if (listedAccounts.size >= mostListedAccounts) listedAccounts.clear();
    listedAccounts.add(name);
  }

  async function create(region: string, profile: StoredProfile): Promise<boolean> {
    // First, so that no crash in between leaves a profile that no list shows.
    await listAccountOf(region, profile.userArn);
    const creationId = randomUUID();
    const sent = client.send(
      new sdk.PutItemCommand({
        ...table,
        Item: { ...toItem(region, profile), creationId: { S: creationId } },
        ConditionExpression: "attribute_not_exists(userArn)",
      }),
    );
    try {
      await reach(address, sent, [conditionFailed]);
      return true;
    } catch (error) {
      if (!isAnswer(error, conditionFailed)) throw error;
      if (attemptsOf(error) === 1) return false;
      // The profile in the way may be that of an earlier try whose response was lost.
      const item = await getItem(region, profile.userArn);
      return item?.creationId?.S === creationId;
    }
  }

  async function find(region: string, userArn: string): Promise<StoredProfile | undefined> {
    const item = await getItem(region, userArn);
    return item && requireWhole(fromItem(item));
  }

  async function update(
    region: string,
    userArn: string,
    change: ProfileChange,
    modifiedAt: number,
  ): Promise<StoredProfile | undefined> {
    // DynamoDB sets no maximum of two values, so who is marked later already is told apart by a
    // condition. The time only rises while a profile is there: one that meets neither condition
    // was not there in between.
    const item =
      (await updateItem(region, userArn, change, modifiedAt, {
        condition: "#modifiedAt <= :modifiedAt",
        time: ":modifiedAt",
      })) ??
      (await updateItem(region, userArn, change, modifiedAt, {
        condition: "attribute_exists(userArn) AND NOT #modifiedAt <= :modifiedAt",
        time: "if_not_exists(#modifiedAt, :modifiedAt)",
      }));
    return item && requireWhole(fromItem(item));
  }

  async function updateItem(
    region: string,
    userArn: string,
    change: ProfileChange,
    modifiedAt: number,
    { condition, time }: { readonly condition: string; readonly time: string },
  ): Promise<Item | undefined> {
    const set = changedAttributes(change);
    const names = Object.keys(set);
    const sent = client.send(
      new sdk.UpdateItemCommand({
        ...table,
        Key: profileKey(region, userArn),
        ConditionExpression: condition,
        UpdateExpression: `SET ${[...names.map((name) => `#${name} = :${name}`), `#modifiedAt = ${time}`].join(", ")}`,
        ExpressionAttributeNames: Object.fromEntries(
          [...names, "modifiedAt"].map((name) => [`#${name}`, name]),
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(names.map((name) => [`:${name}`, set[name]!])),
          ":modifiedAt": { N: String(modifiedAt) },
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    try {
      const { Attributes: item } = await reach(address, sent, [conditionFailed]);
      return item;
    } catch (error) {
      if (isAnswer(error, conditionFailed)) return undefined;
      throw error;
    }
  }

  async function remove(region: string, userArn: string): Promise<boolean> {
    const { Attributes: old } = await reach(
      address,
      client.send(
        new sdk.DeleteItemCommand({
          ...table,
          Key: profileKey(region, userArn),
          ReturnValues: "ALL_OLD",
        }),
      ),
    );
    return old !== undefined;
  }

  const readPartition: ReadPartition = async (shard, { first, last }, limit) => {
    const { Items: items = [], LastEvaluatedKey: end } = await reach(
      address,
      client.send(
        new sdk.QueryCommand({
          ...table,
          KeyConditionExpression: "shardKey = :shard AND userArn BETWEEN :first AND :last",
          ExpressionAttributeValues: {
            ":shard": { S: shard },
            ":first": { S: first },
            ":last": { S: last },
          },
          ConsistentRead: true,
          Limit: limit,
        }),
      ),
    );
    // A page also ends at 1 MB, so only a missing key says that nothing follows.
    const lastRead = end?.userArn?.S;
    return { items, goesOnFrom: lastRead === undefined ? undefined : firstAfter(lastRead) };
  };

  async function list(region: string, request: ListRequest) {
    return (await listItems(readPartition, region, request)).map(fromItem);
  }

  return {
    create: (region, profile) => run(() => create(region, profile)),
    find: (region, userArn) => run(() => find(region, userArn)),
    update: (region, userArn, change, modifiedAt) =>
      run(() => update(region, userArn, change, modifiedAt)),
    delete: (region, userArn) => run(() => remove(region, userArn)),
    list: (region, request) => run(() => list(region, request)),
    // What a call would tell shows at each call; a table that throttles is no reason
    // to turn its clients away.
    async health() {},
    async close() {
      closed = true;
      await Promise.allSettled(running);
      client.destroy();
    },
  };
}
