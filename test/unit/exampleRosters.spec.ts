import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { places, RosterFolder } from "../support/rosterFiles";

const examples = resolve(__dirname, "../../examples");

describe("the rosters of the examples", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const copy = (example: string) =>
    cpSync(join(examples, example, "rosters"), folder.path, { recursive: true });
  const read = (file: string) => readFileSync(join(folder.path, file), "utf8");

  it("roster: some hundred people of several teams, without a problem", () => {
    copy("roster");
    const { roster, problems } = folder.load();
    assert.deepEqual(places(problems), []);
    assert.equal(roster.people.length, 107);
    assert.equal(new Set(roster.people.map(({ position }) => position.file)).size, 8);
    const keys = roster.people.map(({ sshPublicKey }) => sshPublicKey);
    assert.ok(keys.some((key) => key?.includes("\n")));
    assert.ok(keys.includes("") && keys.includes(undefined));
  });

  it("roster: who is required cannot be left out", () => {
    copy("roster");
    rmSync(join(folder.path, "teams/security.yaml"));
    assert.deepEqual(
      folder.load().problems.map(({ rule }) => rule),
      ["required-person", "required-person"],
    );
  });

  it("roster: a partner's file cannot declare staff, nor addresses of staff", () => {
    copy("roster");
    const file = "partners/northwind.yaml";
    const staff = "arn:aws:iam::123456789012:user/staff/eve";
    const own = "mallory:\n    displayName: Mallory\n    emailAddress: mallory@example.com";
    folder.write({
      [file]: `${read(file)}  ${staff}:\n    displayName: Eve\n    emailAddress: eve@northwind.example\n  ${own}\n`,
    });
    assert.deepEqual(
      folder.load().problems.map(({ rule, file: where }) => `${where} ${rule}`),
      [`${file} restricted`, `${file} restricted`],
    );
  });

  it("roster: CODEOWNERS names every file of a team, and no others", () => {
    copy("roster");
    const owned = readFileSync(join(examples, "roster/CODEOWNERS"), "utf8");
    const named = [...owned.matchAll(/^\/rosters\/(\S+\.\w+)/gm)].map(([, file]) => file!);
    for (const file of named) assert.ok(read(file).length > 0);
    const teams = new Set(folder.load().roster.people.map(({ position }) => position.file));
    const unnamed = [...teams].filter((file) => !named.includes(file)).sort();
    assert.deepEqual(unnamed, ["partners/northwind.yaml", "teams/security.yaml"]);
  });

  it("gitops: five people, without a problem", () => {
    copy("gitops");
    const { roster, problems } = folder.load();
    assert.deepEqual(places(problems), []);
    assert.equal(roster.people.length, 5);
  });
});
