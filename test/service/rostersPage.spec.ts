import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../service/store/open";
import { codestarProfiles } from "../support/commandLine";
import { RosterFolder } from "../support/rosterFiles";

const page = join(__dirname, "../../docs/rosters.md");

/** What changes from run to run. */
const steady = (text: string) =>
  text
    .replace(/\d+\.\d s\b/g, "0.1 s")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "2026-11-25 02:45 UTC");

/**
 * The page's files are written, its commands run one after another, and what they print is compared with what
 * the page shows. With UPDATE_DOCS=1 the page is changed instead.
 */
describe("docs/rosters.md", function () {
  this.timeout(60_000);
  let folder: RosterFolder;
  before(() => {
    folder = new RosterFolder();
  });
  after(() => folder.remove());

  it("shows what the commands print", async () => {
    const text = readFileSync(page, "utf8");
    const part =
      /<!-- file: (?<file>\S+) -->\n\n```\w+\n(?<content>[\s\S]*?)```|<!-- file: (?<hidden>\S+)\n\n(?<hiddenContent>[\s\S]*?)-->|<!-- live: (?<live>[\s\S]*?)-->|```console\n(?<session>\$ [\s\S]*?)```/g;
    let updated = "";
    let end = 0;
    let commands = 0;
    for (const match of text.matchAll(part)) {
      const { file, content, hidden, hiddenContent, live, session } = match.groups!;
      if (file) folder.write({ [file]: content! });
      if (hidden) folder.write({ [hidden]: hiddenContent! });
      if (live) await seed(live);
      if (session === undefined) continue;
      let real = "";
      for (const [, line] of session.matchAll(/^\$ (.*)$/gm)) {
        const [program, ...argv] = line!.split(" ");
        assert.equal(program, "codestar-profiles");
        const { out, err } = await codestarProfiles(folder.path, argv);
        real += `$ ${line}\n${steady(out + err)}`;
        commands++;
      }
      const start = match.index + "```console\n".length;
      updated += text.slice(end, start) + real;
      end = start + session.length;
      if (!process.env.UPDATE_DOCS) assert.equal(session, real);
    }
    assert.ok(commands >= 11);
    if (process.env.UPDATE_DOCS) writeFileSync(page, updated + text.slice(end));
  });

  async function seed(csv: string): Promise<void> {
    const store = await openStore(`file:${join(folder.path, "profiles.db")}`);
    for (const row of csv.trim().split("\n").slice(1)) {
      const [userArn = "", displayName = "", emailAddress = "", sshPublicKey = ""] = row.split(",");
      const times = { createdAt: 1_700_000_000_000, modifiedAt: 1_700_000_000_000 };
      await store.create("eu-central-1", {
        userArn,
        displayName,
        emailAddress,
        sshPublicKey,
        ...times,
      });
    }
    await store.close();
  }
});
