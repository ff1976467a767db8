import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { readIgnores } from "../../cli/roster/drift/ignores";
import { arn, RosterFolder } from "../support/rosterFiles";

describe("readIgnores", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const read = (text: string) => {
    folder.write({ "ignores.yaml": text });
    return readIgnores(join(folder.path, "ignores.yaml"));
  };

  it("reads whom, which fields, why and until when", () => {
    assert.deepEqual(
      read(
        `- userArn: ${arn("ada")}\n  fields: [displayName]\n  reason: marries\n  expires: 2027-06-30\n`,
      ),
      [{ userArn: arn("ada"), fields: ["displayName"], reason: "marries", expires: "2027-06-30" }],
    );
    assert.deepEqual(read("# nothing\n"), []);
  });

  it("wants a reason and a day for each, and names every mistake at its place", () => {
    const text = `- userArn: x
- { userArn: x, reason: "", expires: 2027-06-30, field: [displayName] }
`;
    assert.throws(
      () => read(text),
      (error: Error) => {
        assert.equal(error.name, "IgnoresError");
        const heads = error.message.split("\n").filter((line) => line.includes("error:"));
        assert.deepEqual(
          heads.map((head) => head.replace(/^.*ignores\.yaml:/, "")),
          [
            "1:3: error: ignores.0.reason is missing",
            "1:3: error: ignores.0.expires is missing",
            "2:25: error: ignores.1.reason is empty",
            '2:50: error: "field" is no field of ignores.1; did you mean fields?',
          ],
        );
        return true;
      },
    );
  });

  it("takes only days that there are, and fields that a profile has", () => {
    for (const [wrong, message] of [
      ["expires: 2027-02-30", /ignores\.yaml:3:12: error: expires must be a day/],
      ["expires: next year", /expires must be a day, as YYYY-MM-DD/],
      [
        "expires: 2027-06-30\n  fields: [name]",
        /fields can only hold displayName, emailAddress, sshPublicKey/,
      ],
    ] as const) {
      assert.throws(() => read(`- userArn: x\n  reason: r\n  ${wrong}\n`), { message }, wrong);
    }
  });

  it("reads all of the file: one document, no key twice, no half characters, no pipe", () => {
    const entry = "- { userArn: x, reason: r, expires: 2027-06-30 }\n";
    assert.throws(() => read(`${entry}---\n${entry}`), {
      message: /:2:1: error: a second YAML document/,
    });
    assert.throws(() => read("- { userArn: x, reason: r, reason: s, expires: 2027-06-30 }\n"), {
      message: /:1:28: error: "reason" comes twice here/,
    });
    folder.write({ latin: Buffer.from("- { userArn: \xe9 }", "latin1") });
    assert.throws(() => readIgnores(join(folder.path, "latin")), { message: /is not UTF-8\.$/ });
    execFileSync("mkfifo", [join(folder.path, "pipe")]);
    assert.throws(() => readIgnores(join(folder.path, "pipe")), {
      message: /is no ordinary file\.$/,
    });
  });

  it("says that the file cannot be read", () => {
    assert.throws(() => readIgnores(join(folder.path, "none")), {
      message: /cannot be read \(ENOENT\)/,
    });
  });
});
