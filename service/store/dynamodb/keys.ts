import { createHash } from "node:crypto";
import type { AttributeValue, CreateTableCommandInput } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

/** The key of every item: what DynamoDB spreads by, and what it sorts by within that. */
export const keySchema: CreateTableCommandInput["KeySchema"] = [
  { AttributeName: "shardKey", KeyType: "HASH" },
  { AttributeName: "userArn", KeyType: "RANGE" },
];

/**
 * Partition keys of one account in one region. DynamoDB serves 1,000 writes and 3,000
 * reads of 4 KB a second for each ("Partitions and data distribution" in its developer
 * guide); a list asks all of them.
 */
export const shardsOfAccount = 4;

/**
 * The part of an ARN that names the account, through its fifth colon; all of a text that
 * has fewer. ARNs of one account follow each other in the order of ARNs, and accounts are
 * in the order of these texts.
 */
export function accountOf(userArn: string): string {
  return /^(?:[^:]*:){5}/.exec(userArn)?.[0] ?? userArn;
}

/** Whether all ARNs that start with this text are of one account. */
export function isWithinAccount(arnPrefix: string): boolean {
  return /^(?:[^:]*:){5}/.test(arnPrefix);
}

/** The partition key with number `shard` of an account. Regions hold no `#`. */
export function shardKey(region: string, account: string, shard: number): string {
  return `${region}#${account}#${shard}`;
}

/**
 * The key of a profile. Its shard is a hash of what follows the account, so that names that
 * resemble each other part.
 */
export function profileKey(region: string, userArn: string): Item {
  const account = accountOf(userArn);
  const hash = createHash("sha256").update(userArn.slice(account.length)).digest();
  const shard = hash.readUInt32BE(0) % shardsOfAccount;
  return { shardKey: { S: shardKey(region, account, shard) }, userArn: { S: userArn } };
}

/** The key of the item that says that a region may have profiles of an account. */
export function accountKey(region: string, account: string): Item {
  return { shardKey: { S: region }, userArn: { S: account } };
}
