import assert from "node:assert/strict";
import { account, arn, keyLine, places, RosterFolder } from "../support/rosterFiles";

describe("rosters in CSV", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const load = (text: string) => {
    folder.write({ "people.csv": text });
    return folder.load("people.csv", { account });
  };
  const header = "userName,displayName,emailAddress,sshPublicKey\n";

  it("take commas, semicolons and tabs, a byte order mark, both ends of lines, and quoted cells", () => {
    for (const mark of [",", ";", "\t"]) {
      const rows = [
        ["userName", "displayName", "emailAddress"],
        ["ada", `"Lovelace${mark} ""Ada"""`, "ada@example.com"],
        ["", "", ""],
        ["007", "007", "bond@example.com"],
      ];
      const { roster, problems } = load(
        `\uFEFF${rows.map((row) => row.join(mark)).join("\r\n")}\r\n\r\n`,
      );
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ userArn, displayName }) => [userArn, displayName]),
        [
          [arn("ada"), `Lovelace${mark} "Ada"`],
          [arn("007"), "007"],
        ],
      );
    }
  });

  it("declare an absent key with an empty cell, and leave keys alone without the column", () => {
    const keyed = load(`${header}ada,Ada,ada@example.com,\n`).roster.people[0]!;
    assert.equal(keyed.sshPublicKey, "");
    const keyless = load("userName,displayName,emailAddress\nada,Ada,a@b.c\n").roster.people[0]!;
    assert.equal("sshPublicKey" in keyless, false);
  });

  it("take keys from a file where the cell of inline keys is empty", () => {
    folder.write({ "ada.pub": keyLine(1) });
    const { roster, problems } = load(
      `userName,displayName,emailAddress,sshPublicKey,sshPublicKeyFile\nada,Ada,a@b.c,,ada.pub\nbob,Bob,b@b.c,${keyLine(2)},\n`,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      roster.people.map(({ sshPublicKey }) => sshPublicKey),
      [keyLine(1), keyLine(2)],
    );
  });

  it("refuse two keys in a cell that are not on two lines, and see that the second is another's", () => {
    const { problems } = load(
      `${header}ada,Ada,a@b.c,"${keyLine(1, "ada@laptop")}, ${keyLine(2, "linus@laptop")}"\nbob,Bob,b@b.c,${keyLine(2)}\n`,
    );
    assert.deepEqual(places(problems), [
      "people.csv:2:16 invalid-value",
      "people.csv:3:15 reused-key",
    ]);
    assert.match(problems[0]!.message, /a second key/);
  });

  it("place problems at the cell, behind cells of several lines and letters of several bytes", () => {
    const { problems } = load(
      `${header}ada,"Ädä 🦊",ada@example.com,"${keyLine(1)}\n${keyLine(2)}"\n\nbob,"B ""ö""",no at,\n`,
    );
    assert.deepEqual(places(problems), ["people.csv:5:15 invalid-value"]);
    assert.equal(problems[0]!.text, "no at");
  });

  it("report wrong numbers of cells and broken quotes, and read on after them", () => {
    const { problems, roster } = load(
      `${header}ada,Ada\n"b"ob,Bob,b@b.c,\neve "e",Eve,e@b.c,\ncarl,Carl,c@b.c,\ndora,"Dora,d@b.c,\n`,
    );
    assert.deepEqual(places(problems), [
      "people.csv:2:1 syntax",
      "people.csv:3:1 syntax",
      "people.csv:4:1 syntax",
      "people.csv:6:1 syntax",
    ]);
    assert.match(problems[0]!.message, /2 cells, the header 4/);
    assert.match(problems[3]!.message, /never closed/);
    assert.deepEqual(
      roster.people.map(({ userArn }) => userArn),
      [arn("carl")],
    );
  });

  it("report unknown, repeated and missing columns once, in the header", () => {
    const { problems } = load("userName,Display Name,e-mail,userName\na,b,c,d\ne,f,g,h\n");
    assert.deepEqual(
      problems.map(({ line, column, message }) => [line, column, message]),
      [
        [1, 10, '"Display Name" is no column of a roster; did you mean displayName?'],
        [1, 23, '"e-mail" is no column of a roster; did you mean emailAddress?'],
        [1, 30, "the column userName comes twice"],
        [1, 30, "the header needs one of userName and userArn"],
      ],
    );
  });

  it("take an empty file for an empty roster", () => {
    assert.deepEqual(places(load("").problems), ["people.csv:1:1 empty-roster"]);
    assert.deepEqual(places(load(header).problems), ["people.csv:1:1 empty-roster"]);
  });
});
