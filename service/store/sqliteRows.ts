import { isUtf8 } from "node:buffer";
import type Database from "libsql";
import { fromNulSafe } from "./nulSafeText";
import { type DamagedProfile, profileOf, type StoredProfile } from "./store";

/*
 * The library ends the whole process when it reads a text that is not UTF-8, which is what a failing disk makes of
 * one. So it is never asked for a text, only for bytes.
 */

export const columns =
  "user_arn, display_name, email_address, ssh_public_key, created_at, modified_at" as const;

/** The columns as `readRow` takes them. A cast is right for a value of the wrong type, too. */
export const columnBytes = columns
  .split(", ")
  .map((column) => `CAST(${column} AS ${column.endsWith("_at") ? "INTEGER" : "BLOB"})`)
  .join(", ");

export type Row = [...texts: [Bytes, Bytes, Bytes, Bytes], createdAt: Time, modifiedAt: Time];

type Bytes = Buffer | null;
type Time = number | null;

export function readRow(row: Row): StoredProfile | DamagedProfile {
  const [userArn, displayName, emailAddress, sshPublicKey, createdAt, modifiedAt] = row;
  const name = textIn(displayName);
  return profileOf({
    userArn: textIn(userArn),
    displayName: name === undefined ? undefined : fromNulSafe(name),
    emailAddress: textIn(emailAddress),
    sshPublicKey: textIn(sshPublicKey),
    createdAt: createdAt ?? undefined,
    modifiedAt: modifiedAt ?? undefined,
  });
}

function textIn(bytes: Bytes): string | undefined {
  return bytes !== null && isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

/** Selects the rows of a query as one value for `readPage`: a fifth faster than the rows themselves. */
export const asPage = (query: string): string =>
  `SELECT CAST(json_group_array(json_array(${columns})) AS BLOB) FROM (${query})`;

/** Undefined when a profile among them is damaged. */
export function readPage(page: Buffer): StoredProfile[] | undefined {
  if (!isUtf8(page)) return undefined;
  const rows = JSON.parse(page.toString("utf8")) as unknown[][];
  return rows.every(isWhole) ? rows.map(toProfile) : undefined;
}

type WholeRow = [string, string, string, string, number, number];

function isWhole(row: unknown[]): row is WholeRow {
  return row.every((value, index) => typeof value === (index < 4 ? "string" : "number"));
}

function toProfile(row: WholeRow): StoredProfile {
  const [userArn, displayName, emailAddress, sshPublicKey, createdAt, modifiedAt] = row;
  return {
    userArn,
    displayName: fromNulSafe(displayName),
    emailAddress,
    sshPublicKey,
    createdAt,
    modifiedAt,
  };
}

/** ARN and region of each profile that is damaged, whatever of it. Reads every profile. */
export function damagedProfiles(database: Database.Database): string[] {
  const separated = ["region", ...columns.split(", ")].join(" || '|' || ");
  const rows = database
    .prepare(
      `SELECT CAST(${separated} AS BLOB), CAST(region AS BLOB), CAST(user_arn AS BLOB) FROM profiles`,
    )
    .raw()
    .iterate() as Iterable<[Bytes, Bytes, Bytes]>;
  const damaged: string[] = [];
  for (const [all, region, userArn] of rows) {
    if (textIn(all) === undefined) damaged.push(`${legible(userArn)} (${legible(region)})`);
  }
  return damaged;
}

/** What is no character of an ARN or a region as `?`. */
const legible = (bytes: Bytes): string =>
  (bytes ?? Buffer.of()).toString("latin1").replace(/[^\x20-\x7e]/g, "?");
