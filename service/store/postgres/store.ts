import { randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import { CodeStarError } from "../../../profile/codeStarError";
import { arnRange } from "../arnRange";
import { fromNulSafe, toNulSafe } from "../sqlite/nulSafeText";
import type { ListRequest, ProfileChange, ProfileStore, StoredProfile } from "../store";
import { nameOf, parsePostgresUrl } from "./address";
import { connectPostgres, defaultLimits, type PostgresLimits } from "./connection";
import { supported } from "./table";

export interface PostgresSettings {
  /** libpq's variables count where the URL is silent; those of the process when absent. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly limits?: PostgresLimits;
}

interface Row {
  readonly user_arn: string;
  readonly display_name: string;
  readonly email_address: string;
  readonly ssh_public_key: string;
  /** A bigint, which arrives as text. */
  readonly created_at: string;
  readonly modified_at: string;
}

/**
 * Opens the profiles in a PostgreSQL database: `postgres://user@host/database`, several hosts being
 * those of one cluster, of which the one that takes writes is used. The schema is made by
 * `codestar-profiles table create`. Any number of processes may share it: nothing is kept here, and
 * every read goes to the primary.
 *
 * Calls that fail in passing, a failover among them, are tried again for some seconds, then end in
 * a StoreUnavailableError. What a lost answer means for the next try:
 * - create is exact: it knows its own earlier try by a random id in the row. (Only when another
 *   client deletes the profile between the two tries is it created once more.)
 * - update sets the same values again.
 * - delete may answer false although it was its own earlier try that deleted.
 */
export async function openPostgresStore(
  url: string,
  { environment = process.env, limits = defaultLimits }: PostgresSettings = {},
): Promise<ProfileStore> {
  const address = parsePostgresUrl(url, environment);
  const connection = await connectPostgres(address, limits);
  const running = new Set<Promise<unknown>>();
  let schema: Promise<void> | undefined;
  let closed = false;

  /** Runs one method's work; close waits for it. */
  function run<T>(work: (sql: Sql, attempt: number) => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new CodeStarError(`${nameOf(address)}: the store is closed`));
    const result = checkSchema().then(() => connection.run(work));
    running.add(result);
    const settled = () => running.delete(result);
    result.then(settled, settled);
    return result;
  }

  /** Asks once which schema there is; a failure is forgotten, for it may pass. */
  function checkSchema(): Promise<void> {
    schema ??= connection
      .run((sql) => sql`SELECT version FROM codestar_profiles_schema`.then((rows) => rows[0]))
      .then((row) => {
        supported(row?.version);
      });
    schema.catch(() => {
      schema = undefined;
    });
    return schema;
  }

  function create(region: string, profile: StoredProfile): Promise<boolean> {
    const creationId = randomUUID();
    return run(async (sql, attempt) => {
      const inserted = await sql`
        INSERT INTO codestar_profiles
          (region, user_arn, display_name, email_address, ssh_public_key, created_at, modified_at, creation_id)
        VALUES (${region}, ${profile.userArn}, ${toNulSafe(profile.displayName)}, ${profile.emailAddress},
          ${profile.sshPublicKey}, ${profile.createdAt}, ${profile.modifiedAt}, ${creationId})
        ON CONFLICT DO NOTHING`;
      if (inserted.count === 1) return true;
      if (attempt === 1) return false;
      // The profile in the way may be that of an earlier try whose answer was lost.
      const [row] = await sql`
        SELECT creation_id FROM codestar_profiles
        WHERE region = ${region} AND user_arn = ${profile.userArn}`;
      return row?.creation_id === creationId;
    });
  }

  function find(region: string, userArn: string): Promise<StoredProfile | undefined> {
    return run(async (sql) => {
      const [row] = await sql<Row[]>`
        SELECT ${columns(sql)} FROM codestar_profiles
        WHERE region = ${region} AND user_arn = ${userArn}`;
      return row && toProfile(row);
    });
  }

  function update(
    region: string,
    userArn: string,
    { displayName, emailAddress, sshPublicKey }: ProfileChange,
    modifiedAt: number,
  ): Promise<StoredProfile | undefined> {
    const name = displayName === undefined ? null : toNulSafe(displayName);
    return run(async (sql) => {
      const [row] = await sql<Row[]>`
        UPDATE codestar_profiles SET
          display_name = coalesce(${name}::text, display_name),
          email_address = coalesce(${emailAddress ?? null}::text, email_address),
          ssh_public_key = coalesce(${sshPublicKey ?? null}::text, ssh_public_key),
          modified_at = greatest(modified_at, ${modifiedAt}::bigint)
        WHERE region = ${region} AND user_arn = ${userArn}
        RETURNING ${columns(sql)}`;
      return row && toProfile(row);
    });
  }

  function remove(region: string, userArn: string): Promise<boolean> {
    return run(async (sql) => {
      const deleted = await sql`
        DELETE FROM codestar_profiles WHERE region = ${region} AND user_arn = ${userArn}`;
      return deleted.count === 1;
    });
  }

  function list(region: string, request: ListRequest): Promise<readonly StoredProfile[]> {
    const { start, inclusive, end } = arnRange(request);
    return run(async (sql) => {
      const rows = await sql<Row[]>`
        SELECT ${columns(sql)} FROM codestar_profiles
        WHERE region = ${region}
          AND ${inclusive ? sql`user_arn >= ${start}` : sql`user_arn > ${start}`} AND user_arn < ${end}
        ORDER BY user_arn LIMIT ${request.limit}`;
      return rows.map(toProfile);
    });
  }

  return {
    create,
    find,
    update,
    delete: remove,
    list,
    // What the calls come to says whether the database is there.
    async health() {},
    async close() {
      closed = true;
      await Promise.allSettled(running);
      await connection.close();
    },
  };
}

function columns(sql: Sql) {
  return sql`user_arn, display_name, email_address, ssh_public_key, created_at, modified_at`;
}

function toProfile(row: Row): StoredProfile {
  return {
    userArn: row.user_arn,
    displayName: fromNulSafe(row.display_name),
    emailAddress: row.email_address,
    sshPublicKey: row.ssh_public_key,
    createdAt: Number(row.created_at),
    modifiedAt: Number(row.modified_at),
  };
}
