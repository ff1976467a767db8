import assert from "node:assert/strict";
import fc from "fast-check";
import { rowsOf } from "../../roster/reading/csvRows";
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

  it("end lines with carriage returns alone, too, and place problems by them", () => {
    const { roster, problems } = load(
      `${header}ada,Ada,a@b.c,\nbob,B,none,\n`.replaceAll("\n", "\r"),
    );
    assert.deepEqual(places(problems), ["people.csv:3:7 invalid-value"]);
    assert.equal(roster.people.length, 2);
    const mixed = load(`${header}ada,"A\rda",a@b.c,\r\n\rbob,Bob,b@b.c,\neve,Eve,e@b.c,`);
    assert.deepEqual(places(mixed.problems), ["people.csv:2:6 invalid-value"]);
    assert.equal(mixed.roster.people.length, 3);
  });

  it("pass over Excel's line sep=; and take the delimiter that it names", () => {
    for (const line of ["sep=;", '"sep=;"', "SEP=;"]) {
      const { roster, problems } = load(
        `\uFEFF${line}\r\nuserName;displayName;emailAddress\r\nada;A, B, C, D;a@b.c\r\n`,
      );
      assert.deepEqual(problems, [], line);
      assert.equal(roster.people[0]!.displayName, "A, B, C, D");
    }
  });

  it("pass over empty cells at the ends of lines, which spreadsheets leave, but no text there", () => {
    const { roster, problems } = load(
      "userName,displayName,emailAddress,,\nada,Ada,a@b.c,,\nbob,Bob,b@b.c\neve,Eve,e@b.c,,,,\n,,,,\nzoe,Zoe,z@b.c,,note\n",
    );
    assert.deepEqual(places(problems), ["people.csv:6:1 syntax"]);
    assert.deepEqual(
      roster.people.map(({ userArn }) => userArn),
      [arn("ada"), arn("bob"), arn("eve")],
    );
    assert.deepEqual(places(load("userName,,displayName,emailAddress\na,,A,a@b.c\n").problems), [
      "people.csv:1:10 unknown-field",
    ]);
  });

  it("have one problem for one wrong header, whoever is below it, and nobody is said to be missing", () => {
    const rows = Array.from({ length: 500 }, (_, i) => `u${i},U,u${i}@b.c\n`).join("");
    folder.write({
      "roster.yaml": `account: "${account}"\nrequired: [u7]\n`,
      "people.csv": `userName,Display Name,emailAddress\n${rows}`,
    });
    assert.deepEqual(places(folder.load().problems), ["people.csv:1:10 unknown-field"]);
  });

  it("are read to their end, however many lines are broken", () => {
    const broken = Array.from({ length: 200 }, (_, i) => `"u${i}"x,U,u@b.c,\n`).join("");
    const { problems, roster } = load(`${header}${broken}ada,Ada,no at,\nbob,Bob,b@b.c,\n`);
    assert.equal(problems.length, 201);
    assert.deepEqual(places(problems.slice(-1)), ["people.csv:202:9 invalid-value"]);
    assert.equal(roster.people.length, 2);
  });

  it("are read the same as they were written, whatever the cells hold", () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab,;"\n\r\t é🦊'), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
        fc.constantFrom(",", ";", "\t"),
        fc.constantFrom("\n", "\r\n", "\r"),
        (rows, delimiter, end) => {
          const written = (value: string) =>
            /[",;\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
          const text = rows.map((row) => row.map(written).join(delimiter) + end).join("");
          const read = [...rowsOf(text, delimiter, 0)].map((row) => {
            assert.ok("cells" in row);
            for (const { value, span } of row.cells) {
              const raw = text.slice(span.start, span.end);
              assert.equal(raw.replaceAll('""', '"'), value);
            }
            return row.cells.map(({ value }) => value);
          });
          assert.deepEqual(read, rows);
        },
      ),
    );
  });

  it("take an empty file for an empty roster", () => {
    assert.deepEqual(places(load("").problems), ["people.csv:1:1 empty-roster"]);
    assert.deepEqual(places(load(header).problems), ["people.csv:1:1 empty-roster"]);
  });
});
