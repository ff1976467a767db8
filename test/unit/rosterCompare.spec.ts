import assert from "node:assert/strict";
import type { LiveProfile } from "../../profile/fields";
import { compareRoster, type Person } from "../../roster/load";
import { arn, keyLine } from "../support/rosterFiles";

const position = { file: "team.yaml", line: 1, column: 1 };
const person = (name: string, values: Partial<Person> = {}): Person => ({
  userArn: arn(name),
  displayName: name,
  emailAddress: `${name}@example.com`,
  position,
  ...values,
});
const live = (name: string, values: Partial<LiveProfile> = {}): LiveProfile => ({
  userArn: arn(name),
  displayName: name,
  emailAddress: `${name}@example.com`,
  sshPublicKey: "",
  ...values,
});

describe("compareRoster", () => {
  it("tells the same, the drifted with their fields, the missing and the unmanaged apart, in order", () => {
    const found = compareRoster(
      [person("d"), person("c"), person("b", { sshPublicKey: keyLine(1) }), person("a")],
      [
        live("z"),
        live("a", { displayName: "A" }),
        live("b", { emailAddress: "x@y", sshPublicKey: "" }),
        live("y"),
        live("c"),
      ],
    );
    assert.equal(found.same, 1);
    assert.deepEqual(
      found.drifted.map(({ person: { userArn }, fields }) => [userArn, fields]),
      [
        [arn("a"), ["displayName"]],
        [arn("b"), ["emailAddress", "sshPublicKey"]],
      ],
    );
    assert.deepEqual(
      found.missing.map(({ userArn }) => userArn),
      [arn("d")],
    );
    assert.deepEqual(
      found.unmanaged.map(({ userArn }) => userArn),
      [arn("y"), arn("z")],
    );
  });

  it("leaves a key alone that is not managed, and sees one that was declared absent", () => {
    const profiles = [live("a", { sshPublicKey: keyLine(1) })];
    assert.equal(compareRoster([person("a")], profiles).same, 1);
    assert.deepEqual(
      compareRoster([person("a", { sshPublicKey: "" })], profiles).drifted[0]?.fields,
      ["sshPublicKey"],
    );
  });

  it("compares keys without the white space around them", () => {
    const declared = [person("a", { sshPublicKey: `${keyLine(1)}\n` })];
    assert.equal(compareRoster(declared, [live("a", { sshPublicKey: ` ${keyLine(1)}` })]).same, 1);
  });

  it("does not call profiles of another account unmanaged", () => {
    const other = live("x", { userArn: "arn:aws:iam::999999999999:user/x" });
    assert.deepEqual(compareRoster([person("a")], [live("a"), other]).unmanaged, []);
  });
});
