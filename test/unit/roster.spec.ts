import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { formatProblem } from "../../roster/load";
import { account, arn, keyLine, places, RosterFolder } from "../support/rosterFiles";
import { rsa1024 } from "../support/sshKeys";

describe("loadRoster", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  /** The problems of one YAML file with this text. */
  const problemsOf = (text: string) => {
    folder.write({ "team.yaml": text });
    return folder.load("team.yaml").problems;
  };
  const head = `account: "${account}"\npeople:\n`;

  describe("people", () => {
    it("takes user names, ARNs with paths, awkward names and Unicode", () => {
      folder.write({
        "team.yaml": `account: "012345678901"
region: eu-central-1
people:
  ada: { displayName: Ada Lovelace, emailAddress: ada@example.com }
  007: { displayName: "007", emailAddress: bond@example.com }
  "null": { displayName: ﬆudio 日本 🦊, emailAddress: n@example.com }
  +=,.@-_: { displayName: Signs, emailAddress: s@example.com }
  __proto__: { displayName: Proto, emailAddress: p@example.com }
  arn:aws:iam::999999999999:user/a/b/eve: { displayName: Eve, emailAddress: e@example.com }
`,
      });
      const { roster, problems } = folder.load("team.yaml");
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ userArn, displayName }) => [userArn, displayName]),
        [
          ["arn:aws:iam::012345678901:user/ada", "Ada Lovelace"],
          ["arn:aws:iam::012345678901:user/007", "007"],
          ["arn:aws:iam::012345678901:user/null", "ﬆudio 日本 🦊"],
          ["arn:aws:iam::012345678901:user/+=,.@-_", "Signs"],
          ["arn:aws:iam::012345678901:user/__proto__", "Proto"],
          ["arn:aws:iam::999999999999:user/a/b/eve", "Eve"],
        ],
      );
      assert.equal(roster.region, "eu-central-1");
      assert.equal(roster.account, undefined, "there are people of two accounts");
      assert.deepEqual(roster.people[0]!.position, { file: "team.yaml", line: 4, column: 3 });
    });

    it("tells a key that is not managed from one that is declared absent", () => {
      folder.write({
        "team.yaml": `${head}  ada: { displayName: Ada, emailAddress: a@b.c }\n  bob: { displayName: Bob, emailAddress: b@b.c, sshPublicKey: "" }\n`,
      });
      const { people } = folder.load("team.yaml").roster;
      assert.equal("sshPublicKey" in people[0]!, false);
      assert.equal(people[1]!.sshPublicKey, "");
    });

    it("joins a list of keys, and reads them from files without their comments", () => {
      folder.write({
        "team.yaml": `${head}  ada:
    displayName: Ada
    emailAddress: a@b.c
    sshPublicKey: ["${keyLine(1)}", "${keyLine(2)}"]
  bob: { displayName: Bob, emailAddress: b@b.c, sshPublicKeyFile: keys/bob.pub }
`,
        "keys/bob.pub": `\uFEFF# laptop\r\n\r\n${keyLine(3, "bob@laptop")}\r\n${keyLine(4)}\r\n`,
      });
      const { roster, problems } = folder.load("team.yaml");
      assert.deepEqual(problems, []);
      assert.equal(roster.people[0]!.sshPublicKey, `${keyLine(1)}\n${keyLine(2)}`);
      assert.equal(roster.people[1]!.sshPublicKey, `${keyLine(3, "bob@laptop")}\n${keyLine(4)}`);
    });

    it("fills in the path and the e-mail domain of the defaults", () => {
      folder.write({
        "team.yaml": `account: "${account}"\ndefaults: { path: /eng/, emailDomain: example.com }\npeople:\n  ada: { displayName: Ada }\n  ${arn("x/bob")}: { displayName: Bob }\n`,
      });
      const { roster, problems } = folder.load("team.yaml");
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ userArn, emailAddress }) => [userArn, emailAddress]),
        [
          [arn("eng/ada"), "ada@example.com"],
          [arn("x/bob"), "bob@example.com"],
        ],
      );
    });

    it("resolves anchors and aliases", () => {
      folder.write({
        "team.yaml": `${head}  ada: { displayName: &n Same, emailAddress: a@b.c }\n  bob: { displayName: *n, emailAddress: b@b.c }\n`,
      });
      const { roster, problems } = folder.load("team.yaml");
      assert.deepEqual(problems, []);
      assert.equal(roster.people[1]!.displayName, "Same");
    });

    it("reads JSON through the same parser, tabs and all", () => {
      const content = {
        account,
        people: { ada: { displayName: "A\u0085\u2028a", emailAddress: "a@b" } },
      };
      content.people.ada.displayName = "A\ud83e\udd8a";
      folder.write({ "team.json": JSON.stringify(content, null, "\t") });
      const { roster, problems } = folder.load("team.json");
      assert.deepEqual(problems, []);
      assert.equal(roster.people[0]!.displayName, "A🦊");
    });
  });

  describe("problems", () => {
    it("names all of them at once, each at its place, in the order of the file", () => {
      const problems = problemsOf(`account: 012345678901
regin: eu-central-1
people:
  ada: { displayName: " Ada", emailAddress: ada }
  bob: { displayName: 12, emailAdress: b@b.c }
  carl: [1]
`);
      assert.deepEqual(places(problems), [
        "team.yaml:1:10 wrong-type",
        "team.yaml:2:1 unknown-field",
        "team.yaml:4:23 invalid-value",
        "team.yaml:4:45 invalid-value",
        "team.yaml:5:23 wrong-type",
        "team.yaml:5:27 unknown-field",
        "team.yaml:6:9 wrong-type",
      ]);
    });

    it("passes the limits of the API on, at the field", () => {
      const problems = problemsOf(
        `${head}  ada: { displayName: "${"x".repeat(65)}", emailAddress: "no at" }\n  b b: { displayName: B, emailAddress: b@b.c }\n`,
      );
      assert.deepEqual(places(problems), [
        "team.yaml:3:23 invalid-value",
        "team.yaml:3:106 invalid-value",
        "team.yaml:4:3 invalid-value",
      ]);
      assert.match(problems[0]!.message, /^displayName has 65 characters; 1 to 64 are allowed$/);
    });

    it("checks the other values of a person with a misspelt field", () => {
      const problems = problemsOf(
        `${head}  ada: { displayNam: Ada, emailAddress: no at, sshPublicKey: "${rsa1024.line}" }\n`,
      );
      assert.deepEqual(
        problems.map(({ rule }) => rule),
        ["unknown-field", "invalid-value", "weak-key"],
      );
    });

    it("finds shared addresses and keys though the account is wrong and a field misspelt", () => {
      const problems = problemsOf(`account: 12
people:
  ada: { displayNam: Ada, emailAddress: a@b.c }
  bob: { displayName: Bob, emailAddress: a@b.c, sshPublicKey: "${keyLine(1)}" }
  eve: { displayName: Eve, emailAddress: e@b.c, sshPublicKey: "${keyLine(1)}" }
`);
      assert.deepEqual(places(problems), [
        "team.yaml:1:10 wrong-type",
        "team.yaml:3:10 unknown-field",
        "team.yaml:4:42 shared-email",
        "team.yaml:5:63 reused-key",
      ]);
      assert.equal(folder.load("team.yaml").roster.people.length, 0, "nothing to be used");
    });

    it("says what was likely meant", () => {
      const messages = problemsOf(
        `${head}  ada: { name: Ada, email: a@b.c }\nuser: {}\nmembers: {}\n`,
      ).map(({ message }) => message);
      assert.deepEqual(messages, [
        '"name" is no field of a person; did you mean displayName?',
        '"email" is no field of a person; did you mean emailAddress?',
        '"user" is no field of a roster; known are people, account, region, defaults, required, restrictions, allow',
        '"members" is no field of a roster; did you mean people?',
      ]);
    });

    it("points at missing fields, empty people and values without text", () => {
      const problems = problemsOf(
        `${head}  ada: {}\n  bob:\n  carl: { displayName: ~, emailAddress: c@b.c }\n`,
      );
      assert.deepEqual(places(problems), [
        "team.yaml:3:3 missing-field",
        "team.yaml:3:3 missing-field",
        "team.yaml:4:7 wrong-type",
        "team.yaml:5:24 wrong-type",
      ]);
      assert.match(problems[3]!.message, /displayName has no value; write ""/);
    });

    it("finds people declared twice, in one file and across files, and names both places", () => {
      folder.write({
        "a.yaml": `${head}  ada: { displayName: Ada, emailAddress: a@b.c }\n  ada: { displayName: A, emailAddress: a2@b.c }\n`,
        "b.csv": `userArn,displayName,emailAddress\n${arn("ada")},Ada,a3@b.c\n`,
      });
      const { problems, roster } = folder.load();
      assert.deepEqual(
        problems.map(({ message }) => message),
        Array(2).fill('"ada" is declared twice, first at a.yaml:3:3'),
      );
      assert.deepEqual(places(problems), [
        "a.yaml:4:3 duplicate-person",
        "b.csv:2:1 duplicate-person",
      ]);
      assert.equal(roster.people.length, 1);
    });

    it("finds one user name under two paths or in two cases: IAM takes only one", () => {
      const problems = problemsOf(
        `${head}  ada: { displayName: Ada, emailAddress: a@b.c }\n  ${arn("eng/Ada")}: { displayName: A, emailAddress: a2@b.c }\n`,
      );
      assert.deepEqual(places(problems), ["team.yaml:4:3 same-name"]);
    });

    it("finds shared e-mail addresses, whatever their case", () => {
      const problems = problemsOf(
        `${head}  ada: { displayName: Ada, emailAddress: team@b.c }\n  bob: { displayName: Bob, emailAddress: Team@B.c }\n`,
      );
      assert.deepEqual(places(problems), ["team.yaml:4:42 shared-email"]);
      assert.match(problems[0]!.message, /also that of "ada" \(team\.yaml:3:3\)/);
      assert.doesNotMatch(problems[0]!.message, /@/, "the message holds no address");
    });

    it("finds SSH keys used twice, by one person or by two, whatever their comments", () => {
      const problems = problemsOf(`${head}  ada:
    displayName: Ada
    emailAddress: a@b.c
    sshPublicKey:
      - ${keyLine(1, "one")}
      - ${keyLine(1, "two")}
  bob: { displayName: Bob, emailAddress: b@b.c, sshPublicKey: "${keyLine(1)}" }
`);
      assert.deepEqual(places(problems), ["team.yaml:8:9 reused-key", "team.yaml:9:63 reused-key"]);
      assert.match(problems[0]!.message, /^the SSH key SHA256:\S{43} comes twice for this person$/);
      assert.match(problems[1]!.message, /is also that of "ada" \(team\.yaml:3:3\)$/);
    });

    it("finds a key used twice where it follows another on its line", () => {
      const [one, two] = [keyLine(1, "ada@laptop"), keyLine(2, "bob@laptop")];
      const cases = {
        "list.yaml": `${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: ["${one}, ${two}"] }\n`,
        "folded.yaml": `${head}  ada:\n    displayName: Ada\n    emailAddress: a@b.c\n    sshPublicKey: >\n      ${one}\n      ${two}\n`,
        "quoted.yaml": `${head}  ada:\n    displayName: Ada\n    emailAddress: a@b.c\n    sshPublicKey: "${one}\n      ${two}"\n`,
      };
      for (const [name, text] of Object.entries(cases)) {
        folder.write({
          [name]: `${text}  bob: { displayName: Bob, emailAddress: b@b.c, sshPublicKey: "${keyLine(2)}" }\n`,
        });
        const { problems } = folder.load(name);
        assert.deepEqual(
          problems.map(({ rule }) => rule),
          ["invalid-value", "reused-key"],
          name,
        );
        assert.match(problems[0]!.message, /holds a second key in the comment of the first/);
        assert.match(problems[1]!.message, /is also that of "ada"/);
      }
    });

    it("takes a list without a key for no key", () => {
      folder.write({
        "team.yaml": `${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: [] }\n`,
        "team.json": `{"account":"${account}","people":{"bob":{"displayName":"B","emailAddress":"b@b.c","sshPublicKey":[]}}}`,
      });
      const { problems, roster } = folder.load();
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ sshPublicKey }) => sshPublicKey),
        ["", ""],
      );
    });

    it("calls only weak keys weak, and advises to allow nothing else", () => {
      const values = [
        `${keyLine(1)} \u7b14\u8bb0\u672c`,
        `${keyLine(1)}\n${"#".repeat(16_400)}`,
        `${keyLine(1)} ${"x".repeat(16_400)}`,
        `${keyLine(1)} ${rsa1024.line}`,
      ];
      for (const value of values) {
        for (const written of [JSON.stringify(value), JSON.stringify([keyLine(2), value])]) {
          for (const allow of ["", "allow: [weak-keys]\n"]) {
            const problems = problemsOf(
              `${allow}${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: ${written} }\n`,
            );
            assert.deepEqual(
              problems.map(({ rule }) => rule),
              ["invalid-value"],
            );
            assert.doesNotMatch(problems[0]!.message, /weak/);
          }
        }
      }
      const both = problemsOf(
        `${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: "${rsa1024.line} \u7b14" }\n`,
      );
      assert.deepEqual(
        both.map(({ rule }) => rule),
        ["invalid-value", "weak-key"],
      );
    });

    it("points at the weak key among several", () => {
      const problems = problemsOf(
        `${head}  ada:\n    displayName: Ada\n    emailAddress: a@b.c\n    sshPublicKey:\n      - ${keyLine(1)}\n      - ${rsa1024.line}\n`,
      );
      assert.deepEqual(places(problems), ["team.yaml:8:9 weak-key"]);
      assert.match(problems[0]!.message, /1024 bits.*allow: \[weak-keys\]/);
    });

    it("lets the roster allow what is not a problem there", () => {
      folder.write({
        "team.yaml": `allow: [weak-keys, reused-keys, shared-emails, same-names]
${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: "${rsa1024.line}" }
  ${arn("x/ada")}: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: "${rsa1024.line}" }
`,
      });
      const { problems, roster } = folder.load("team.yaml");
      assert.deepEqual(problems, []);
      assert.equal(roster.people.length, 2);
    });

    it("takes an empty roster for a mistake", () => {
      assert.deepEqual(places(problemsOf("")), ["team.yaml:1:1 empty-roster"]);
      assert.deepEqual(places(problemsOf(`account: "${account}"\npeople: {}\n`)), [
        "team.yaml:1:1 empty-roster",
      ]);
      assert.deepEqual(places(folder.load("none").problems), ["none:1:1 unreadable"]);
    });

    it("misses required people, by name or by ARN, and answers the ARNs of those that are there", () => {
      folder.write({
        "team.yaml": `required: [ada, bob, "${arn("x/eve")}", "${arn("zoe")}"]\n${head}  ada: { displayName: Ada, emailAddress: a@b.c }\n  ${arn("x/eve")}: { displayName: Eve, emailAddress: e@b.c }\n`,
      });
      const { problems, roster } = folder.load("team.yaml");
      assert.deepEqual(places(problems), [
        "team.yaml:1:17 required-person",
        `team.yaml:1:${24 + arn("x/eve").length + 2} required-person`,
      ]);
      assert.deepEqual(roster.required, [arn("ada"), arn("x/eve")]);
    });

    it("does not call a required person missing whose file could not be read", () => {
      folder.write({
        "roster.yaml": `account: "${account}"\nrequired: [ada]\n`,
        "team.yaml": "people: {ada: [\n",
      });
      assert.deepEqual(
        new Set(folder.load().problems.map(({ rule }) => rule)),
        new Set(["syntax"]),
      );
    });

    it("finds a required person in whatever account, when the file that requires names none", () => {
      folder.write({
        "roster.yaml": "required: [ada, bob]\n",
        "team.yaml": `account: "${account}"\npeople:\n  ada: { displayName: Ada, emailAddress: a@b.c }\n`,
      });
      const { problems, roster } = folder.load();
      assert.deepEqual(places(problems), ["roster.yaml:1:17 required-person"]);
      assert.deepEqual(roster.required, [arn("ada")]);
    });

    it("takes a required name that two people have for a mistake: it would protect one of them", () => {
      const problems = problemsOf(
        `allow: [same-names]\nrequired: [ada]\n${head}  ${arn("a/ada")}: { displayName: A, emailAddress: a@b.c }\n  ${arn("b/ada")}: { displayName: A, emailAddress: b@b.c }\n`,
      );
      assert.deepEqual(places(problems), ["team.yaml:2:12 required-person"]);
      assert.match(
        problems[0]!.message,
        /"ada" is the name of 2 people: \S+\/a\/ada \(team\.yaml:5:3\), \S+\/b\/ada \(team\.yaml:6:3\); write the ARN/,
      );
    });

    it("refuses keys of people that would become other ARNs, and says how to write them", () => {
      const key = (name: string) =>
        problemsOf(`${head}  ${JSON.stringify(name)}: { displayName: A, emailAddress: a@b.c }\n`);
      for (const [name, hint] of [
        ["ARN:aws:iam::123456789012:user/ada", /begins with arn: in small letters/],
        ["user/grace", /full ARN, for example "arn:aws:iam::123456789012:user\/grace"/],
        ["/engineering/linus", /"arn:aws:iam::123456789012:user\/engineering\/linus"/],
        ["eng:linus", /a user name holds no \/ and no :/],
        ["/", /a user name holds no \/ and no :/],
      ] as const) {
        assert.deepEqual(places(key(name)), ["team.yaml:3:3 invalid-value"], name);
        assert.match(key(name)[0]!.message, hint);
      }
      folder.write({ "team.csv": "userName,displayName,emailAddress\nuser/grace,G,g@b.c\n" });
      assert.deepEqual(places(folder.load("team.csv", { account }).problems), [
        "team.csv:2:1 invalid-value",
      ]);
    });

    it("has one problem for wrong defaults, not one for each person", () => {
      for (const defaults of ["{ emailDomain: a b }", "{ emailDomian: b.c }", "5"]) {
        const people = Array.from({ length: 50 }, (_, i) => `  u${i}: { displayName: U }\n`);
        const problems = problemsOf(`defaults: ${defaults}\n${head}${people.join("")}`);
        assert.equal(problems.length, 1, defaults);
      }
    });

    it("finds settings that hold for nobody: in a file without people that is not named roster.yaml", () => {
      folder.write({
        "Roster.yaml": `account: "${account}"\ndefaults: { emailDomain: b.c }\n`,
        "team.yaml": `people:\n  ${arn("a")}: { displayName: A, emailAddress: a@b.c }\n`,
      });
      const { problems } = folder.load();
      assert.deepEqual(places(problems), ["Roster.yaml:1:1 settings", "Roster.yaml:2:1 settings"]);
      assert.match(problems[0]!.message, /belongs in a file named roster\.yaml$/);
    });

    it("needs an account for user names, and says so once a file", () => {
      const text =
        "people:\n  a: { displayName: A, emailAddress: a@b.c }\n  b: { displayName: B, emailAddress: b@b.c }\n";
      assert.deepEqual(places(problemsOf(text)), ["team.yaml:2:3 settings"]);
      assert.equal(folder.load("team.yaml", { account }).roster.account, account);
    });

    it("reports YAML that is not well formed, unknown tags and keys that are no text", () => {
      for (const text of [
        "people: [",
        "people: {a: !x y}",
        "people:\n  ? [a]\n  : b\n",
        "people: *none",
      ]) {
        assert.deepEqual(
          problemsOf(text).map(({ rule }) => rule),
          ["syntax"],
          text,
        );
      }
    });

    it("reports where a .json file stops being JSON", () => {
      const place = (text: string) => {
        folder.write({ "team.json": text });
        return places(folder.load("team.json").problems);
      };
      assert.deepEqual(place('{\n  "people": {},\n}'), ["team.json:3:1 syntax"]);
      assert.deepEqual(place("{\n  people: {}\n}"), ["team.json:2:3 syntax"]);
      assert.deepEqual(place('{"people": {}'), ["team.json:1:14 syntax"]);
      assert.deepEqual(place('{"a": "\\x"}'), ["team.json:1:7 syntax"]);
      assert.deepEqual(place('{"a": tru}'), ["team.json:1:7 syntax"]);
      assert.deepEqual(place("[".repeat(100_000)), ["team.json:1:1 syntax"]);
    });

    it("says what is wrong with a .json file", () => {
      const message = (text: string) => {
        folder.write({ "team.json": text });
        return folder.load("team.json").problems.map((problem) => problem.message);
      };
      assert.deepEqual(message('{"a": tru}'), ['JSON cannot have "tru" here']);
      assert.deepEqual(message('{"a": 1, // c\n}'), ['JSON cannot have "// c" here']);
      assert.deepEqual(message('{"a": 1'), ["the JSON ends too early"]);
      assert.deepEqual(message('{"a": "b'), ["this text has no closing quote on its line"]);
      assert.deepEqual(message('{"a": "\\x"}'), [
        "this text has an escape that JSON does not know",
      ]);
      assert.deepEqual(message('{"a": "\\u12"}'), [
        "this text has a \\u that four hexadecimal digits do not follow",
      ]);
      assert.deepEqual(message('{"a": "\t"}'), [
        "this text has a control character; write it as an escape",
      ]);
    });

    it("refuses text that is not UTF-8", () => {
      folder.write({ "team.csv": Buffer.from("userName,displayName\nx,J\xF6rg\n", "latin1") });
      const [problem] = folder.load("team.csv").problems;
      assert.match(problem!.message, /not UTF-8/);
    });

    it("survives nesting that no parser likes", () => {
      assert.ok(problemsOf(`people: ${"[".repeat(20_000)}`).length > 0);
    });
  });

  describe("a private key", () => {
    const secret = "MIIEsecretsecretsecretsecretsecretsecretsecretsecret";
    const pem = `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`;
    const everything = (name: string) => {
      const { problems, sources } = folder.load(name);
      assert.ok(problems.length > 0);
      return problems
        .map((problem) => JSON.stringify(problem) + formatProblem(problem, sources.get(name)))
        .join("\n");
    };

    it("is refused and never shown, wherever it stands", () => {
      const indented = pem.replaceAll("\n", "\n      ");
      folder.write({
        "block.yaml": `${head}  ada:\n    displayName: Ada\n    emailAddress: a@b.c\n    sshPublicKey: |\n      ${indented}\n`,
        "broken.yaml": `${head}  ada:\n    sshPublicKey: ${pem}\n`,
        "field.yaml": `${head}  ada:\n    ${secret}: 1\n    displayName: ${JSON.stringify(pem)}\n`,
        "whole.yaml": `${pem}\n`,
        "quoted.json": JSON.stringify({ account, people: { ada: { sshPublicKey: pem } } }),
        "cells.csv": `userName,displayName,sshPublicKey\nada,"${pem}"x,y\n`,
      });
      for (const name of [
        "block.yaml",
        "broken.yaml",
        "field.yaml",
        "whole.yaml",
        "quoted.json",
        "cells.csv",
      ]) {
        const shown = everything(name);
        assert.doesNotMatch(shown, /secret/, name);
        assert.match(shown, /a private key stands here/, name);
      }
    });

    it("is refused and never shown without its PEM lines, and as a file in base64", () => {
      const { privateKey } = generateKeyPairSync("ed25519");
      const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
      const bodies = {
        "PKCS #8": privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
        "PKCS #1": rsa.export({ type: "pkcs1", format: "der" }).toString("base64"),
        file: Buffer.from(privateKey.export({ type: "pkcs8", format: "pem" })).toString("base64"),
      };
      for (const [kind, body] of Object.entries(bodies)) {
        const person = (field: string) =>
          `${head}  ada:\n    displayName: Ada\n    emailAddress: a@b.c\n    ${field}\n`;
        folder.write({
          "plain.yaml": person(`sshPublicKey: ${body}`),
          "list.yaml": person(`sshPublicKey: [ssh-ed25519 ${body}, "${body}"]`),
          "folded.yaml": person(
            `sshPublicKey: >\n      ${body.match(/.{1,64}/g)!.join("\n      ")}`,
          ),
          "name.yaml": person(`displayName: "${body}"`),
          "number.yaml": person(`sshPublicKey: [[${body}]]`),
          "field.yaml": person(`"${body}": 1`),
          "broken.yaml": person(`sshPublicKey: "${body}`),
          "key.yaml": `people:\n  ${JSON.stringify(body)}:\n    displayName: Ada\n`,
          "required.yaml": `required: ["${body}"]\n${person("")}`,
          "quoted.json": JSON.stringify({ account, people: { ada: { sshPublicKey: body } } }),
          "cells.csv": `userName,displayName,emailAddress,sshPublicKey\nada,Ada,a@b.c,${body}\n`,
          "header.csv": `userName,${body}\nada,Ada\n`,
        });
        for (const name of readdirSync(folder.path)) {
          const shown = everything(name);
          assert.ok(!shown.includes(body.slice(0, 32)), `${kind} in ${name}`);
          assert.match(shown, /private key/, `${kind} in ${name}`);
        }
      }
    });

    it("is not shown when only the value holds it, not the text of the file", () => {
      const { privateKey } = generateKeyPairSync("ed25519");
      const body = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
      folder.write({
        "team.yaml": `${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: "\\x4d${body.slice(1)}" }\n`,
      });
      const shown = everything("team.yaml");
      assert.match(shown, /sshPublicKey holds a private key/);
      assert.ok(!shown.includes(body.slice(1, 32)));
    });

    it("is refused in a key file without a word of it", () => {
      folder.write({
        "team.yaml": `${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKeyFile: id }\n`,
        id: pem,
      });
      const shown = everything("team.yaml");
      assert.match(shown, /sshPublicKeyFile names a private key/);
      assert.doesNotMatch(shown, /secret/);
    });
  });

  describe("sshPublicKeyFile", () => {
    it("says what is wrong with the file, at the field", () => {
      const files = ["none.pub", "/etc/hostname", "~/.ssh/id.pub", "empty.pub", ".", "big.pub"];
      folder.write({
        "team.yaml": `${head}${files.map((file, i) => `  p${i}: { displayName: P, emailAddress: p${i}@b.c, sshPublicKeyFile: ${JSON.stringify(file)} }\n`).join("")}`,
        "empty.pub": "# nothing\n",
        "big.pub": "x".repeat(70_000),
      });
      const { problems } = folder.load("team.yaml");
      assert.deepEqual(
        problems.map(({ rule, message }) => [rule, message.replace("sshPublicKeyFile ", "")]),
        [
          ["key-file", "names a file that does not exist"],
          ["key-file", "must be relative to this file, so that it is there on every machine"],
          ["key-file", "must be relative to this file, so that it is there on every machine"],
          ["key-file", "names a file without a key"],
          ["key-file", "names something that is not a file"],
          ["key-file", "names a file of more than 65536 bytes"],
        ],
      );
    });

    it("cannot be given beside sshPublicKey", () => {
      const problems = problemsOf(
        `${head}  ada: { displayName: Ada, emailAddress: a@b.c, sshPublicKey: "", sshPublicKeyFile: x }\n`,
      );
      assert.match(problems[0]!.message, /both given; keep one/);
    });
  });

  describe("folders", () => {
    it("reads every roster file at any depth, but nothing hidden and no other kinds", () => {
      const person = (name: string) =>
        `people:\n  ${name}: { displayName: X, emailAddress: ${name}@b.c }\n`;
      folder.write({
        "roster.yaml": `account: "${account}"\n`,
        "teams/a.yml": person("a"),
        "teams/deep/b.json": JSON.stringify({
          people: { b: { displayName: "B", emailAddress: "b@b.c" } },
        }),
        "teams/c.csv": "userName,displayName,emailAddress\nc,C,c@b.c\n",
        ".git/x.yaml": "not: a roster",
        "node_modules/y.yaml": "not: a roster",
        "README.md": "no roster",
      });
      symlinkSync(join(folder.path, "teams/a.yml"), join(folder.path, "link.md"));
      const { roster, problems } = folder.load();
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ userArn }) => userArn),
        [arn("a"), arn("c"), arn("b")],
      );
    });

    it("follows links to files, of which a mounted ConfigMap is made", () => {
      folder.write({
        "..data/team.yaml": `${head}  ada: { displayName: A, emailAddress: a@b.c }\n`,
      });
      symlinkSync("..data/team.yaml", join(folder.path, "team.yaml"));
      assert.equal(folder.load().roster.people.length, 1);
    });

    it("walks no folder twice, though a link leads back up", () => {
      folder.write({ "x/team.yaml": `${head}  ada: { displayName: A, emailAddress: a@b.c }\n` });
      symlinkSync("..", join(folder.path, "x/up"));
      const { roster, problems } = folder.load();
      assert.deepEqual(problems, []);
      assert.equal(roster.people.length, 1);
    });

    it("reports a link to nothing: its people would look removed", () => {
      folder.write({ "a.yaml": `${head}  ada: { displayName: A, emailAddress: a@b.c }\n` });
      symlinkSync("gone", join(folder.path, "broken.yaml"));
      assert.deepEqual(places(folder.load().problems), ["broken.yaml:1:1 unreadable"]);
    });

    it("says what is no roster", () => {
      folder.write({ "notes.txt": "", "empty/README.md": "" });
      assert.deepEqual(
        folder
          .load(["notes.txt", "empty", "notes.txt/x.yaml"])
          .problems.map(({ file, message }) => [file, message.replace(folder.path, "")]),
        [
          ["empty", "the folder has no .yaml, .yml, .json or .csv file"],
          ["notes.txt", "a roster is a .yaml, .yml, .json or .csv file"],
          ["notes.txt/x.yaml", "/notes.txt/x.yaml cannot be read (ENOTDIR)"],
        ],
      );
    });

    it("lets settings of the nearest roster.yaml hold, and a file say otherwise", () => {
      const person = (name: string) => `people:\n  ${name}: { displayName: X }\n`;
      folder.write({
        "roster.yaml": `account: "${account}"\nregion: eu-central-1\ndefaults: { path: /top/, emailDomain: top.example }\n`,
        "a.yaml": person("a"),
        "team/roster.yaml": "defaults: { path: /team/ }\n",
        "team/b.yaml": person("b"),
        "team/c.yaml": `account: "999999999999"\n${person("c")}`,
      });
      const { roster, problems } = folder.load();
      assert.deepEqual(problems, []);
      assert.deepEqual(
        roster.people.map(({ userArn, emailAddress }) => [userArn, emailAddress]),
        [
          [arn("top/a"), "a@top.example"],
          [arn("team/b"), "b@top.example"],
          ["arn:aws:iam::999999999999:user/team/c", "c@top.example"],
        ],
      );
    });

    it("is of one region", () => {
      folder.write({
        "a.yaml": `region: eu-central-1\n${head}  a: { displayName: A, emailAddress: a@b.c }\n`,
        "b.yaml": `region: us-east-1\n${head}  b: { displayName: B, emailAddress: b@b.c }\n`,
      });
      const { problems } = folder.load(["a.yaml", "b.yaml"]);
      assert.deepEqual(places(problems), ["b.yaml:1:9 settings"]);
      assert.match(problems[0]!.message, /a\.yaml:1:9 says eu-central-1/);
    });

    it("takes a file that is named twice once", () => {
      folder.write({ "a.yaml": `${head}  a: { displayName: A, emailAddress: a@b.c }\n` });
      const { problems, roster } = folder.load(["a.yaml", ".", "./a.yaml"]);
      assert.deepEqual(problems, []);
      assert.equal(roster.people.length, 1);
    });
  });

  describe("restrictions", () => {
    const restricted = (rules: string, files: Record<string, string>) => {
      folder.write({ "roster.yaml": `account: "${account}"\nrestrictions:\n${rules}`, ...files });
      return folder.load().problems;
    };
    const team = (name: string, email = `${name}@example.com`) =>
      `people:\n  ${name}: { displayName: X, emailAddress: ${email} }\n`;

    it("let a file declare what the first rule that matches it allows, and nothing else", () => {
      const problems = restricted(
        `  - files: teams/a/**\n    userArns: ["arn:aws:iam::*:user/a-*"]\n    emailDomains: [example.com, "*.example.org"]\n  - files: "teams/{b,c}.yaml"\n    accounts: ["999999999999"]\n  - files: "**"\n    userArns: []\n`,
        {
          "teams/a/x.yaml": team("a-1"),
          "teams/a/deep/y.yaml": team("b-1"),
          "teams/a/w.yaml": team("a-2", "a@Sub.Example.org"),
          "teams/a/z.yaml": team("a-3", "a@example.net"),
          "teams/b.yaml": team("b"),
          "teams/d.yaml": team("d"),
        },
      );
      assert.deepEqual(places(problems), [
        "teams/a/deep/y.yaml:2:3 restricted",
        "teams/a/z.yaml:2:40 restricted",
        "teams/b.yaml:2:3 restricted",
        "teams/d.yaml:2:3 restricted",
      ]);
      assert.match(problems[3]!.message, /the rule for "\*\*" in roster\.yaml allows none$/);
    });

    it("close a file that no rule is for", () => {
      const problems = restricted('  - files: "a.yaml"\n', {
        "a.yaml": team("a"),
        "b.yaml": team("b"),
      });
      assert.deepEqual(places(problems), ["b.yaml:2:3 restricted"]);
      assert.match(
        problems[0]!.message,
        /no rule under restrictions in roster\.yaml is for this file/,
      );
    });

    it("report a rule that can never count", () => {
      const problems = restricted('  - files: "**"\n  - files: "a.yaml"\n', {
        "a.yaml": team("a"),
      });
      assert.deepEqual(places(problems), ["roster.yaml:4:5 settings"]);
    });

    it("report a rule that matches no file, and say what was probably meant", () => {
      const files = {
        "partners/northwind.yaml": team("n"),
        "teams/a/x.csv": "userName,displayName,emailAddress\nx,X,x@b.c\n",
      };
      for (const [written, meant] of [
        ["/partners/**", "partners/**"],
        ["partners/", "partners/**"],
        ["partners", "partners/**"],
        ["Partners/**", "partners/**"],
        ["/Partners/", "partners/**"],
        ["./partners/*.yaml", "partners/*.yaml"],
        ["partners\\\\**", undefined],
        ["rosters/partners/**", "partners/**"],
        ["teams/*", "teams/**"],
        ["partners/*.yml", "partners/*.{yaml,yml}"],
        ["partners/nortwind.yaml", "partners/northwind.yaml"],
        ["guests/**", undefined],
      ] as const) {
        const problems = restricted(`  - files: "${written}"\n  - files: "**"\n`, files);
        if (written.includes("\\")) {
          assert.deepEqual(places(problems), ["roster.yaml:3:12 invalid-value"]);
          continue;
        }
        assert.deepEqual(places(problems), ["roster.yaml:3:12 unmatched-rule"], written);
        assert.match(
          problems[0]!.message,
          meant
            ? new RegExp(`; did you mean ${JSON.stringify(meant).replace(/[*.{}]/g, "\\$&")}\\?$`)
            : /write allow: \[unmatched-rules\] in this file if the files are still to come$/,
        );
      }
      assert.deepEqual(
        restricted('  - files: "guests/**"\n  - files: "**"\nallow: [unmatched-rules]\n', files),
        [],
      );
    });

    it("report a rule whose files one above decides on, whatever its pattern", () => {
      const problems = restricted(
        '  - files: "teams/**"\n  - files: "teams/{a,b}.yaml"\n    userArns: []\n  - files: "**"\n  - files: "*.yaml"\n',
        { "teams/a.yaml": team("a") },
      );
      assert.deepEqual(places(problems), ["roster.yaml:4:5 settings", "roster.yaml:7:5 settings"]);
      assert.match(
        problems[0]!.message,
        /this rule never counts: the one above, for "teams\/\*\*"/,
      );
      assert.deepEqual(
        restricted('  - files: "teams/a.yaml"\n  - files: "teams/**"\n  - files: "**"\n', {}),
        [],
        "a wider rule below is for files to come",
      );
    });

    it("refuse patterns that can match nothing, or that would take for ever", () => {
      const problems = restricted(
        `  - files: "[ab].yaml"\n  - files: "**"\n    userArns: [user/ada, "ARN:aws:iam::*"]\n    accounts: ["1234"]\n    emailDomains: ["@b.c", "*b.c"]\n`,
        { "a.yaml": team("a") },
      );
      assert.deepEqual(places(problems), [
        "roster.yaml:3:12 invalid-value",
        "roster.yaml:5:16 invalid-value",
        "roster.yaml:5:26 invalid-value",
        "roster.yaml:6:16 invalid-value",
        "roster.yaml:7:20 invalid-value",
        "roster.yaml:7:28 invalid-value",
      ]);
      const many = Array.from({ length: 101 }, (_, index) => `"*a${index}*b"`).join(", ");
      assert.match(
        restricted(`  - files: "**"\n    userArns: [${many}]\n`, {})[0]!.message,
        /can have 100 patterns with wildcards/,
      );
      assert.match(
        restricted(`  - files: "${"{a,b}".repeat(20)}"\n`, {})[0]!.message,
        /can stand for 2000 patterns in all/,
      );
      const slow = `*${"a*".repeat(40)}b`;
      assert.deepEqual(
        restricted(`  - files: "**"\n    userArns: ["${slow}"]\n`, {
          "a.yaml": team("a".repeat(60)),
        }).map(({ rule }) => rule),
        ["restricted"],
      );
    });

    it("belong, like allow, in the top roster.yaml: nobody allows themselves", () => {
      folder.write({
        "roster.yaml": `account: "${account}"\n`,
        "team/roster.yaml": `allow: [weak-keys]\n`,
        "team/a.yaml": `restrictions: [{ files: "**" }]\n${team("a")}`,
      });
      assert.deepEqual(places(folder.load().problems), [
        "team/a.yaml:1:1 settings",
        "team/roster.yaml:1:1 settings",
      ]);
    });
  });
});
