import { extname } from "node:path";
import { NotWritten, writeWhole } from "../../files/writeWhole";
import { accountOf } from "../../profile/userArn";
import { type RosterFormat, rosterFormats, writeRoster } from "../../roster/load";
import { choose, chooseAccount, readArguments, UsageError, usageHint } from "../arguments";
import { counted, print } from "../terminal";
import { ReadFailure, readLiveProfiles } from "./liveProfiles";

export const usage = `Usage: codestar-profiles export [options]

Writes the live profiles of a region as a roster: what it declares is what is live, to the character,
and the order is always the same. The first step of moving an account's profiles into files.

  --endpoint URL     where the profiles are: https://…, http://…, file:profiles.db, dynamodb://TABLE,
                     postgres://HOST/DATABASE;
                     AWS's own address, or AWS_ENDPOINT_URL_CODESTAR, when absent
  --region REGION    else AWS_REGION
  --profile NAME     of the AWS configuration files, for credentials
  --account ACCOUNT  only this account's, where a store holds several
  --file FILE        where to write; standard output when absent. The ending says the format:
                     .yaml, .yml, .json or .csv
  --format FORMAT    yaml (default), json or csv, where there is no ending
  --force            replace FILE when it exists
  -h, --help

Exit status: 0 written, 1 not, with the reason on standard error; 2 wrong arguments.

Examples:
  codestar-profiles export --endpoint file:profiles.db --region eu-central-1 --file people.yaml
  codestar-profiles export --endpoint https://profiles.example.com --format csv | less
`;

export const choices = { format: rosterFormats };

/** `codestar-profiles export`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await exportProfiles(argv);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(usageHint(error, "export"));
      return 2;
    }
    if (error instanceof ReadFailure || error instanceof NotWritten) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

async function exportProfiles(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    endpoint: { type: "string" },
    region: { type: "string" },
    profile: { type: "string" },
    account: { type: "string" },
    file: { type: "string" },
    format: { type: "string" },
    force: { type: "boolean", default: false },
    help: { type: "boolean", short: "h" },
  });
  if (values.help) {
    await print(usage);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`What is ${JSON.stringify(positionals[0])} for? Name a file with --file.`);
  }
  const { file, force } = values;
  const account = chooseAccount(values.account);
  const format = formatOf(file, values.format);
  const { profiles, region } = await readLiveProfiles(values);
  const wanted = profiles.filter(({ userArn }) => !account || accountOf(userArn) === account);
  if (wanted.length === 0) {
    throw new ReadFailure(
      `There are no profiles in ${region}${account ? ` of account ${account}` : ""}; nothing was written.`,
    );
  }
  const text = writeRoster(wanted, { format, region });
  if (file === undefined) {
    await print(text);
    return 0;
  }
  writeWhole(file, text, { replace: force });
  process.stderr.write(`Wrote ${counted(wanted.length, "person", "people")} to ${file}\n`);
  return 0;
}

const formatsByEnding: Readonly<Record<string, RosterFormat>> = {
  ".yaml": "yaml",
  ".yml": "yaml",
  ".json": "json",
  ".csv": "csv",
};

function formatOf(file: string | undefined, named: string | undefined): RosterFormat {
  const format = named === undefined ? undefined : choose("--format", named, rosterFormats);
  if (file === undefined) return format ?? "yaml";
  const ending = formatsByEnding[extname(file).toLowerCase()];
  if (ending === undefined) {
    throw new UsageError("The option --file takes a name that ends in .yaml, .yml, .json or .csv.");
  }
  if (format !== undefined && format !== ending) {
    throw new UsageError(`The ending of ${file} says ${ending}, and --format ${format}.`);
  }
  return ending;
}
