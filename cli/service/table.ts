import { parseDynamoDbUrl } from "../../service/store/dynamodb/connection";
import { migrateDynamoDbTable } from "../../service/store/dynamodb/migrate";
import { createDynamoDbTable } from "../../service/store/dynamodb/table";
import { isPostgresUrl, parsePostgresUrl } from "../../service/store/postgres/address";
import { createPostgresTable } from "../../service/store/postgres/table";
import { UsageError, understood } from "../arguments";
import { declare } from "../command";
import { counted, print } from "../terminal";

const expected =
  "Expected: table create, and dynamodb://TABLE or postgres://USER@HOST/DATABASE; or table migrate, and two dynamodb://TABLE.";

export const command = declare({
  synopsis: [
    "create dynamodb://TABLE[?region=REGION]",
    "create postgres://USER@HOST/DATABASE",
    "migrate dynamodb://OLD dynamodb://NEW",
  ],
  about: `\
Creates the table of a profile store, where it is not there already.

In DynamoDB it waits until the table is active: billed per request, with deletion protection and
point-in-time recovery. Where the table exists already, those two are turned on and nothing else is
changed. Credentials are found as by every AWS tool; they need dynamodb:CreateTable, DescribeTable,
UpdateTable, DescribeContinuousBackups and UpdateContinuousBackups on the table.

In PostgreSQL it makes the tables codestar_profiles and codestar_profiles_schema in the database that
the URL names. The user needs to create tables there; a password is better in PGPASSWORD than in the URL.

migrate copies a DynamoDB table that an earlier version made, keyed by region and userArn, into a
table that create made. Stop the servers of the old one first; it is only read, and stays. After a
failure it can be run again.`,
  options: {
    patience: {
      value: "SECONDS",
      default: "120",
      description: "how long to wait for DynamoDB (120)",
    },
  },
  actions: { create: ["patience"], migrate: [] },
  words: { least: 1, most: 2, question: expected },
  notes: "Exit status: 0 done, 1 not done, with the reason on standard error; 2 wrong arguments.",
  async run({ action, words: [url = "", target], values }) {
    if ((action === "migrate") !== (target !== undefined)) throw new UsageError(expected);
    if (target !== undefined) return migrate(url, target);
    if (!/^[1-9]\d{0,3}$/.test(values.patience)) {
      throw new UsageError("The option --patience takes a number of seconds, 1 to 9999.");
    }
    return create(url, Number(values.patience));
  },
});

async function migrate(from: string, to: string): Promise<number> {
  for (const url of [from, to]) understood(() => parseDynamoDbUrl(url));
  const { copied, there } = await migrateDynamoDbTable(from, to);
  await print(`Copied ${counted(copied, "profile", "profiles")}; ${there} were there already.\n`);
  return 0;
}

async function create(url: string, patience: number): Promise<number> {
  if (isPostgresUrl(url)) {
    understood(() => parsePostgresUrl(url, process.env));
    const { created, version } = await createPostgresTable(url);
    await print(
      `${created ? "Created" : "Found"} the table codestar_profiles, schema version ${version}.\n`,
    );
    return 0;
  }
  const { table: name } = understood(() => parseDynamoDbUrl(url));
  const table = await createDynamoDbTable(url, { patience });
  await print(
    `${table.created ? "Created" : "Found"} the table ${name}: ` +
      `deletion protection ${phrase(table.deletionProtection)}, ` +
      `point-in-time recovery ${phrase(table.pointInTimeRecovery)}.\n`,
  );
  return 0;
}

function phrase(state: "on" | "unsupported"): string {
  return state === "on" ? "on" : "not known to this endpoint";
}
