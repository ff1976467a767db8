import { extname } from "node:path";
import { writeWhole } from "../../files/writeWhole";
import { accountOf } from "../../profile/userArn";
import { type RosterFormat, rosterFormats, writeRoster } from "../../roster/load";
import { chooseAccount, UsageError } from "../arguments";
import { declare } from "../command";
import { counted, print } from "../terminal";
import { ReadFailure, readLiveProfiles, source } from "./liveProfiles";

export const command = declare({
  synopsis: ["[options]"],
  about: `\
Writes the live profiles of a region as a roster: what it declares is what is live, to the character,
and the order is always the same. The first step of moving an account's profiles into files.`,
  options: {
    ...source("else AWS_REGION"),
    account: {
      value: "ACCOUNT",
      description: "only this account's, where a store holds several",
    },
    file: {
      value: "FILE",
      description: `\
where to write; standard output when absent. The ending says the format:
.yaml, .yml, .json or .csv`,
    },
    format: {
      value: "FORMAT",
      choices: rosterFormats,
      description: "yaml (default), json or csv, where there is no ending",
    },
    force: { description: "replace FILE when it exists" },
  },
  words: { least: 0, most: 0, question: "Name a file with --file." },
  notes: `\
Exit status: 0 written, 1 not, with the reason on standard error; 2 wrong arguments.

Examples:
  codestar-profiles export --endpoint file:profiles.db --region eu-central-1 --file people.yaml
  codestar-profiles export --endpoint https://profiles.example.com --format csv | less`,
  async run({ values }) {
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
  },
});

const formatsByEnding: Readonly<Record<string, RosterFormat>> = {
  ".yaml": "yaml",
  ".yml": "yaml",
  ".json": "json",
  ".csv": "csv",
};

function formatOf(file: string | undefined, format: RosterFormat | undefined): RosterFormat {
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
