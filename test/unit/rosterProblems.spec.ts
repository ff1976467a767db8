import assert from "node:assert/strict";
import { formatProblem } from "../../roster/load";
import { account, RosterFolder } from "../support/rosterFiles";

describe("formatProblem", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const formatted = (person: string) => {
    folder.write({ "team.yaml": `account: "${account}"\npeople:\n${person}` });
    const { problems, sources } = folder.load("team.yaml");
    return problems.map((problem) => formatProblem(problem, sources.get("team.yaml"))).join("\n");
  };

  it("prints place and message, and marks the text in its line", () => {
    assert.equal(
      formatted("  ada: { displayName: Ada, emailAddress: ada@@b }\n"),
      [
        "team.yaml:3:42: error: emailAddress has more than one @; right is <name>@<domain> of ASCII letters, digits and . _ + -",
        "    3 |   ada: { displayName: Ada, emailAddress: ada@@b }",
        "      |                                          ^^^^^^",
      ].join("\n"),
    );
  });

  it("keeps the mark under its text behind tabs, wide letters and accents", () => {
    const [, line, mark] = formatted(
      "  ada:\t{ displayName: 日本🦊e\u0301, emailAddress: xx }\n",
    ).split("\n");
    // Two columns for each wide letter, none for the accent: three more columns than the
    // text has units, less two.
    assert.equal(mark!.indexOf("^"), line!.indexOf("xx") + 2 + 1 - 1 - 1);
    assert.match(mark!, /\^\^$/);
  });

  it("shows a stretch of a long line", () => {
    const text = formatted(`  ada: { displayName: "${"x".repeat(500)}", emailAddress: nobody }\n`);
    const lines = text.split("\n");
    assert.ok(lines.every((line) => line.length < 160 || line.includes("error:")));
    assert.match(text, /emailAddress: nobody/);
  });

  it("lets no control code of a file reach the terminal", () => {
    const text = formatted('  ada: { displayName: Ada, emailAddress: "\u001b[31m\u202Ex" }\n');
    for (const code of ["\u001b", "\u202E"]) assert.ok(!text.includes(code));
  });
});
