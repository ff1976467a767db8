import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import {
  checkArguments,
  checkInputs,
  checkNames,
  checkRosterInputs,
  type Taker,
} from "../../profile/check";
import { isUnknown, unknownValue } from "../../profile/unknown";
import { dsa1024, ed25519, knownSshKeys, rsa1024, skEd25519 } from "../support/sshKeys";

const strongOnly = { allowWeakKeys: false };

const valid = {
  userArn: "arn:aws:iam::123456789012:user/intern",
  displayName: "Intern",
  emailAddress: "intern@example.com",
} as const;

/** The reasons for the inputs, valid ones but for the changes. */
function reasons(changes: Record<string, unknown>, options = strongOnly): string[] {
  return checkInputs({ ...valid, ...changes }, options).map(({ reason }) => reason);
}

function passes(changes: Record<string, unknown>, options = strongOnly): void {
  assert.deepEqual(reasons(changes, options), []);
}

/**
 * The one failure of the property; its reason is a sentence that begins with the property's name.
 */
function reason(property: string, value: unknown): string {
  const failures = checkInputs({ ...valid, [property]: value }, strongOnly);
  assert.equal(failures.length, 1, JSON.stringify(failures));
  assert.equal(failures[0]!.property, property);
  assert.match(failures[0]!.reason, new RegExp(`^"?${property}"? \\S[^\\n\\r]*\\S$`));
  return failures[0]!.reason;
}

/**
 * The patterns as AWS's model has them (their spelling compiles without
 * flags only), with the lengths.
 */
const model = {
  userArn: {
    pattern: /^arn:aws:iam::\d{12}:user(?:(\u002F)|(\u002F[\u0021-\u007E]+\u002F))[\w+=,.@-]+$/,
    min: 32,
    max: 95,
  },
  displayName: { pattern: /^\S(.*\S)?$/, min: 1, max: 64 },
  emailAddress: { pattern: /^[\w-.+]+@[\w-.+]+$/, min: 3, max: 128 },
} as const;

function modelTakes(property: keyof typeof model, value: string): boolean {
  const { pattern, min, max } = model[property];
  const characters = [...value].length;
  return characters >= min && characters <= max && pattern.test(value);
}

