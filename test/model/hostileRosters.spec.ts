import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  account,
  yamlHead as head,
  yamlPerson as person,
  places,
  RosterFolder,
} from "../support/rosterFiles";

describe("hostile roster files", function () {
  this.timeout(60_000);

  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const load = (text: string, name?: string) => folder.loadText(text, name);

  const list = (length: number, of: (index: number) => string) =>
    Array.from({ length }, (_, index) => of(index)).join("");

  it("grow by aliases within measure: a bomb is refused at the alias that is too much", () => {
    const bomb = `${head}  ada:\n    displayName: A\n    emailAddress: a@b.c\n    sshPublicKey:\n${list(
      9,
      (level) => `    - &a${level} [${Array(10).fill(level === 0 ? "x" : `*a${level - 1}`)}]\n`,
    )}`;
    const { problems } = load(bomb);
    assert.deepEqual(places(problems), ["team.yaml:11:12 syntax"]);
    assert.match(problems[0]!.message, /the aliases up to here stand for more than \d+ values/);
    const merges = `x-0: &a0 { k: v }\n${list(40, (i) => `x-${i + 1}: &a${i + 1} { <<: [*a${i}, *a${i}], p${i}: *a${i}, q${i}: *a${i} }\n`)}people: *a40\n`;
    assert.match(load(merges).problems[0]!.message, /the aliases up to here/);
  });

  it("are no deeper than 64 levels, written or by aliases", () => {
    const chain = `x-0: &a0 [x]\n${list(20_000, (i) => `x-${i + 1}: &a${i + 1} [*a${i}]\n`)}`;
    const deep = {
      "chain.yaml": chain,
      "flow.yaml": "[".repeat(100_000),
      "balanced.yaml": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
      "block.yaml": "- ".repeat(100_000),
      "queries.yaml": "? ".repeat(100_000),
      "indented.yaml": list(1_000, (level) => `${" ".repeat(level)}a:\n`),
      "json.json": `{"x-a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      "json65.json": `{"x-a":${"[".repeat(65)}${"]".repeat(65)}}`,
    };
    for (const [name, text] of Object.entries(deep)) {
      const { problems } = load(text, name);
      assert.deepEqual(
        problems.map(({ rule, message }) => [rule, /nested more than 64 levels/.test(message)]),
        [["syntax", true]],
        name,
      );
    }
    for (const text of [`x-a: ${"[".repeat(60)}${"]".repeat(60)}\n`, chain.slice(0, 900)]) {
      assert.deepEqual(load(text.replace(/\n[^\n]*$/, "\n") + head + person("ada")).problems, []);
    }
  });

  it("may hold 130,000 people, who are no attack", () => {
    const { problems, roster } = load(
      `${JSON.stringify({ account, people: Object.fromEntries(Array.from({ length: 130_000 }, (_, i) => [`u${i}`, { displayName: "U", emailAddress: `u${i}@b.c` }])) })}`,
      "team.json",
    );
    assert.deepEqual(problems, []);
    assert.equal(roster.people.length, 130_000);
  });

  it("have 1,000 problems listed, and are looked at no further", () => {
    const { problems, stopped } = load(
      `{"people":{"ada":{"displayName":"A","emailAddress":"a@b.c"${list(30_000, (i) => `,"f${i}":1`)}}},"account":"${account}"}`,
      "team.json",
    );
    assert.equal(problems.length, 1_000);
    assert.equal(stopped, true);
  });

  it("that are pipes are refused, not waited for", () => {
    execFileSync("mkfifo", [join(folder.path, "pipe.yaml")]);
    const { problems } = folder.load("pipe.yaml");
    assert.deepEqual(places(problems), ["pipe.yaml:1:1 unreadable"]);
    assert.match(problems[0]!.message, /no ordinary file, but a pipe or a device/);
  });

  it("cost little whatever they are made of", () => {
    const size = 200_000;
    const fill = (text: string) => text.repeat(size / text.length);
    const inputs: Record<string, string> = {
      "fields.yaml": `people: {ada: {${list(30_000, (i) => `f${i.toString(36)},`)}}}`,
      "repeated.json": `{"people":{"ada":{"a":1${fill(',"a":1')}}}}`,
      "settings.yaml": list(20_000, (i) => `f${i.toString(36)}:\n`),
      "keys.json": `{"account":"${account}","people":{"a":{"displayName":"A","emailAddress":"a@b.c","sshPublicKey":["a"${fill(',"a"')}]}}}`,
      "columns.csv": `userName,${fill("a,")}\n`,
      "quotes.csv": `userName,displayName,emailAddress\n${fill('"a"b,c\n')}`,
      "cells.csv": `userName,displayName,emailAddress\n${fill(",")}\n`,
      "line.yaml": `{${fill("a,")}}`,
      "merged.yaml": `x-0: &a {${list(10_000, (i) => `k${i},`)}}\npeople:\n${list(5_000, (i) => ` a${i}: { <<: *a }\n`)}`,
    };
    for (const [name, text] of Object.entries(inputs)) {
      const before = process.cpuUsage();
      const { problems } = load(text, name);
      const { user } = process.cpuUsage(before);
      assert.ok(problems.length > 0, name);
      // Quadratic costs take minutes; the rest is for slow machines.
      assert.ok(user < 5_000_000, `${name}: ${user / 1e6} s`);
    }
  });
});
