import { isUtf8 } from "node:buffer";
import type Database from "libsql";
import { type DamagedProfile, profileOf, type StoredProfile } from "../store";
import { fromNulSafe } from "./nulSafeText";

/*
 * The library ends the whole process when it reads a text that is not UTF-8, which is what a
 * failing disk makes of one. So it is never asked for a text, only for bytes.
 */

export const columns =
  "user_arn, display_name, email_address, ssh_public_key, created_at, modified_at" as const;

/**
 * A profile's columns as one JSON array in bytes; casts, since a damaged value may be of any type.
 */
export const rowBytes = `CAST(${jsonRow()} AS BLOB)`;

/** Selects the rows of a query as one JSON array in bytes: a third faster than value by value. */
export const asPage = (query: string): string =>
  `SELECT CAST(json_group_array(${jsonRow()}) AS BLOB) FROM (${query})`;

function jsonRow(): string {
  const casts = columns
    .split(", ")
    .map((column) => `CAST(${column} AS ${column.endsWith("_at") ? "INTEGER" : "TEXT"})`);
  return `json_array(${casts.join(", ")})`;
}

type Value = string | number | null;

export function readRow(bytes: Buffer): StoredProfile | DamagedProfile {
  return toProfile(parse<Value[]>(bytes, (row) => row.map(fromLatin1)));
}

export function readPage(bytes: Buffer): readonly (StoredProfile | DamagedProfile)[] {
  return parse<Value[][]>(bytes, (rows) => rows.map((row) => row.map(fromLatin1))).map(toProfile);
}

/**
 * Bytes that are no UTF-8 are read as Latin-1, where each is a character,
 * and repaired value by value.
 */
function parse<T>(bytes: Buffer, repair: (value: T) => T): T {
  return isUtf8(bytes)
    ? (JSON.parse(bytes.toString("utf8")) as T)
    : repair(JSON.parse(bytes.toString("latin1")) as T);
}

const fromLatin1 = (value: Value): Value =>
  typeof value === "string" ? textIn(Buffer.from(value, "latin1")) : value;

const textIn = (bytes: Buffer | null): string | null =>
  bytes !== null && isUtf8(bytes) ? bytes.toString("utf8") : null;

/** A value that cannot be read is null. */
function toProfile(row: readonly Value[]): StoredProfile | DamagedProfile {
  const [userArn, displayName, emailAddress, sshPublicKey, createdAt, modifiedAt] =
    row as unknown as readonly [string, string, string, string, number, number];
  const profile = {
    userArn,
    displayName: displayName && fromNulSafe(displayName),
    emailAddress,
    sshPublicKey,
    createdAt,
    modifiedAt,
  };
  return row.includes(null) ? withoutNulls(profile) : profile;
}

function withoutNulls(profile: StoredProfile): StoredProfile | DamagedProfile {
  const members = Object.entries(profile).map(([member, value]) => [member, value ?? undefined]);
  return profileOf(Object.fromEntries(members) as StoredProfile);
}

/** ARN and region of each profile that is damaged, whatever of it. Reads every profile. */
export function damagedProfiles(database: Database.Database): string[] {
  const separated = ["region", ...columns.split(", ")].join(" || '|' || ");
  const rows = database
    .prepare(
      `SELECT CAST(${separated} AS BLOB), CAST(region AS BLOB), CAST(user_arn AS BLOB) FROM profiles`,
    )
    .raw()
    .iterate() as Iterable<[Buffer | null, Buffer | null, Buffer | null]>;
  const damaged: string[] = [];
  for (const [all, region, userArn] of rows) {
    if (textIn(all) === null) damaged.push(`${legible(userArn)} (${legible(region)})`);
  }
  return damaged;
}

/** What is no character of an ARN or a region as `?`. */
const legible = (bytes: Buffer | null): string =>
  (bytes ?? Buffer.of()).toString("latin1").replace(/[^\x20-\x7e]/g, "?");
