import { readdir, rm } from "node:fs/promises";
import { join, parse } from "node:path";
import { filePathOf } from "../../service/store/open";
import { backUpSqliteFile } from "../../service/store/sqlite/backup";
import { noteBackup } from "../../service/store/sqlite/lastBackup";
import { UsageError, understood } from "../arguments";
import { declare } from "../command";
import { counted, print } from "../terminal";

export const command = declare({
  synopsis: ["--store file:PATH --to FILE [--force]", "--store file:PATH --to FOLDER --keep N"],
  about: `\
Copies the profiles of a file: store into one file, while servers read and write the store. The
copy holds every write that was acknowledged before and is checked: a damaged profile is named, and
nothing is copied. A new copy is readable by its owner alone; FILE keeps its owner and mode. The time
is noted beside the store, where a server finds it for its metrics.`,
  options: {
    store: { value: "file:PATH", required: true, description: "the store" },
    to: {
      value: "FILE",
      required: true,
      description: "the copy; a store itself, and what codestar-profiles restore takes",
    },
    force: { description: "replace FILE when it is there and no server has it open" },
    keep: {
      value: "N",
      description: `\
make a copy in FOLDER named after the store and the time, then remove the
oldest of those, so that N (1 to 10000) are left`,
    },
  },
  notes: "Exit status: 0 copied, 1 not copied, 2 wrong arguments.",
  async run({ values: { store: url, to, force, keep: most } }) {
    const store = understood(() => filePathOf(url));
    const keep = most === undefined ? undefined : Number(most);
    if (most !== undefined && !/^[1-9]\d{0,3}$|^10000$/.test(most)) {
      throw new UsageError("The option --keep takes a number from 1 to 10000.");
    }
    if (keep !== undefined && force) {
      throw new UsageError(
        "The options --keep and --force exclude each other: --keep replaces nothing.",
      );
    }
    const begun = Date.now();
    const copy = keep === undefined ? to : join(to, nameOf(store, begun));
    const { profiles } = await backUpSqliteFile(store, copy, { replace: force });
    await print(`Copied ${counted(profiles, "profile", "profiles")} to ${copy}\n`);
    if (keep !== undefined) await removeOlder(copy, store, keep);
    noteBackup(store, begun);
    return 0;
  },
});

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
