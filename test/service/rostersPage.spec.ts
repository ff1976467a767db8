import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { codestarProfiles } from "../support/commandLine";
import { RosterFolder } from "../support/rosterFiles";
import { type ServeProcess, startServe } from "../support/serveProcess";

const docs = join(__dirname, "../../docs");

/** What changes from run to run. */
const steady = (text: string) =>
  text
    .replace(/\d+\.\d s\b/g, "0.1 s")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "2026-11-25 02:45 UTC");

/**
 * A reader's steps, from what the page shows: a file, which a sentence that ends in a colon names
 * right above its content; the server; requests to it; and commands with what they print.
 */
const step =
  /^[^\n]*`(?<file>[\w./-]+\.(?:yaml|pub))`[^\n`]*:\n\n```\w+\n(?<content>[\s\S]*?)^```|```sh\ncodestar-profiles serve (?<serve>.*)\n```|```sh\n(?<requests>curl [\s\S]*?)```|```console\n(?<session>\$ codestar-profiles [\s\S]*?)```/gm;

/**
 * The steps of the pages are taken one after another, and what the commands print is compared with
 * what the page shows. With UPDATE_DOCS=1 the page is changed instead.
 */
describe("docs/rosters.md, then docs/gitops.md", function () {
  this.timeout(60_000);
  let folder: RosterFolder;
  let server: ServeProcess | undefined;
  before(() => {
    folder = new RosterFolder();
  });
  after(async () => {
    await server?.terminate();
    folder.remove();
  });

  for (const { page, atLeast } of [
    { page: "rosters.md", atLeast: 11 },
    { page: "gitops.md", atLeast: 1 },
  ]) {
    it(`${page} shows what the commands print`, async () => {
      const path = join(docs, page);
      const text = readFileSync(path, "utf8");
      assert.doesNotMatch(
        text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`]*`/g, ""),
        /<!--(?! \/?bench)/,
      );
      let updated = "";
      let end = 0;
      let commands = 0;
      for (const match of text.matchAll(step)) {
        const { file, content, serve, requests, session } = match.groups!;
        if (file) folder.write({ [file]: content! });
        if (serve) server = await startServe(folder.path, serve.split(" "));
        if (requests) await request(requests);
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
      assert.ok(commands >= atLeast, `${commands} commands`);
      if (process.env.UPDATE_DOCS) writeFileSync(path, updated + text.slice(end));
    });
  }

  async function request(script: string): Promise<void> {
    assert.ok(server, "the page starts a server before it is asked");
    const here = script
      .replaceAll("http://127.0.0.1:4600", server.url)
      .replaceAll(/^curl /gm, "curl --silent --show-error --fail ");
    const child = spawn("sh", ["-euc", here], {
      cwd: folder.path,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [[status], err] = await Promise.all([once(child, "exit"), textOf(child.stderr)]);
    assert.equal(status, 0, err);
  }
});
