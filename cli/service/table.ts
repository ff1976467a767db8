import { parseDynamoDbUrl } from "../../service/store/dynamodb/connection";
import { migrateDynamoDbTable } from "../../service/store/dynamodb/migrate";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import { isPostgresUrl, parsePostgresUrl } from "../../service/store/postgres/address";
import { createPostgresTable } from "../../service/store/postgres/table";
import { readArguments, UsageError } from "../arguments";

export const usage = `Usage: codestar-profiles table create dynamodb://TABLE[?region=REGION]
       codestar-profiles table create postgres://USER@HOST/DATABASE
       codestar-profiles table migrate dynamodb://OLD dynamodb://NEW

Creates the table of a profile store, where it is not there already.

In DynamoDB it waits until the table is active: billed per request, with deletion protection and
point-in-time recovery. Where the table exists already, those two are turned on and nothing else is
changed. Credentials are found as by every AWS tool; they need dynamodb:CreateTable, DescribeTable,
UpdateTable, DescribeContinuousBackups and UpdateContinuousBackups on the table.

In PostgreSQL it makes the tables codestar_profiles and codestar_profiles_schema in the database that
the URL names. The user needs to create tables there; a password is better in PGPASSWORD than in the URL.

"table migrate" copies a DynamoDB table that an earlier version made, keyed by region and userArn, into a
table that "table create" made. Stop the servers of the old one first; it is only read, and stays. After a
failure it can be run again.

  --patience SECONDS   how long to wait for DynamoDB (120)
`;

/** `codestar-profiles table`. Answers the exit status: 0 when it is done, 2 for wrong arguments. */
export async function run(argv: readonly string[]): Promise<number> {
  const request = readRequest(argv);
  if (typeof request === "string") {
    process.stderr.write(request);
    return request === usage ? 0 : 2;
  }
  const { url, patience, target } = request;
  if (target !== undefined) {
    const { copied, there } = await migrateDynamoDbTable(url, target);
    process.stdout.write(
      `Copied ${copied} profile${copied === 1 ? "" : "s"}; ${there} were there already.\n`,
    );
    return 0;
  }
  if (isPostgresUrl(url)) {
    const { created, version } = await createPostgresTable(url);
    process.stdout.write(
      `${created ? "Created" : "Found"} the table codestar_profiles, schema version ${version}.\n`,
    );
    return 0;
  }
  const table = await createDynamoDbTable(url, { patience });
  process.stdout.write(
    `${table.created ? "Created" : "Found"} the table ${parseDynamoDbUrl(url).table}: ` +
      `deletion protection ${phrase(table.deletionProtection)}, ` +
      `point-in-time recovery ${phrase(table.pointInTimeRecovery)}.\n`,
  );
  return 0;
}

function phrase(state: "on" | "unsupported"): string {
  return state === "on" ? "on" : "not known to this endpoint";
}

interface Request {
  /** The store to create a table for, or to migrate from. */
  readonly url: string;
  readonly patience: number;
  /** Where to migrate to; absent: create. */
  readonly target?: string;
}

/** What to do, or what to tell the user instead. */
function readRequest(argv: readonly string[]): Request | string {
  try {
    const { values, positionals } = readArguments(argv, {
      patience: { type: "string", default: "120" },
      help: { type: "boolean", short: "h", default: false },
    });
    if (values.help) return usage;
    const [action, url, ...others] = positionals;
    const [target] = others;
    if (action === "migrate" && url !== undefined && target !== undefined && others.length === 1) {
      for (const one of [url, target]) parseDynamoDbUrl(one);
      return { url, target, patience: 0 };
    }
    if (action !== "create" || url === undefined || others.length > 0) {
      return `Expected: table create, and dynamodb://TABLE or postgres://USER@HOST/DATABASE; or table migrate, and two dynamodb://TABLE.\n\n${usage}`;
    }
    if (!/^[1-9]\d{0,3}$/.test(values.patience)) {
      return `--patience is a number of seconds, 1 to 9999.\n\n${usage}`;
    }
    if (isPostgresUrl(url)) parsePostgresUrl(url, process.env);
    else parseDynamoDbUrl(url);
    return { url, patience: Number(values.patience) };
  } catch (err) {
    const { message } = err as Error;
    return `${err instanceof UsageError ? message : `${message}.`}\n\n${usage}`;
  }
}
