import { parseArgs } from "node:util";
import { filePathOf } from "../service/store/open";
import { backUpSqliteFile } from "../service/store/sqliteBackup";
import { counted } from "./terminal";

export const usage = `Usage: codestar-profiles backup --store file:PATH --to FILE [--force]

Copies the profiles of a file: store into one file, while servers read and write the store. The
copy holds every write that was acknowledged before, is checked, and is readable by its owner alone.

  --store file:PATH  the store
  --to FILE          the copy; a store itself, and what codestar-profiles restore takes
  --force            replace FILE when it is there
  -h, --help

Exit status: 0 copied, 1 not copied, 2 wrong arguments.
`;

/** `codestar-profiles backup`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const request = readArguments(argv);
  if (typeof request === "string") {
    (request === usage ? process.stdout : process.stderr).write(request);
    return request === usage ? 0 : 2;
  }
  const { store, to, force } = request;
  const { profiles } = await backUpSqliteFile(store, to, { replace: force });
  process.stdout.write(`Copied ${counted(profiles, "profile", "profiles")} to ${to}\n`);
  return 0;
}

/** What to copy, or what to tell the user instead. */
function readArguments(
  argv: readonly string[],
): { store: string; to: string; force: boolean } | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        store: { type: "string" },
        to: { type: "string" },
        force: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return usage;
    if (values.store === undefined) return `The option --store is missing.\n\n${usage}`;
    if (values.to === undefined) return `The option --to is missing.\n\n${usage}`;
    return { store: filePathOf(values.store), to: values.to, force: values.force };
  } catch (err) {
    return `${(err as Error).message}\n\n${usage}`;
  }
}
