import assert from "node:assert/strict";
import {
  account,
  arn,
  yamlHead as head,
  yamlPerson as person,
  places,
  RosterFolder,
} from "../support/rosterFiles";

describe("reading rosters", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const load = (text: string, name?: string) => folder.loadText(text, name);

  describe("the documents of a YAML file", () => {
    it("are one: a second is refused at its ---, whatever follows, and nothing of it is passed over", () => {
      const place = "team.yaml:4:1 syntax";
      for (const second of [
        `---\npeople:\n${person("bob")}`,
        "--- # data team\nx-y: 1\n",
        "--- {people: {}}\n",
        "---\n~\n",
        '--- ""\n',
      ]) {
        const { problems, roster } = load(head + person("ada") + second);
        assert.deepEqual(places(problems), [place], second);
        assert.match(problems[0]!.message, /a roster file is one document/);
        assert.equal(roster.people.length, 0, "half a roster is none");
      }
      const { problems } = load(`${head}${person("ada")}...\npeople:\n${person("bob")}`);
      assert.deepEqual(places(problems), ["team.yaml:5:1 syntax"]);
      const third = load(`${head}${person("ada")}---\n---\npeople:\n${person("bob")}`).problems;
      assert.deepEqual(places(third), ["team.yaml:5:1 syntax"]);
    });

    it("may begin with ---, end with ..., and end with an empty one", () => {
      for (const [before, after] of [
        ["---\n", ""],
        ["%YAML 1.2\n---\n", "...\n"],
        ["# the team\n---\n", "---\n"],
        ["", "---\n# nothing\n"],
        ["", "...\n---\n...\n# end\n"],
      ] as const) {
        const { problems, roster } = load(before + head + person("ada") + after);
        assert.deepEqual(problems, [], before + after);
        assert.equal(roster.people.length, 1);
      }
    });

    it("hide no problem of a later one", () => {
      assert.deepEqual(places(load(`${head}${person("ada")}---\n{\n`).problems), [
        "team.yaml:4:1 syntax",
        "team.yaml:6:1 syntax",
      ]);
    });

    it("hold settings and ignores, too: rules below a --- are not passed over", () => {
      folder.write({
        "roster.yaml": `account: "${account}"\n---\nrequired: [zoe]\nrestrictions: []\n`,
        "team.yaml": `people:\n${person("ada")}`,
      });
      assert.deepEqual(
        folder.load().problems.map(({ file, line, rule }) => [file, line, rule]),
        [
          ["roster.yaml", 2, "syntax"],
          ["team.yaml", 2, "settings"],
        ],
      );
    });
  });

  it("reports a key that comes twice in any map, for only one of the two would count", () => {
    const { problems } = load(`account: "${account}"
defaults: { path: /a/, path: /b/ }
restrictions: [{ files: "**", accounts: [], accounts: ["${account}"] }]
people:
  ada: { displayName: A, displayName: B, emailAddress: a@b.c }
`);
    assert.deepEqual(
      problems.filter(({ rule }) => rule === "syntax").map(({ line, column }) => [line, column]),
      [
        [2, 24],
        [3, 45],
        [5, 26],
      ],
    );
  });

  it("takes carriage returns alone for ends of lines, in YAML and in places", () => {
    const { problems, roster } = load(
      `${head}${person("ada")}  bob: { displayName: B, emailAddress: none }\n`.replaceAll(
        "\n",
        "\r",
      ),
    );
    assert.deepEqual(places(problems), ["team.yaml:4:40 invalid-value"]);
    assert.equal(roster.people[0]!.displayName, "ada");
  });

  describe("merge keys and x- keys", () => {
    it("fill in what a map does not say itself, the first of several maps first", () => {
      const { roster, problems } = load(`account: "${account}"
x-common: &common { sshPublicKey: "", displayName: Someone }
x-other: &other { displayName: Other, emailAddress: other@b.c }
people:
  ada: { <<: *common, displayName: Ada, emailAddress: a@b.c }
  bob: { emailAddress: b@b.c, <<: [*common, *other] }
  eve: { <<: { displayName: Eve }, emailAddress: e@b.c }
  <<: { zoe: { <<: *other } }
`);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ position: _, ...fields }) => fields),
        [
          { userArn: arn("ada"), displayName: "Ada", emailAddress: "a@b.c", sshPublicKey: "" },
          { userArn: arn("bob"), displayName: "Someone", emailAddress: "b@b.c", sshPublicKey: "" },
          { userArn: arn("eve"), displayName: "Eve", emailAddress: "e@b.c" },
          { userArn: arn("zoe"), displayName: "Other", emailAddress: "other@b.c" },
        ],
      );
    });

    it("are reported where they are used when what they fill in is wrong", () => {
      const { problems } = load(
        `x-common: &c { displayNme: X }\n${head}  ada: { <<: *c, displayName: A, emailAddress: a@b.c }\n`,
      );
      assert.deepEqual(places(problems), ["team.yaml:4:14 unknown-field"]);
    });

    it("refuse what cannot be merged, and << twice; in quotes << is an ordinary key", () => {
      assert.deepEqual(places(load(`${head}  ada: { <<: x }\n`).problems), [
        "team.yaml:3:14 syntax",
      ]);
      assert.deepEqual(places(load(`${head}  ada: { <<: {}, <<: {} }\n`).problems), [
        "team.yaml:3:18 syntax",
      ]);
      assert.deepEqual(
        places(load(`${head}  "<<": { displayName: A, emailAddress: a@b.c }\n`).problems),
        ["team.yaml:3:3 invalid-value"],
      );
    });

    it("leave fields of other tools alone, in every format, but no user whose name begins with x-", () => {
      const yaml = `account: "${account}"\nx-team: [1, { a: ~ }]\npeople:\n  x-ray: { displayName: X, emailAddress: x@b.c, x-desk: 4, x-desk2: { x: x } }\n`;
      for (const loaded of [
        load(yaml),
        load(
          JSON.stringify({
            account,
            "x-team": 1,
            people: { "x-ray": { displayName: "X", emailAddress: "x@b.c", "x-desk": 4 } },
          }),
          "team.json",
        ),
      ]) {
        assert.deepEqual(loaded.problems, []);
        assert.equal(loaded.roster.people[0]!.userArn, arn("x-ray"));
      }
      folder.write({ "team.csv": "userName,x-desk,displayName,emailAddress\nx-ray,4,X,x@b.c\n" });
      assert.deepEqual(folder.load("team.csv", { account }).problems, []);
    });

    it("hint at the map where people are a list", () => {
      const { problems } = load(`account: "${account}"\npeople:\n  - userName: ada\n`);
      assert.deepEqual(places(problems), ["team.yaml:3:3 wrong-type"]);
      assert.match(problems[0]!.message, /`ada: \{ displayName: Ada \}` in the place of/);
    });
  });
});
