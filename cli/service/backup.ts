import { readdir, rm } from "node:fs/promises";
import { join, parse } from "node:path";
import { filePathOf } from "../../service/store/open";
import { backUpSqliteFile } from "../../service/store/sqlite/backup";
import { noteBackup } from "../../service/store/sqlite/lastBackup";
import { readArguments } from "../arguments";
import { counted } from "../terminal";

export const usage = `Usage: codestar-profiles backup --store file:PATH --to FILE [--force]
       codestar-profiles backup --store file:PATH --to FOLDER --keep N

Copies the profiles of a file: store into one file, while servers read and write the store. The
copy holds every write that was acknowledged before and is checked: a damaged profile is named, and
nothing is copied. A new copy is readable by its owner alone; FILE keeps its owner and mode. The time
is noted beside the store, where a server finds it for its metrics.

  --store file:PATH  the store
  --to FILE          the copy; a store itself, and what codestar-profiles restore takes
  --force            replace FILE when it is there and no server has it open
  --keep N           make a copy in FOLDER named after the store and the time, then remove the
                     oldest of those, so that N (1 to 10000) are left
  -h, --help

Exit status: 0 copied, 1 not copied, 2 wrong arguments.
`;

/** `codestar-profiles backup`. Answers the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const request = readRequest(argv);
  if (typeof request === "string") {
    (request === usage ? process.stdout : process.stderr).write(request);
    return request === usage ? 0 : 2;
  }
  const { store, to, force, keep } = request;
  const begun = Date.now();
  const copy = keep === undefined ? to : join(to, nameOf(store, begun));
  const { profiles } = await backUpSqliteFile(store, copy, { replace: force });
  process.stdout.write(`Copied ${counted(profiles, "profile", "profiles")} to ${copy}\n`);
  if (keep !== undefined) await removeOlder(copy, store, keep);
  await noteBackup(store, begun);
  return 0;
}

const stemOf = (store: string): string => parse(store).name;

/** Such as `profiles-20261126T031500Z.db`: in the order of names they are in the order of time. */
const nameOf = (store: string, time: number): string =>
  `${stemOf(store)}-${new Date(time).toISOString().replace(/[-:]|\.\d+/g, "")}.db`;

/** Keeps the copy, whatever its name says of the clock, and the newest others. */
async function removeOlder(copy: string, store: string, keep: number): Promise<void> {
  const { dir: folder, base } = parse(copy);
  const stem = `${stemOf(store)}-`;
  const others = (await readdir(folder))
    .filter((name) => name.startsWith(stem) && /^\d{8}T\d{6}Z\.db$/.test(name.slice(stem.length)))
    .filter((name) => name !== base)
    .sort()
    .reverse();
  for (const name of others.slice(keep - 1)) await rm(join(folder, name));
}

/** What to copy, or what to tell the user instead. */
function readRequest(
  argv: readonly string[],
): { store: string; to: string; force: boolean; keep: number | undefined } | string {
  try {
    const { values } = readArguments(
      argv,
      {
        store: { type: "string" },
        to: { type: "string" },
        force: { type: "boolean", default: false },
        keep: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
      { onlyOptions: true },
    );
    if (values.help) return usage;
    if (values.store === undefined) return `The option --store is missing.\n\n${usage}`;
    if (values.to === undefined) return `The option --to is missing.\n\n${usage}`;
    const keep = values.keep === undefined ? undefined : Number(values.keep);
    if (keep !== undefined && !/^[1-9]\d{0,3}$|^10000$/.test(values.keep!)) {
      return `The option --keep takes a number from 1 to 10000.\n\n${usage}`;
    }
    if (keep !== undefined && values.force) {
      return `The options --keep and --force exclude each other: --keep replaces nothing.\n\n${usage}`;
    }
    return { store: filePathOf(values.store), to: values.to, force: values.force, keep };
  } catch (err) {
    return `${(err as Error).message}\n\n${usage}`;
  }
}
