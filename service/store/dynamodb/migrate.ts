import { CodeStarError } from "../../../profile/codeStarError";
import type { StoredProfile } from "../store";
import {
  connect,
  type DynamoDbAddress,
  type DynamoDbConnection,
  type DynamoDbSettings,
  nameOf,
  parseDynamoDbUrl,
  reach,
} from "./connection";
import { fromItem } from "./items";
import type { Item } from "./keys";
import { openDynamoDbStore } from "./store";

export interface Migration {
  /** Profiles that the new table holds from now on. */
  readonly copied: number;
  /** Profiles that the new table held already, the same ones; of an earlier run, for instance. */
  readonly there: number;
}

/** Creates sent at a time. */
const together = 16;

/**
 * Copies the profiles of a table of an earlier version, keyed by region and userArn, into a table
 * of this one. The old table is only read, and nobody may write to it meanwhile. It can be run
 * again after a failure. Throws a sentence for the first profile that is damaged, or that the new
 * table holds with other members.
 */
export async function migrateDynamoDbTable(
  from: string,
  to: string,
  settings: DynamoDbSettings = {},
): Promise<Migration> {
  const address = parseDynamoDbUrl(from);
  const connection = await connect(address, settings);
  const target = await openDynamoDbStore(to, settings);
  const migration = { copied: 0, there: 0 };
  try {
    await requireOldShape(connection, address);
    for await (const items of pagesOf(connection, address)) {
      while (items.length > 0) {
        const batch = items.splice(0, together).map((item) => readOld(item, address));
        const created = await Promise.all(
          batch.map(async ({ region, profile }) => {
            if (await target.create(region, profile)) return true;
            const there = await target.find(region, profile.userArn);
            if (!isSame(profile, there)) throw differs(region, profile, to);
            return false;
          }),
        );
        const copied = created.filter(Boolean).length;
        migration.copied += copied;
        migration.there += created.length - copied;
      }
    }
    return migration;
  } finally {
    connection.client.destroy();
    await target.close();
  }
}

async function requireOldShape(
  { sdk, client }: DynamoDbConnection,
  address: DynamoDbAddress,
): Promise<void> {
  const { Table: table } = await reach(
    address,
    client.send(new sdk.DescribeTableCommand({ TableName: address.table })),
  );
  const keys = table?.KeySchema?.map(({ AttributeName: name }) => name).join();
  if (keys !== "region,userArn") {
    throw new CodeStarError(
      `${nameOf(address)}: only a table keyed by region and userArn is migrated; its keys are ${keys}`,
    );
  }
}

async function* pagesOf(
  { sdk, client }: DynamoDbConnection,
  address: DynamoDbAddress,
): AsyncGenerator<Item[]> {
  let start: Item | undefined;
  do {
    const scan = new sdk.ScanCommand({
      TableName: address.table,
      ConsistentRead: true,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    const { Items: items = [], LastEvaluatedKey: last } = await reach(address, client.send(scan));
    yield items;
    start = last;
  } while (start !== undefined);
}

function readOld(item: Item, address: DynamoDbAddress) {
  const region = item.region?.S;
  const profile = fromItem(item);
  if (region === undefined || "damaged" in profile) {
    throw new CodeStarError(
      `${nameOf(address)}: the profile of ${profile.userArn} in ${region} cannot be read whole; repair or delete it with the version that wrote it`,
    );
  }
  return { region, profile };
}

function isSame(profile: StoredProfile, there: StoredProfile | undefined): boolean {
  const members = Object.keys(profile) as (keyof StoredProfile)[];
  return there !== undefined && members.every((member) => there[member] === profile[member]);
}

function differs(region: string, { userArn }: StoredProfile, to: string): Error {
  return new CodeStarError(
    `${nameOf(parseDynamoDbUrl(to))}: holds another profile of ${userArn} in ${region}; migrate into a table that no server has written to`,
  );
}
