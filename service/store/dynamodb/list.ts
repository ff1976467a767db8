import { type ArnRange, arnRange } from "../arnRange";
import type { ListRequest } from "../store";
import { accountOf, type Item, isWithinAccount, shardKey, shardsOfAccount } from "./keys";

/**
 * What DynamoDB answers for a range of one partition, in order: at most `limit`
 * items, and where to go on.
 */
export type ReadPartition = (
  shard: string,
  range: KeyRange,
  limit: number,
) => Promise<{ readonly items: readonly Item[]; readonly goesOnFrom: string | undefined }>;

/** From `first` through `last`, both counted. */
export interface KeyRange {
  readonly first: string;
  readonly last: string;
}

/** Accounts read at a time, once those before them did not fill the page. */
const mostAccountsAtATime = 8;
const accountsPerRead = 100;

/**
 * The items of profiles in the order of their ARNs, merged from the partitions that hold them.
 * Accounts follow each other in that order, so only the shards of one account are merged.
 */
export async function listItems(
  read: ReadPartition,
  region: string,
  request: ListRequest,
): Promise<readonly Item[]> {
  const { arnPrefix = "", limit } = request;
  const range = keyRange(arnRange(request));
  if (range === undefined) return [];
  if (isWithinAccount(arnPrefix)) {
    return listAccount(read, region, accountOf(arnPrefix), range, limit);
  }
  const listed: Item[] = [];
  // The account in which the range begins has ARNs behind it, though its own name is before it.
  let accounts: KeyRange | undefined = { ...range, first: accountOf(range.first) };
  let atATime = 1;
  while (accounts !== undefined) {
    const { items, goesOnFrom } = await read(region, accounts, accountsPerRead);
    const names = items.map(arnOf);
    while (names.length > 0) {
      const some = names.splice(0, atATime);
      const missing = limit - listed.length;
      const found = await Promise.all(
        some.map((account) => listAccount(read, region, account, range, missing)),
      );
      listed.push(...found.flat());
      if (listed.length >= limit) return listed.slice(0, limit);
      atATime = Math.min(2 * atATime, mostAccountsAtATime);
    }
    accounts = goesOnFrom === undefined ? undefined : { ...range, first: goesOnFrom };
  }
  return listed;
}

interface Shard {
  readonly key: string;
  /** Read and not yet merged. */
  items: Item[];
  /** What is not read yet; undefined at the end. */
  rest: KeyRange | undefined;
}

async function listAccount(
  read: ReadPartition,
  region: string,
  account: string,
  range: KeyRange,
  limit: number,
): Promise<Item[]> {
  const shards = Array.from(
    { length: shardsOfAccount },
    (_, n): Shard => ({ key: shardKey(region, account, n), items: [], rest: range }),
  );
  const merged: Item[] = [];
  while (merged.length < limit) {
    const share = shareOf(limit - merged.length);
    // Which item is next is known only when each shard shows its own next one.
    const silent = shards.filter(({ items, rest }) => items.length === 0 && rest !== undefined);
    if (silent.length > 0) {
      await Promise.all(silent.map((shard) => showNext(read, shard, share)));
    }
    const next = shards
      .filter(({ items }) => items.length > 0)
      .reduce<Shard | undefined>(
        (first, shard) =>
          first === undefined || arnOf(shard.items[0]!) < arnOf(first.items[0]!) ? shard : first,
        undefined,
      );
    if (next === undefined) break;
    merged.push(next.items.shift()!);
  }
  return merged;
}

async function showNext(read: ReadPartition, shard: Shard, share: number): Promise<void> {
  while (shard.items.length === 0 && shard.rest !== undefined) {
    const { items, goesOnFrom } = await read(shard.key, shard.rest, share);
    shard.items = [...items];
    shard.rest = goesOnFrom === undefined ? undefined : { ...shard.rest, first: goesOnFrom };
  }
}

/**
 * How many of a page's items to ask one shard for: two standard deviations more
 * than it holds on average.
 */
function shareOf(limit: number): number {
  const average = limit / shardsOfAccount;
  return Math.min(limit, Math.ceil(average + 2 * Math.sqrt(average)));
}

const arnOf = (item: Item): string => item.userArn?.S ?? "";

/**
 * The range with both its ends counted, as DynamoDB has it; undefined when nothing can be in it.
 */
function keyRange({ start, inclusive, end }: ArnRange): KeyRange | undefined {
  // DynamoDB refuses an empty text as a key, and two ends in the wrong order.
  const first = start === "" ? "\0" : inclusive ? start : firstAfter(start);
  // `end` is no ARN: it is what follows the prefix's last character, or the last of all characters.
  return first > end ? undefined : { first, last: end };
}

/** The first text that sorts after this one. */
export function firstAfter(text: string): string {
  return `${text}\0`;
}