describe("checkInputs", () => {
  it("passes what the API takes", () => {
    passes({});
    passes({ sshPublicKey: ed25519.line, region: "eu-west-1", adopt: true, ignoreDrift: [] });
    passes({ ignoreDrift: ["displayName", "emailAddress", "sshPublicKey"] });
    passes({ adopt: undefined, sshPublicKey: null, region: undefined });
  });

  it("passes over what is not the program's", () => {
    passes({ __provider: "exports.handler", _drift: { profile: "missing" }, secretFields: ["x"] });
    passes({ createdTimestamp: undefined, lastModifiedTimestamp: undefined });
  });

  it("reports every failure at once, in the order of the properties", () => {
    const failures = checkInputs(
      { emailAddress: "nope", sshPublicKey: "nope", region: 5, adopt: "yes", email: "x" },
      strongOnly,
    );
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["userArn", "displayName", "emailAddress", "sshPublicKey", "region", "adopt", "email"],
    );
  });

  it("changes nothing", () => {
    const inputs = Object.freeze({ ...valid, ignoreDrift: Object.freeze(["nope"]) });
    checkInputs(inputs, strongOnly);
    assert.deepEqual(inputs, { ...valid, ignoreDrift: ["nope"] });
  });

  describe("missing inputs", () => {
    it("says what is required", () => {
      for (const nothing of [undefined, null]) {
        assert.match(reason("userArn", nothing), /is required: the ARN of the IAM user/);
        assert.match(reason("displayName", nothing), /is required: .* 1 to 64 characters/);
        assert.match(reason("emailAddress", nothing), /is required: .* 3 to 128 characters/);
      }
    });

    it("requires the ARN alone of a profile that exists", () => {
      const failures = checkInputs({}, { ...strongOnly, exists: true });
      assert.deepEqual(
        failures.map(({ property }) => property),
        ["userArn"],
      );
    });
  });

  describe("unknown values", () => {
    it("are passed over, in lists too", () => {
      const names = ["userArn", "displayName", "emailAddress", "sshPublicKey", "region", "adopt"];
      passes(Object.fromEntries([...names, "ignoreDrift"].map((name) => [name, unknownValue])));
      passes({ ignoreDrift: [unknownValue, "displayName"] });
    });

    it("do not hide the failures beside them", () => {
      assert.equal(reasons({ userArn: unknownValue, emailAddress: "nope" }).length, 1);
      assert.equal(reasons({ ignoreDrift: [unknownValue, "nope"] }).length, 1);
    });

    it("are the sentinel itself", () => {
      assert.ok(isUnknown("04da6b54-80e4-46f7-96ec-b56ff0331ba9"));
      for (const known of [undefined, "", `${unknownValue} `, [unknownValue]]) {
        assert.ok(!isUnknown(known));
      }
    });
  });

  describe("types", () => {
    const wrong = [
      [5, "a number"],
      [true, "a boolean"],
      [["x"], "a list"],
      [{ a: 1 }, "an object"],
    ] as const;

    it("must be strings", () => {
      for (const name of [...Object.keys(valid), "sshPublicKey", "region"]) {
        for (const [value, kind] of wrong) {
          assert.equal(reason(name, value), `${name} must be a string, not ${kind}`);
        }
      }
    });

    it("must be true or false for adopt", () => {
      assert.equal(reason("adopt", "true"), "adopt must be true or false, not a string");
      assert.equal(reason("adopt", 1), "adopt must be true or false, not a number");
    });

    it("must be a list of fields for ignoreDrift", () => {
      assert.match(reason("ignoreDrift", "displayName"), /is a string; a list of field names/);
      assert.match(reason("ignoreDrift", [null]), /holds nothing at \[0\]; a list of field names/);
      assert.match(reason("ignoreDrift", ["displayName", 5]), /holds a number at \[1\]/);
      assert.match(reason("ignoreDrift", ["userArn"]), /"userArn" at \[0\], which cannot drift/);
      assert.match(reason("ignoreDrift", ["displayname"]), /did you mean "displayName"\?/);
      assert.match(reason("ignoreDrift", ["email"]), /did you mean "emailAddress"\?/);
      assert.match(reason("ignoreDrift", ["toString"]), /not a field; a list of field names/);
    });
  });

  describe("texts", () => {
    const names = [...Object.keys(valid), "sshPublicKey", "region"];

    it("made from an output as if it were a string are named so", () => {
      const text = "arn:Calling [toString] on an [Output<T>] is not supported.\n\nTo get the value";
      for (const name of names) assert.match(reason(name, text), /use pulumi\.interpolate/);
    });

    it("with half a surrogate pair are refused, with a whole one not", () => {
      for (const name of names) assert.match(reason(name, "a\ud83d"), /a lone surrogate/);
      passes({ displayName: "Ada 🦉" });
    });
  });

  describe("userArn", () => {
    const account = "arn:aws:iam::123456789012";

    it("takes paths and all characters of names, up to 95 characters", () => {
      passes({ userArn: `${account}:user/a/b/intern` });
      passes({ userArn: `${account}:user/x` });
      passes({ userArn: `${account}:user/A_z0+=,.@-` });
      passes({ userArn: `${account}:user/${"x".repeat(64)}` });
      assert.match(
        reason("userArn", `${account}:user/${"p".repeat(32)}/${"x".repeat(32)}`),
        /has 96 characters, but the API takes at most 95/,
      );
    });

    const slips: readonly (readonly [string, RegExp])[] = [
      ["", /is empty/],
      [` ${valid.userArn}`, /white space around/],
      [`${valid.userArn}\n`, /white space around/],
      ["arn:aws:iam:111111111111:user/intern", /one colon between iam and the account ID/],
      [`${account}:root`, /the root user/],
      [`${account}:role/admin`, /names a role/],
      ["arn:aws:sts::123456789012:assumed-role/admin/ada", /names a session/],
      ["arn:aws:sts::123456789012:federated-user/ada", /names a session/],
      [`${account}:group/team`, /something other than an IAM user/],
      ["arn:aws:iam::aws:policy/AdministratorAccess", /belongs to AWS/],
      ["arn:aws-cn:iam::123456789012:user/intern", /China.*in the partition aws only/],
      ["arn:aws-us-gov:iam::123456789012:user/intern", /GovCloud.*in the partition aws only/],
      ["arn:aws-iso:iam::123456789012:user/intern", /other regions.*in the partition aws only/],
      ["ARN:AWS:IAM::123456789012:user/intern", /not in the partition aws/],
      ["arn:aws:codestar::123456789012:user/intern", /not an ARN of IAM/],
      ["arn:aws:iam:us-east-1:123456789012:user/intern", /names a region/],
      ["arn:aws:iam::12345678901:user/intern", /an account ID of 11 digits/],
      ["arn:aws:iam::1234-5678-9012:user/intern", /dashes in the account ID/],
      ["arn:aws:iam::account:user/intern", /something other than digits/],
      ["arn:aws:iam:::user/intern", /no account ID/],
      [`${account}:user`, /no \/ after user/],
      [`${account}:user:intern`, /no \/ after user/],
      [`${account}:user/`, /without the name/],
      [`${account}:user/team/`, /without the name/],
      [`${account}:user//intern`, /an empty part in its path/],
      [`${account}:user/*`, /is a pattern/],
      [`${account}:user/zoë`, /a character in the user's name/],
      [`${account}:user/ada lovelace`, /a character in the user's name/],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the slip itself
      ["arn:aws:iam::${account}:user/intern", /not filled in.*pulumi\.interpolate/],
      ["intern", /the name of the user is not enough/],
      ["123456789012", /is an account ID, not an ARN/],
      ["AIDACKCEVSQ6C2EXAMPLE", /is an ID \(of a key, user or role\)/],
      ["intern@example.com", /is it an e-mail address\?/],
    ];
    for (const [arn, expected] of slips) {
      it(`explains ${JSON.stringify(arn)}`, () => {
        const sentence = reason("userArn", arn);
        assert.match(sentence, expected);
        assert.match(sentence, /; right is arn:aws:iam::<account ID of 12 digits>:user\//);
      });
    }
  });

  describe("displayName", () => {
    it("takes any characters, spaces inside, up to 64 code points", () => {
      passes({ displayName: "Zoë  日本" });
      passes({ displayName: "🦉".repeat(64) });
      assert.match(reason("displayName", "🦉".repeat(65)), /has 65 characters; 1 to 64/);
      assert.match(reason("displayName", ""), /has 0 characters; 1 to 64/);
    });

    it("explains white space and ends of lines", () => {
      for (const name of [" Ada", "Ada ", "Ada\n", "\tAda", "Ada\u00a0"]) {
        assert.match(reason("displayName", name), /begins or ends with white space/);
      }
      for (const name of ["Ada\nLovelace", "Ada\r\nLovelace", "Ada\u2028Lovelace"]) {
        assert.match(reason("displayName", name), /more than one line/);
      }
      assert.match(reason("displayName", " \n "), /only white space/);
      assert.equal(reasons({ displayName: ` a\nb${"c".repeat(64)}` }).length, 3);
    });
  });

  describe("emailAddress", () => {
    it("takes what the API takes", () => {
      for (const emailAddress of [
        "a@b",
        "first.last+tag@mail.example.com",
        "_-.@-",
        "a@xn--bcher-kva.example",
      ]) {
        passes({ emailAddress });
      }
      passes({ emailAddress: `${"a".repeat(116)}@example.com` });
      assert.match(reason("emailAddress", `${"a".repeat(117)}@example.com`), /has 129 characters/);
    });

    const slips: readonly (readonly [string, RegExp])[] = [
      ["intern", /has no @/],
      ["in@tern@example.com", /more than one @/],
      ["@example.com", /nothing before the @/],
      ["intern@", /nothing after the @/],
      [" intern@example.com", /white space around/],
      ["intern@example.com\n", /white space around/],
      ["in tern@example.com", /white space inside/],
      ["mailto:intern@example.com", /begins with mailto:/],
      ["Intern <intern@example.com>", /a name beside the address/],
      ["a@example.com, b@example.com", /holds a list/],
      ["intern@bücher.example", /outside ASCII \(write an international domain as xn--…\)/],
      ["o'brien@example.com", /a character that the API does not allow/],
    ];
    for (const [address, expected] of slips) {
      it(`explains ${JSON.stringify(address)}`, () => {
        const sentence = reason("emailAddress", address);
        assert.match(sentence, expected);
        assert.match(sentence, /; right is <name>@<domain> of ASCII letters/);
      });
    }
  });

  describe("sshPublicKey", () => {
    it("takes keys of every type, several, and none", () => {
      for (const { line, weak } of knownSshKeys)
        passes({ sshPublicKey: line }, { allowWeakKeys: weak });
      passes({ sshPublicKey: `${ed25519.line}\n\n# token\n${skEd25519.line}\r\n` });
      passes({ sshPublicKey: "" });
    });

    it("refuses weak keys unless they are allowed", () => {
      assert.match(reason("sshPublicKey", dsa1024.line), /^sshPublicKey holds a DSA key/);
      assert.match(
        reason("sshPublicKey", rsa1024.line),
        /an RSA key of 1024 bits, fewer than 2048/,
      );
    });

    it("refuses a private key without repeating any of it", () => {
      const { privateKey } = generateKeyPairSync("ed25519");
      const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const sentence = reason("sshPublicKey", pem);
      assert.match(sentence, /^sshPublicKey holds a private key/);
      assert.ok(!sentence.includes(pem.split("\n")[1]!.slice(0, 8)));
    });

    it("keeps to the characters and the length of the API", () => {
      passes({ sshPublicKey: `${ed25519.line} Zoë` });
      for (const comment of ["日本", "“quoted”", "\x1b[2J", "\0"]) {
        const [type, base64] = ed25519.line.split(" ");
        const text = `${type} ${base64} ${comment}`;
        assert.match(reason("sshPublicKey", text), /outside Latin-1, or a control character/);
      }
      assert.match(
        reason("sshPublicKey", `\uFEFF${ed25519.line}`),
        /begins with a byte order mark/,
      );
      const many = `${ed25519.line}\n`.repeat(300).slice(0, 16384);
      const whole = many.slice(0, many.lastIndexOf("\n") + 1);
      passes({ sshPublicKey: whole.padEnd(16384, "\n") });
      assert.match(
        reason("sshPublicKey", whole.padEnd(16385, "\n")),
        /has 16385 characters; 0 to 16384 are allowed/,
      );
    });

    it("names the line", () => {
      const sentence = reason("sshPublicKey", `${ed25519.line}\nintern\n`);
      assert.match(sentence, /^sshPublicKey on line 2 holds something/);
    });
  });

  describe("region", () => {
    it("takes the names of regions", () => {
      for (const region of ["us-east-1", "ap-southeast-2", "us-gov-west-1", "xx-new-place-12"]) {
        passes({ region });
      }
    });

    it("explains slips", () => {
      assert.match(reason("region", ""), /is empty/);
      assert.match(reason("region", "us-east-1a"), /is an availability zone/);
      assert.match(reason("region", "US-EAST-1"), /has capital letters/);
      assert.match(reason("region", " us-east-1"), /white space around/);
      for (const region of ["useast1", "us-east", "N. Virginia", "aws-global", "us-east-1\nx"]) {
        assert.ok(reasons({ region }).length === 1, region);
      }
    });
  });

  describe("names that are not arguments", () => {
    const meant: readonly (readonly [string, string])[] = [
      ["email", "emailAddress"],
      ["emailAdress", "emailAddress"],
      ["mail", "emailAddress"],
      ["name", "displayName"],
      ["display_name", "displayName"],
      ["userARN", "userArn"],
      ["arn", "userArn"],
      ["sshKey", "sshPublicKey"],
      ["publicKey", "sshPublicKey"],
      ["ssh_public_key", "sshPublicKey"],
      ["ignoreDrifts", "ignoreDrift"],
      ["adopted", "adopt"],
    ];
    for (const [written, argument] of meant) {
      it(`suggests ${argument} for ${written}`, () => {
        assert.equal(
          reason(written, "x"),
          `"${written}" is not an argument of CodeStarUserProfile; did you mean ${argument}?`,
        );
      });
    }

    it("lists the arguments when none is near", () => {
      const [sentence] = reasons({ tags: {} });
      assert.match(
        sentence!,
        /"tags" is not an argument.*; the arguments are userArn, displayName/,
      );
      for (const name of ["constructor", "toString", "x", "q".repeat(100_000)]) {
        assert.equal(reasons({ [name]: 1 }).length, 1);
      }
    });

    it("says that outputs cannot be given", () => {
      assert.match(reason("createdTimestamp", "2020-01-01"), /set by the service/);
    });
  });

  describe("arguments of rosters and functions", () => {
    const said = (taker: Taker, given: unknown) =>
      checkArguments(taker, given).map(({ reason }) => reason);

    it("are taken as they are documented", () => {
      for (const [taker, given] of [
        ["CodeStarRoster", { files: "rosters" }],
        [
          "CodeStarRoster",
          { files: ["a", "b"], unmanaged: "remove", maxRemovals: 0, adopt: false },
        ],
        ["CodeStarRoster", { files: "x", region: undefined, maxRemovals: null, showValues: true }],
        ["rosterProfiles", { files: "x", region: "eu-west-1", adopt: true }],
        ["getUserProfile", { userArn: valid.userArn }],
        ["listUserProfiles", {}],
      ] as const) {
        assert.deepEqual(said(taker, given), [], JSON.stringify(given));
      }
    });

    it("are refused by type, range and enumeration", () => {
      for (const [given, sentence] of [
        [{ maxRemovals: Number.NaN }, "maxRemovals must be a whole number, 0 or more, not NaN"],
        [{ maxRemovals: -1 }, "maxRemovals must be a whole number, 0 or more, not -1"],
        [{ maxRemovals: 1.5 }, "maxRemovals must be a whole number, 0 or more, not 1.5"],
        [{ maxRemovals: "none" }, "maxRemovals must be a whole number, 0 or more, not a string"],
        [{ maxRemovals: Infinity }, "maxRemovals must be a whole number, 0 or more, not Infinity"],
        [
          { unmanaged: "delete" },
          'unmanaged is "delete", but must be one of ignore, report, remove',
        ],
        [
          { unmanaged: "reprot" },
          'unmanaged is "reprot", but must be one of ignore, report, remove; did you mean report?',
        ],
        [{ unmanaged: true }, "unmanaged must be one of ignore, report, remove, not a boolean"],
        [{ adopt: "false" }, "adopt must be true or false, not a string"],
        [{ showValues: 1 }, "showValues must be true or false, not a number"],
        [{ region: "useast1" }, /^region is not a region; right is/],
        [{ files: [] }, "files is an empty list; name at least one roster file or folder"],
        [{ files: undefined }, "files is required: the roster files and folders"],
        [{ files: 5 }, "files is a number; a path or a list of paths is allowed"],
        [
          { files: ["a", null] },
          "files holds nothing at [1]; a path or a list of paths is allowed",
        ],
        [{ files: [""] }, "files holds an empty path; name a roster file or folder"],
        [
          { files: Promise.resolve("x") },
          "files is a promise; a path or a list of paths is allowed",
        ],
        [
          { unmanged: "remove" },
          /^"unmanged" is not an argument of CodeStarRoster; did you mean unmanaged\?$/,
        ],
        [{ adpot: true }, /^"adpot" is not an argument of CodeStarRoster; did you mean adopt\?$/],
        [{ people: {} }, /^"people" is not an argument of CodeStarRoster; the arguments are files/],
      ] as const) {
        const [reason, ...others] = said("CodeStarRoster", { files: "x", ...given });
        assert.deepEqual(others, []);
        if (typeof sentence === "string") assert.equal(reason, sentence);
        else assert.match(reason!, sentence);
      }
    });

    it("name the function, and what it takes", () => {
      assert.deepEqual(said("rosterProfiles", { file: "x" }), [
        "files is required: the roster files and folders",
        '"file" is not an argument of rosterProfiles; did you mean files?',
      ]);
      assert.match(
        said("rosterProfiles", { files: "x", unmanaged: "report" })[0]!,
        /arguments are files, region, adopt$/,
      );
      assert.match(
        said("getUserProfile", { userARN: valid.userArn })[1]!,
        /did you mean userArn\?$/,
      );
      assert.match(said("getUserProfile", { userArn: "ada" })[0]!, /^userArn /);
      assert.match(said("listUserProfiles", { account: "1" })[0]!, /its only argument is region$/);
    });

    it("are an object", () => {
      for (const [given, kind] of [
        [undefined, "nothing"],
        [null, "nothing"],
        ["rosters", "a string"],
        [["rosters"], "a list"],
        [Object.assign(() => {}, {}), "a function"],
      ] as const) {
        for (const check of [checkArguments, checkNames]) {
          assert.deepEqual(
            check("CodeStarRoster", given).map(({ reason }) => reason),
            [
              `the arguments must be an object of files, region, adopt, unmanaged, maxRemovals, showValues, not ${kind}`,
            ],
          );
        }
      }
    });

    it("of a roster pass once more in the provider, which has its people", () => {
      const inputs = { people: {}, required: [], region: "us-east-1", __provider: "x" };
      assert.deepEqual(checkRosterInputs(inputs), []);
      assert.equal(checkRosterInputs({ ...inputs, maxRemovals: Number.NaN }).length, 1);
      assert.equal(checkRosterInputs({ ...inputs, tags: {} }).length, 1);
    });
  });

  describe("any inputs", () => {
    /** Texts near the border between right and wrong: pieces that may be swapped, cut or padded. */
    const near = {
      userArn: fc
        .tuple(
          fc.constantFrom("arn:", "arn", "ARN:", " arn:"),
          fc.constantFrom("aws:", "aws-cn:", ":"),
          fc.constantFrom("iam::", "iam:", "sts::"),
          fc.constantFrom(
            "123456789012",
            "12345678901",
            "１２３４５６７８９０１２",
            "1234567890123",
          ),
          fc.constantFrom(":user/", ":user", ":user//", ":role/", ":root"),
          fc.string({ unit: fc.constantFrom(..."aZ09_+=,.@-/!~ é*\n"), maxLength: 70 }),
        )
        .map((parts) => parts.join("")),
      displayName: fc.string({
        unit: fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom("a", "Z", "é", "🦉", " ") },
          fc.constantFrom("\n", "\r", "\u2028", "\u0085", "\t", "\u00a0", "\0", "\ufeff"),
        ),
        maxLength: 70,
      }),
      emailAddress: fc.string({
        unit: fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom(..."aZ09_.-+") },
          fc.constantFrom("@", "@", "@", " ", "\n", "é", "ſ", "K", "'"),
        ),
        maxLength: 140,
      }),
    };

    /** Mostly right texts, so that both answers come up. */
    const right = {
      userArn: fc.stringMatching(
        /^arn:aws:iam::[0-9]{12}:user\/([a-z!~]{1,9}\/)?[A-Za-z0-9_+=,.@-]{1,70}$/,
      ),
      displayName: fc.string({ unit: fc.constantFrom("a", "é", "🦉"), maxLength: 70 }),
      emailAddress: fc.stringMatching(/^[\w.+-]{1,70}@[\w.+-]{1,70}$/),
    };

    for (const property of ["userArn", "displayName", "emailAddress"] as const) {
      it(`pass ${property} exactly when AWS's model takes it`, () => {
        let taken = 0;
        let refused = 0;
        fc.assert(
          fc.property(fc.oneof(near[property], right[property], fc.string()), (value) => {
            const expected = modelTakes(property, value);
            const failures = checkInputs({ ...valid, [property]: value }, strongOnly);
            assert.equal(failures.length === 0, expected);
            if (expected) taken++;
            else refused++;
          }),
          { numRuns: 3000 },
        );
        assert.ok(taken > 100 && refused > 100, `${taken} taken, ${refused} refused`);
      });
    }

    it("never make it throw, and every failure is one line that names its property", () => {
      const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
      const names = [...Object.keys(valid), "sshPublicKey", "region", "adopt", "ignoreDrift"];
      const inputs = fc.record(
        Object.fromEntries(names.map((name) => [name, fc.oneof(anything, fc.string())])),
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(inputs, fc.boolean(), (given, allowWeakKeys) => {
          for (const failure of checkInputs(given, { allowWeakKeys })) {
            assert.ok(failure.reason.startsWith(`${failure.property} `));
            assert.doesNotMatch(failure.reason, /[\n\r]/);
          }
        }),
        { numRuns: 1000 },
      );
    });

    it("never have a sensitive value or key text in a reason", () => {
      const word = fc.stringMatching(/^[A-Za-z0-9]{12,30}$/);
      const around = fc.constantFrom("", " ", "\n", "@", "'", "<", "ssh-rsa ", "-----BEGIN ", "é");
      fc.assert(
        fc.property(word, around, around, (secret, before, after) => {
          const value = before + secret + after;
          const given = { displayName: ` ${value}`, emailAddress: value, sshPublicKey: value };
          const failures = checkInputs({ ...given, userArn: value, region: value }, strongOnly);
          assert.ok(failures.length >= 4);
          for (const { reason } of failures) assert.ok(!reason.includes(secret));
        }),
        { numRuns: 1000 },
      );
    });
  });
});
