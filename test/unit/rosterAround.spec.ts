import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadForProgram } from "../../roster/forProgram";
import { account, arn, places, RosterFolder } from "../support/rosterFiles";

describe("settings above the given paths", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const person = (name: string) =>
    `people:\n  ${name}: { displayName: X, emailAddress: ${name}@b.c }\n`;
  const settings = `account: "${account}"\nregion: eu-central-1\n`;
  const arns = (...paths: string[]) =>
    folder.load(paths).roster.people.map(({ userArn }) => userArn);

  it("count for files and folders: account, region, defaults and allow", () => {
    folder.write({
      "rosters/roster.yaml": `${settings}allow: [shared-emails]\ndefaults: { path: /top/ }\n`,
      "rosters/teams/roster.yaml": "defaults: { emailDomain: team.example }\n",
      "rosters/teams/b.yaml":
        "people:\n  b: { displayName: B }\n  c: { displayName: C, emailAddress: b@team.example }\n",
    });
    for (const path of ["rosters/teams/b.yaml", "rosters/teams"]) {
      const { roster, problems, settingsAbove } = folder.load(path);
      assert.deepEqual(problems, [], path);
      assert.equal(roster.region, "eu-central-1");
      assert.deepEqual(
        roster.people.map(({ userArn, emailAddress }) => [userArn, emailAddress]),
        [
          [arn("top/b"), "b@team.example"],
          [arn("top/c"), "b@team.example"],
        ],
      );
      assert.deepEqual(
        settingsAbove,
        path === "rosters/teams"
          ? ["rosters/roster.yaml"]
          : ["rosters/teams/roster.yaml", "rosters/roster.yaml"],
      );
    }
  });

  it("restrict the people of the given file, and let no file of a team set rules for itself", () => {
    folder.write({
      "roster.yaml": `${settings}restrictions:\n  - { files: b.yaml, userArns: ["*/b"] }\n  - { files: "**" }\n`,
      "b.yaml": person("ceo"),
      "c.yaml": `allow: [weak-keys]\n${person("c")}`,
    });
    assert.deepEqual(places(folder.load("b.yaml").problems), ["b.yaml:2:3 restricted"]);
    assert.deepEqual(places(folder.load("c.yaml").problems), ["c.yaml:1:1 settings"]);
  });

  it("require people of all files below them, and say so whichever file is given", () => {
    folder.write({
      "roster.yaml": `${settings}required: [ada, bob]\n`,
      "a.yaml": person("ada"),
      "b.yaml": person("bobby"),
    });
    for (const path of ["a.yaml", "b.yaml", "roster.yaml"]) {
      assert.deepEqual(places(folder.load(path, { partial: true }).problems), [
        "roster.yaml:3:17 required-person",
      ]);
    }
    folder.write({ "b.yaml": person("bob") });
    const { problems, roster } = folder.load("a.yaml");
    assert.deepEqual(problems, []);
    assert.deepEqual(roster.required, [arn("ada")], "of the given people");
    folder.write({ "b.yaml": "people: [" });
    assert.deepEqual(folder.load("a.yaml").problems, [], "bob may be in the file that is broken");
  });

  it("report in the given file what it shares with another, and nothing else of the others", () => {
    folder.write({
      "roster.yaml": `${settings}required: [z]\n`,
      "a.yaml": person("ada"),
      "z.yaml": `people:\n  ada: { displayName: X, emailAddress: z@b.c }\n  z: { displayName: X, emailAddress: none }\n`,
    });
    assert.deepEqual(places(folder.load("a.yaml").problems), ["a.yaml:2:3 duplicate-person"]);
    assert.deepEqual(places(folder.load("z.yaml").problems), [
      "z.yaml:2:3 duplicate-person",
      "z.yaml:3:38 invalid-value",
    ]);
  });

  it("fail closed: settings that cannot be read are a problem of every file below them", () => {
    folder.write({
      "roster.yaml": `${settings}---\nrestrictions: []\n`,
      "t/a.yaml": person("ada"),
    });
    assert.deepEqual(places(folder.load("t/a.yaml").problems), [
      "roster.yaml:3:1 syntax",
      "t/a.yaml:2:3 settings",
    ]);
  });

  it("are looked for up to the folder of .git, else of Pulumi.yaml, else the working folder", () => {
    folder.write({
      "roster.yaml": settings,
      "work/deep/a.yaml": person("ada"),
      "work/Pulumi.yaml": "name: x\nruntime: nodejs\n",
    });
    assert.deepEqual(arns("work/deep/a.yaml"), [], "Pulumi.yaml is in between");
    mkdirSync(join(folder.path, ".git"));
    assert.deepEqual(arns("work/deep/a.yaml"), [arn("ada")]);
    folder.write({ "work/.git": "gitdir: elsewhere\n" });
    assert.deepEqual(arns("work/deep/a.yaml"), [], "a work tree of git has a file .git");
  });

  it("are not looked for above the working folder, nor around a path outside of it", () => {
    folder.write({ "roster.yaml": settings, "in/a.yaml": person("ada") });
    const inside = join(folder.path, "in");
    for (const path of ["a.yaml", join(inside, "a.yaml")]) {
      const { problems } = folder.load(path, { folder: inside });
      assert.deepEqual(
        problems.map(({ rule }) => rule),
        ["settings"],
      );
    }
    const outside = folder.load(join(inside, "a.yaml"), { folder: "/" });
    assert.deepEqual(outside.problems, [], "the root is above everything");
    assert.deepEqual(outside.settingsAbove, [join(folder.path, "roster.yaml")], "named as given");
  });

  it("are named relative to the working folder", () => {
    folder.write({ ".git/HEAD": "", "roster.yaml": "account: 1\n", "in/a.yaml": person("ada") });
    const { problems } = folder.load("a.yaml", { folder: join(folder.path, "in") });
    assert.deepEqual(places(problems), ["../roster.yaml:1:10 wrong-type"]);
  });

  it("read no other files where no rule asks for them", () => {
    folder.write({ "roster.yaml": settings, "a.yaml": person("ada"), "b.yaml": person("ada") });
    assert.deepEqual(folder.load("a.yaml").problems, []);
  });

  it("need somebody in the given files, unless these may be some of a roster's", () => {
    folder.write({ "roster.yaml": `${settings}required: [ada]\n`, "a.yaml": person("ada") });
    assert.deepEqual(places(folder.load("roster.yaml").problems), ["roster.yaml:1:1 empty-roster"]);
    assert.deepEqual(folder.load("roster.yaml", { partial: true }).problems, []);
  });

  describe("of a program's roster", () => {
    const load = (path: string, ownRegion = false) =>
      loadForProgram(path, { folder: folder.path, ownRegion });

    it("count, rules and required included, where region and ARNs stay as they are", () => {
      folder.write({
        "roster.yaml": `${settings}required: [ada]\nrestrictions:\n  - { files: "t/a.yaml", userArns: ["*/bob"] }\n`,
        "t/roster.yaml": settings,
        "t/a.yaml": person("ada"),
        "u/b.yaml": person("bob"),
      });
      assert.deepEqual(places(load("t").problems), ["t/a.yaml:2:3 restricted"]);
      folder.write({ "t/roster.yaml": 'account: "999999999999"\n' });
      assert.equal(load("t", true).roster.people[0]!.userArn, "arn:aws:iam::999999999999:user/ada");
      const unread = load("u/b.yaml").roster;
      assert.equal(unread.region, "eu-central-1", "without them it had no account and was refused");
    });

    it("are a problem where they would change the region or an ARN without a word", () => {
      folder.write({
        "roster.yaml": `${settings}defaults: { path: /eng/ }\n`,
        "t/a.yaml": `account: "${account}"\n${person("ada")}`,
        "t/b.yaml": `people:\n  ${arn("bob")}: { displayName: B, emailAddress: b@b.c }\n`,
      });
      assert.deepEqual(
        load("t/a.yaml").problems.map(({ file, message }) => [file, message.slice(0, 60)]),
        [
          ["roster.yaml", "this file sets the region eu-central-1 for t/a.yaml, which w"],
          [
            "roster.yaml",
            `this file sets defaults for t/a.yaml, by which ${arn("ada").slice(0, 13)}`,
          ],
        ],
      );
      assert.equal(load("t/b.yaml").problems.length, 1);
      const { problems, roster } = load("t/b.yaml", true);
      assert.deepEqual(problems, []);
      assert.equal(roster.people.length, 1);
    });
  });
});
