import { filePathOf } from "../../service/store/open";
import { restoreSqliteFile, tellDamage } from "../../service/store/sqlite/backup";
import { understood } from "../arguments";
import { declare } from "../command";
import { counted, print } from "../terminal";

export const command = declare({
  synopsis: ["--from FILE --store file:PATH [--force]"],
  about: `\
Puts a backup in the place of a file: store, after checking it whole, in one step. Refuses while a
server has the store open, or the backup; what the store held before is gone. The store keeps its
owner and mode; where there is none, and root restores, it is the owner's of the folder. Names the
profiles that are damaged in the backup.`,
  options: {
    from: { value: "FILE", required: true, description: "what codestar-profiles backup wrote" },
    store: { value: "file:PATH", required: true, description: "the store" },
    force: { description: "replace the store when it is there" },
  },
  notes: "Exit status: 0 restored, 1 not restored and nothing changed, 2 wrong arguments.",
  async run({ values: { from, store: url, force } }) {
    const store = understood(() => filePathOf(url));
    const { profiles, damaged } = await restoreSqliteFile(from, store, { replace: force });
    await print(`Restored ${counted(profiles, "profile", "profiles")} to ${store}\n`);
    if (damaged.length > 0) process.stderr.write(`${tellDamage(store, damaged)}.\n`);
    return 0;
  },
});
