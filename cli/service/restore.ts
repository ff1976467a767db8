import { filePathOf } from "../../service/store/open";
import { restoreSqliteFile, tellDamage } from "../../service/store/sqlite/backup";
import { readArguments } from "../arguments";
import { counted } from "../terminal";

export const usage = `Usage: codestar-profiles restore --from FILE --store file:PATH [--force]

Puts a backup in the place of a file: store, after checking it whole, in one step. Refuses while a
server has the store open, or the backup; what the store held before is gone. The store keeps its
owner and mode; where there is none, and root restores, it is the owner's of the folder. Names the
profiles that are damaged in the backup.

  --from FILE        what codestar-profiles backup wrote
  --store file:PATH  the store
  --force            replace the store when it is there
  -h, --help

Exit status: 0 restored, 1 not restored and nothing changed, 2 wrong arguments.
`;

/** `codestar-profiles restore`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const request = readRequest(argv);
  if (typeof request === "string") {
    (request === usage ? process.stdout : process.stderr).write(request);
    return request === usage ? 0 : 2;
  }
  const { from, store, force } = request;
  const { profiles, damaged } = await restoreSqliteFile(from, store, { replace: force });
  process.stdout.write(`Restored ${counted(profiles, "profile", "profiles")} to ${store}\n`);
  if (damaged.length > 0) process.stderr.write(`${tellDamage(store, damaged)}.\n`);
  return 0;
}

/** What to restore, or what to tell the user instead. */
function readRequest(
  argv: readonly string[],
): { from: string; store: string; force: boolean } | string {
  try {
    const { values } = readArguments(
      argv,
      {
        from: { type: "string" },
        store: { type: "string" },
        force: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
      { onlyOptions: true },
    );
    if (values.help) return usage;
    if (values.from === undefined) return `The option --from is missing.\n\n${usage}`;
    if (values.store === undefined) return `The option --store is missing.\n\n${usage}`;
    return { from: values.from, store: filePathOf(values.store), force: values.force };
  } catch (err) {
    return `${(err as Error).message}\n\n${usage}`;
  }
}
