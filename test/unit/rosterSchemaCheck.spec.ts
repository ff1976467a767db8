import assert from "node:assert/strict";
import Ajv from "ajv";
import fc from "fast-check";
import type { Rule } from "../../roster/load";
import { rosterJsonSchema } from "../../roster/schema";
import { account, arn, keyLine, RosterFolder } from "../support/rosterFiles";

/**
 * What `check` says about one value alone; the other rules compare values, or read what a key is.
 */
const ofOneValue: readonly Rule[] = [
  "unknown-field",
  "wrong-type",
  "missing-field",
  "invalid-value",
];

describe("the JSON Schema and check", function () {
  this.timeout(3_600_000);
  let folder: RosterFolder;
  beforeEach(() => {
    folder = new RosterFolder();
  });
  afterEach(() => folder.remove());

  const validate = new Ajv({ allErrors: true, strict: false }).compile(rosterJsonSchema());

  const agree = (roster: unknown) => {
    folder.write({ "roster.json": JSON.stringify(roster), "key.pub": keyLine("file") });
    const { problems } = folder.load("roster.json");
    const refused = problems.filter(
      ({ rule, message }) =>
        ofOneValue.includes(rule) || (rule === "key-file" && /must be relative/.test(message)),
    );
    const valid = validate(roster) as boolean;
    assert.equal(
      refused.length === 0,
      valid,
      JSON.stringify({ roster, refused, errors: validate.errors }, null, 1),
    );
  };

  // Half of a character is refused by check alone: no pattern says so in both
  // modes of regular expressions.
  const anyText = fc.string({ unit: "grapheme", maxLength: 8 });
  const wrong = fc.oneof(
    fc.constantFrom(null, 1, true, [], {}, [1], ["", null], { a: "b" }, "", " ", "x", "\n"),
    anyText,
  );
  const lengths = (...sizes: number[]) => sizes.map((size) => "x".repeat(size));
  const mostly = (...right: unknown[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: wrong });

  const displayName = mostly(
    "Ada",
    "Zoë 日本 👩‍💻",
    " Ada",
    "A\nb",
    "A\u2028b",
    "\u00a0a",
    ...lengths(64, 65),
    "🦊".repeat(64),
    "🦊".repeat(65),
  );
  const emailAddress = mostly(
    "a@b.c",
    "a@b",
    "a",
    "a@b@c",
    "ä@b.c",
    "a b@c",
    `${"a".repeat(124)}@b.c`,
    `${"a".repeat(125)}@b.c`,
  );
  // What is no key is refused by check alone, which reads keys.
  const sshPublicKey = fc.oneof(
    fc.constantFrom(
      "",
      keyLine(1),
      [keyLine(2)],
      [],
      ["", keyLine(3)],
      `${keyLine(4)} é`,
      `${keyLine(4)} ł`,
      "#".repeat(16_385),
    ),
    fc.constantFrom(null, 1, {}, [1], [null]),
  );
  const sshPublicKeyFile = mostly("key.pub", "/key.pub", "~/key.pub", "C:\\key.pub", "\\key.pub");
  // That a month has no 31st, check says alone.
  const until = mostly("2027-03-31", "2028-02-29", "2027-13-01", "2027-00-10", "2027-3-1");
  const person = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .record(
          {
            displayName,
            emailAddress,
            sshPublicKey,
            sshPublicKeyFile,
            "x-y": wrong,
            other: wrong,
            until,
          },
          { requiredKeys: [] },
        )
        .map(rarely),
    },
    { weight: 1, arbitrary: wrong },
  );

  /** Without most of the fields that spoil a person whatever else is in it. */
  function rarely(fields: Record<string, unknown>, index = JSON.stringify(fields).length) {
    const { other, sshPublicKeyFile, ...rest } = fields;
    return {
      ...rest,
      ...(index % 5 === 0 && other !== undefined && { other }),
      ...(index % 3 === 0 && sshPublicKeyFile !== undefined && { sshPublicKeyFile }),
    };
  }

  const name = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "ada",
        "x-ray",
        "+=,.@-_",
        "007",
        "__proto__",
        arn("a/b/eve"),
        arn("zoe"),
        ...lengths(64),
        `${arn("")}${"x".repeat(64)}`,
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "",
        "user/ada",
        "/eng/ada",
        "ARN:aws:iam::123456789012:user/a",
        "a:b",
        "a b",
        "ä",
        arn(""),
        "arn:aws:iam::1:user/a",
        "arn:aws-cn:iam::123456789012:user/a",
        arn("a b/c"),
        ...lengths(65),
        `${arn("")}${"x".repeat(65)}`,
        `${arn("p/")}${"x".repeat(63)}`,
      ),
    },
    { weight: 1, arbitrary: anyText },
  );
  const names = fc.array(name, { maxLength: 3 });
  const rule = fc.record(
    {
      files: mostly("**", "t/{a,b}?.yaml", "[a]", "!a", "{a", "a".repeat(257), "日本/*"),
      userArns: mostly(["*"], [arn("*")], [], ["ada"], ["ARN:*"], ["?".repeat(257)], [1]),
      accounts: mostly([account], [], ["12"], [12]),
      emailDomains: mostly(["example.com", "*.example.com"], ["@b.c"], ["*b.c"], [""], [1]),
      "x-why": wrong,
    },
    { requiredKeys: ["files"] },
  );
  const roster = fc.record(
    {
      account: mostly(account, "1234", 123456789012, "１２３４５６７８９０１２"),
      region: mostly("eu-central-1", "us-gov-west-1", "eu-central-1a", "EU-central-1", "eu"),
      defaults: fc.oneof(
        fc.record(
          {
            path: mostly(
              "/",
              "/a/",
              "/a/b/",
              "a/",
              "/a",
              `/${"a".repeat(62)}/`,
              `/${"a".repeat(63)}/`,
            ),
            emailDomain: mostly("example.com", "@b.c", "a b", "x".repeat(126), "x".repeat(127)),
            "x-y": wrong,
          },
          { requiredKeys: [] },
        ),
        wrong,
      ),
      required: fc.oneof(names, wrong),
      restrictions: fc.oneof(fc.array(rule, { maxLength: 2 }), wrong),
      allow: mostly(["weak-keys"], [], ["unmatched-rules", "same-names"], ["all"], "weak-keys"),
      $schema: mostly("./roster.schema.json"),
      "x-anchors": wrong,
      other: wrong,
    },
    { requiredKeys: [] },
  );

  const runs = { numRuns: Number(process.env.ROSTER_RUNS ?? 400) };

  it("say the same about every setting", () => {
    fc.assert(
      fc.property(roster, (settings) => agree(settings)),
      runs,
    );
  });

  it("say the same about every person", () => {
    // The address of a person without one, and a whole path, depend on defaults.
    const addressed = person.map((fields) =>
      fields !== null && typeof fields === "object" && !Array.isArray(fields)
        ? { emailAddress: "a@b.c", ...fields }
        : fields,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, addressed), { maxLength: 2 }), (people) => {
        const entries = new Map(people);
        // JSON.stringify leaves __proto__ out where it was not defined as its own.
        const map = Object.create(null) as Record<string, unknown>;
        for (const [key, value] of entries) map[key] = value;
        agree({ account, people: map });
      }),
      runs,
    );
  });

  it("say the same about people in whatever shape", () => {
    for (const people of [null, {}, [], "", 1, { ada: null }]) agree({ account, people });
    for (const whole of [{}, [], "", null, 1]) agree(whole);
  });
});
