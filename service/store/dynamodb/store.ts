import { randomUUID } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  type DamagedProfile,
  type ListRequest,
  type ProfileChange,
  type ProfileStore,
  profileOf,
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

type Item = Record<string, AttributeValue>;

const conditionFailed = "ConditionalCheckFailedException";

/**
 * Opens the profiles in a DynamoDB table: `dynamodb://table`, optionally `?region=…&endpoint=…`. The table
 * is made by `codestar-profiles table create`; a missing one shows at the first call. Any number of
 * processes may share it: nothing is kept here, and every read is a consistent one.
 *
 * Calls that fail in passing are tried three times, then end in a StoreUnavailableError. What a lost
 * response means for the second try:
 * - create is exact: it knows its own first try by a random id in the item. (Only when another client
 *   deletes the profile between the two tries is it created once more.)
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
  let closed = false;

  /** Runs one method's work; close waits for it. */
  function run<T>(work: () => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new Error(`${nameOf(address)}: the store is closed`));
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
        new sdk.GetItemCommand({ ...table, Key: key(region, userArn), ConsistentRead: true }),
      ),
    );
    return item;
  }

  async function create(region: string, profile: StoredProfile): Promise<boolean> {
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
    } catch (err) {
      if (!isAnswer(err, conditionFailed)) throw err;
      if (attemptsOf(err) === 1) return false;
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
    // DynamoDB sets no maximum of two values, so who is marked later already is told apart by a condition. The time
    // only rises while a profile is there: one that meets neither condition was not there in between.
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
        Key: key(region, userArn),
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
    } catch (err) {
      if (isAnswer(err, conditionFailed)) return undefined;
      throw err;
    }
  }

  async function remove(region: string, userArn: string): Promise<boolean> {
    const { Attributes: old } = await reach(
      address,
      client.send(
        new sdk.DeleteItemCommand({
          ...table,
          Key: key(region, userArn),
          ReturnValues: "ALL_OLD",
        }),
      ),
    );
    return old !== undefined;
  }

  async function list(
    region: string,
    request: ListRequest,
  ): Promise<(StoredProfile | DamagedProfile)[]> {
    const range = rangeOf(request);
    const profiles: (StoredProfile | DamagedProfile)[] = [];
    if (range === undefined) return profiles;
    let start = range.after === undefined ? undefined : key(region, range.after);
    while (profiles.length < request.limit) {
      const { Items: items = [], LastEvaluatedKey: last } = await reach(
        address,
        client.send(
          new sdk.QueryCommand({
            ...table,
            ...keyCondition(region, range.arnPrefix),
            ConsistentRead: true,
            Limit: request.limit - profiles.length,
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        ),
      );
      profiles.push(...items.map(fromItem));
      // A page also ends at 1 MB, so only a missing key says that nothing follows.
      if (last === undefined) break;
      start = last;
    }
    return profiles;
  }

  return {
    create: (region, profile) => run(() => create(region, profile)),
    find: (region, userArn) => run(() => find(region, userArn)),
    update: (region, userArn, change, modifiedAt) =>
      run(() => update(region, userArn, change, modifiedAt)),
    delete: (region, userArn) => run(() => remove(region, userArn)),
    list: (region, request) => run(() => list(region, request)),
    // What a call would tell shows at each call; a table that throttles is no reason to turn its clients away.
    async health() {},
    async close() {
      closed = true;
      await Promise.allSettled(running);
      client.destroy();
    },
  };
}

function key(region: string, userArn: string): Item {
  return { region: { S: region }, userArn: { S: userArn } };
}

function toItem(region: string, profile: StoredProfile): Item {
  return {
    ...key(region, profile.userArn),
    displayName: { S: profile.displayName },
    emailAddress: { S: profile.emailAddress },
    sshPublicKey: { S: profile.sshPublicKey },
    createdAt: { N: String(profile.createdAt) },
    modifiedAt: { N: String(profile.modifiedAt) },
  };
}

/** A member that was not written here is damaged. */
function fromItem(item: Item): StoredProfile | DamagedProfile {
  const time = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  return profileOf({
    userArn: item.userArn?.S,
    displayName: item.displayName?.S,
    emailAddress: item.emailAddress?.S,
    sshPublicKey: item.sshPublicKey?.S,
    createdAt: time("createdAt"),
    modifiedAt: time("modifiedAt"),
  });
}

function changedAttributes(change: ProfileChange): Item {
  const changed: Item = {};
  if (change.displayName !== undefined) changed.displayName = { S: change.displayName };
  if (change.emailAddress !== undefined) changed.emailAddress = { S: change.emailAddress };
  if (change.sshPublicKey !== undefined) changed.sshPublicKey = { S: change.sshPublicKey };
  return changed;
}

/** `region` is one of DynamoDB's reserved words, so it needs a placeholder. */
function keyCondition(region: string, arnPrefix: string | undefined) {
  const inRegion = "#region = :region";
  return {
    KeyConditionExpression:
      arnPrefix === undefined ? inRegion : `${inRegion} AND begins_with(userArn, :arnPrefix)`,
    ExpressionAttributeNames: { "#region": "region" },
    ExpressionAttributeValues: {
      ":region": { S: region },
      ...(arnPrefix === undefined ? {} : { ":arnPrefix": { S: arnPrefix } }),
    },
  };
}

/**
 * The request in DynamoDB's terms; undefined when nothing can match. DynamoDB refuses a start key outside
 * the prefix: one before it is the same as none, and after one behind it nothing follows.
 */
function rangeOf({ arnPrefix, after }: ListRequest): Omit<ListRequest, "limit"> | undefined {
  const prefix = arnPrefix === undefined || arnPrefix === "" ? {} : { arnPrefix };
  if (after === undefined || after === "") return prefix;
  if (arnPrefix === undefined || after.startsWith(arnPrefix)) return { ...prefix, after };
  return after < arnPrefix ? prefix : undefined;
}
