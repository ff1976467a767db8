import assert from "node:assert/strict";
import fc from "fast-check";
import type { LiveProfile } from "../../profile/fields";
import { rosterFormats, writeRoster } from "../../roster/load";
import { arn, keyLine, places, RosterFolder } from "../support/rosterFiles";

const byArn = (a: { userArn: string }, b: { userArn: string }) => (a.userArn < b.userArn ? -1 : 1);

const characters = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code));

const userName = fc.string({
  unit: fc.constantFrom(..."abcXYZ0189_+=,.@-"),
  minLength: 1,
  maxLength: 16,
});
const path = fc.oneof(
  fc.constant("/"),
  fc
    .array(fc.string({ unit: characters(0x21, 0x7e), minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 2,
    })
    .map((parts) => `/${parts.join("/")}/`),
);
const userArn = fc
  .tuple(fc.constantFrom("012345678901", "999999999999"), path, userName)
  .map(([account, folder, name]) => `arn:aws:iam::${account}:user${folder}${name}`);

/** What the API takes for a name, with a liking for what YAML, JSON or CSV may trip over. */
const displayName = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(..."yesNonull~#:-?![]{}&*|>%@`'\"\\0123.e , \t;=<"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      characters(0, 0xff),
    ),
    minLength: 1,
    maxLength: 30,
  })
  .filter((name) => /^\S(.*\S)?$/.test(name) && !/\p{Surrogate}/u.test(name));
const emailAddress = fc.constantFrom("a@b", "x.y+z@e-x.org", "0@1", "1e3@2", "-@-", "_@.");
const anyKeyText = fc.string({
  unit: fc.oneof(fc.constantFrom("\t", "\r", "\n", " ", "#"), characters(0x20, 0xff)),
  maxLength: 60,
});

describe("writeRoster", () => {
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const reload = (profiles: readonly LiveProfile[], format: (typeof rosterFormats)[number]) => {
    folder.write({
      [`people.${format}`]: writeRoster(profiles, { format, region: "eu-central-1" }),
    });
    const { roster, problems } = folder.load(`people.${format}`);
    const people = roster.people.map(({ userArn, displayName, emailAddress, sshPublicKey }) => ({
      userArn,
      displayName,
      emailAddress,
      sshPublicKey,
    }));
    return { people: people.sort(byArn), region: roster.region, problems };
  };

  it("is read back to the character, whatever the API takes, in every format", () => {
    const profile = fc.record(
      { userArn, displayName, emailAddress, sshPublicKey: anyKeyText },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(profile, { selector: (one) => one.userArn, minLength: 1, maxLength: 12 }),
        fc.constantFrom(...rosterFormats),
        (profiles, format) => {
          assert.deepEqual(reload(profiles, format).people, [...profiles].sort(byArn));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("declares 1,000 generated people that pass every check, in every format", function () {
    this.timeout(60_000);
    const [drawn] = fc.sample(
      fc.uniqueArray(fc.record({ userArn, displayName, keys: fc.nat({ max: 3 }) }), {
        minLength: 1000,
        maxLength: 1000,
        selector: (one) => one.userArn.slice(one.userArn.lastIndexOf("/")).toLowerCase(),
        size: "max",
      }),
      { numRuns: 1, seed: 7 },
    );
    const profiles = drawn!.map((one, index) => ({
      userArn: one.userArn,
      displayName: one.displayName,
      emailAddress: `person+${index}@example.com`,
      sshPublicKey: Array.from({ length: one.keys }, (_, key) =>
        keyLine(`${index} ${key}`, key === 0 ? "" : `Zoë's key ${index}`),
      ).join("\n"),
    }));
    for (const format of rosterFormats) {
      const { people, region, problems } = reload(profiles, format);
      assert.deepEqual(places(problems), [], format);
      assert.deepEqual(people, [...profiles].sort(byArn));
      assert.equal(region, format === "csv" ? undefined : "eu-central-1");
    }
  });

  it("has one order, whatever the order of the profiles", () => {
    const profiles = ["42", "7", "a", "B", "__proto__", "x/a"].map((name) => ({
      userArn: arn(name),
      displayName: name,
      emailAddress: "a@b",
      sshPublicKey: "",
    }));
    for (const format of rosterFormats) {
      const text = writeRoster(profiles, { format });
      assert.equal(writeRoster([...profiles].reverse(), { format }), text);
      const order = [...text.matchAll(/displayName"?: "?(\w+)|user\/\S*?(\w+),/g)].map(
        ([, a, b]) => a ?? b,
      );
      assert.deepEqual(order.slice(0, 3), ["42", "7", "B"], format);
    }
  });

  it("is fit to be read and edited: names for keys, lists for several SSH keys", () => {
    const text = writeRoster(
      [
        {
          userArn: arn("ada"),
          displayName: "Ada",
          emailAddress: "ada@b.c",
          sshPublicKey: "k 1\nk 2",
        },
        { userArn: arn("x/bob"), displayName: "No", emailAddress: "bob@b.c", sshPublicKey: "" },
      ],
      { format: "yaml", region: "eu-central-1" },
    );
    assert.equal(
      text,
      `account: "123456789012"
region: eu-central-1
people:
  ada:
    displayName: Ada
    emailAddress: ada@b.c
    sshPublicKey:
      - k 1
      - k 2
  arn:aws:iam::123456789012:user/x/bob:
    displayName: "No"
    emailAddress: bob@b.c
    sshPublicKey: ""
`,
    );
  });
});
