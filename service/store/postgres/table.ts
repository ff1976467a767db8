import { CodeStarError } from "../../../profile/codeStarError";
import { parsePostgresUrl } from "./address";
import { connectPostgres } from "./connection";

/** What `table create` has done. */
export interface PostgresTable {
  readonly created: boolean;
  readonly version: number;
}

/** The version of the schema that this release reads and writes. */
export const schemaVersion = 1;

/**
 * Any number will do, as long as it is always the same: two that create at
 * once wait for one another.
 */
const creationLock = 7_261_202;

/**
 * Makes the schema of a `postgres://` store in the database that the URL names: the table
 * codestar_profiles, and codestar_profiles_schema with its version. Running it again changes
 * nothing. Rejects when a later release has made the schema that is there.
 */
export async function createPostgresTable(
  url: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<PostgresTable> {
  const connection = await connectPostgres(parsePostgresUrl(url, environment));
  try {
    return await connection.run((sql) =>
      sql.begin(async (transaction) => {
        await transaction`SELECT pg_advisory_xact_lock(${creationLock})`;
        const [existing] = await transaction`
          SELECT to_regclass('codestar_profiles_schema') IS NOT NULL AS present`;
        if (existing?.present === true) {
          const [row] = await transaction`SELECT version FROM codestar_profiles_schema`;
          return { created: false, version: supported(row?.version) };
        }
        // The order of "C" is that of code units for ARNs, which are
        // ASCII: as in every other store.
        await transaction`
          CREATE TABLE codestar_profiles (
            region         text COLLATE "C" NOT NULL,
            user_arn       text COLLATE "C" NOT NULL,
            display_name   text NOT NULL,
            email_address  text NOT NULL,
            ssh_public_key text NOT NULL,
            created_at     bigint NOT NULL,
            modified_at    bigint NOT NULL,
            creation_id    uuid NOT NULL,
            PRIMARY KEY (region, user_arn)
          )`;
        await transaction`CREATE TABLE codestar_profiles_schema (version integer NOT NULL)`;
        await transaction`INSERT INTO codestar_profiles_schema VALUES (${schemaVersion})`;
        return { created: true, version: schemaVersion };
      }),
    );
  } finally {
    await connection.close();
  }
}

/** Throws unless the schema is one that this release can use. */
export function supported(version: unknown): number {
  if (version === schemaVersion) return schemaVersion;
  throw new CodeStarError(
    `the schema of codestar_profiles has version ${String(version)}, and this release of pulumi-codestar ` +
      `knows version ${schemaVersion}; use the release that made it, or a later one`,
  );
}
