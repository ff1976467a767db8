import assert from "node:assert/strict";
import { checkArguments, checkInputs, checkRosterInputs } from "../../profile/check";
import { sameValue } from "../../profile/fields";
import { printableJson } from "../../profile/printable";
import { dsa1024, ed25519 } from "../support/sshKeys";

const valid = {
  userArn: "arn:aws:iam::123456789012:user/ada",
  displayName: "Ada Lovelace",
  emailAddress: "ada@example.com",
};

/** What is wrong with one argument, after its name. */
function problems(argument: Record<string, unknown>): string[] {
  const [name] = Object.keys(argument);
  return checkInputs({ ...valid, ...argument }, { allowWeakKeys: false }).map(({ reason }) =>
    reason.slice(name!.length + 1),
  );
}

describe("what an argument may be", () => {
  for (const [region, problem] of [
    ["us-east-1", undefined],
    ["us-gov-west-1", undefined],
    ["us-east-1a", "is an availability zone"],
    ["us-gov-west-1a", "is an availability zone"],
    ["us-east-12a", "is an availability zone"],
    ["us-east-1ab", "is not a region"],
    ["usa-east-1a", "is not a region"],
  ] as const) {
    it(`region ${region} ${problem ?? "passes"}`, () => {
      const [found, ...more] = problems({ region });
      assert.deepEqual(more, []);
      assert.equal(found?.split(";")[0], problem);
    });
  }

  for (const [emailAddress, found] of [
    ["", ["has 0 characters; 3 to 128 are allowed"]],
    ["mailto:ada@example.com", ["begins with mailto:"]],
    ["!mailto:ada@example.com", ["has a character that the API does not allow"]],
  ] as const) {
    it(`emailAddress "${emailAddress}"`, () => {
      const all = problems({ emailAddress }).map((one) => one.split("; right")[0]);
      assert.deepEqual(all, found);
    });
  }

  it("names the fields that may be ignored", () => {
    const allowed = "a list of field names is allowed (displayName, emailAddress, sshPublicKey)";
    assert.deepEqual(problems({ ignoreDrift: "all" }), [`is a string; ${allowed}`]);
    assert.deepEqual(problems({ ignoreDrift: [7] }), [`holds a number at [0]; ${allowed}`]);
    assert.deepEqual(problems({ ignoreDrift: ["displayName", "region", "userArn"] }), [
      `holds "region" at [1], which cannot drift; ${allowed}`,
      `ignoreDrift holds "userArn" at [2], which cannot drift; ${allowed}`.slice(12),
    ]);
    // Not a name, though it reads as one.
    assert.deepEqual(problems({ ignoreDrift: [["displayName"]] }), [
      `holds a list at [0]; ${allowed}`,
    ]);
  });

  it("takes no path of blanks for one", () => {
    const [failure] = checkArguments("rosterProfiles", { files: [" "] });
    assert.match(failure!.reason, /^files holds an empty path/);
  });

  it("calls an output an output where none may be", () => {
    const output = { __pulumiOutput: true };
    assert.deepEqual(problems({ adopt: output }), ["must be true or false, not an output"]);
  });

  it("marks the failure that allowWeakKeys would let pass, and no other", () => {
    const marked = (sshPublicKey: string) =>
      checkInputs({ ...valid, sshPublicKey }, { allowWeakKeys: false }).map(
        ({ weakKey }) => weakKey,
      );
    assert.deepEqual(marked(dsa1024.line), [true]);
    assert.deepEqual(marked("ssh-rsa"), [undefined]);
    assert.deepEqual(marked("---- BEGIN SSH2 PUBLIC KEY ----"), [undefined]);
  });

  it("names the resource that has no such argument", () => {
    const [failure] = checkRosterInputs({ people: {}, required: [], colour: "red" });
    assert.match(failure!.reason, /^"colour" is not an argument of CodeStarRoster; /);
  });

  it("names no property to the engine when the arguments are no object", () => {
    const [failure, ...more] = checkArguments("getUserProfile", "ada");
    assert.deepEqual(more, []);
    assert.equal(failure!.property, "");
    assert.equal(
      failure!.reason,
      "the arguments must be an object of userArn, region, not a string",
    );
  });
});

describe("whether two values of a field mean the same", () => {
  it("an absent one is the same as an absent one alone", () => {
    assert.equal(sameValue("displayName", undefined, undefined), true);
    for (const field of ["displayName", "sshPublicKey"] as const) {
      assert.equal(sameValue(field, undefined, ""), false);
      assert.equal(sameValue(field, "", undefined), false);
    }
  });

  it("white space counts but around keys", () => {
    assert.equal(sameValue("displayName", "Ada", "Ada "), false);
    assert.equal(sameValue("emailAddress", "a@b.c", "a@b.c "), false);
    assert.equal(sameValue("sshPublicKey", ed25519.line, `${ed25519.line}\n`), true);
  });
});

it("JSON names a character that acts on a terminal by its number, and keeps its own lines", () => {
  assert.equal(printableJson({ a: "\u202E" }), '{\n  "a": "\\u202E"\n}');
});
