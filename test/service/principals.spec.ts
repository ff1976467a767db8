import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import {
  credentialsOf,
  PrincipalsFileError,
  parsePrincipals,
} from "../../service/identity/principalsDocument";
import { account, aliceArn, principalsDocument } from "../support/signedRequest";

const secretAccessKey = "do-not-print-me-0123456789-abcdefghijklmn";
const key = { accessKeyId: "AKID1", secretAccessKey };
const alice = { name: "alice", account, userArn: aliceArn, keys: [key] };

const parse = (document: unknown) => parsePrincipals(JSON.stringify(document), "p.json");

describe("parsePrincipals", () => {
  it("reads principals and their keys", () => {
    const credentials = credentialsOf(parse(principalsDocument));
    assert.deepEqual([...credentials.keys()], ["AKIDALICE", "ASIDTEMPORARY", "AKIDADMIN"]);
    const temporary = credentials.get("ASIDTEMPORARY");
    assert.deepEqual(temporary?.principal, {
      account,
      name: "alice",
      userArn: aliceArn,
      administrator: false,
    });
    assert.equal(temporary?.sessionToken?.reveal(), "FwoGZXIvYXdzEXAMPLE//session+token==");
    assert.deepEqual(credentials.get("AKIDADMIN")?.principal, {
      account,
      name: "root",
      administrator: true,
    });
  });

  it("takes a principal without keys, and no principals at all", () => {
    assert.equal(credentialsOf(parse({ principals: [{ ...alice, keys: [] }] })).size, 0);
    assert.equal(credentialsOf(parse({ principals: [] })).size, 0);
  });

  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["a list", [alice], "the whole must be an object"],
    ["no principals", {}, "principals must be a list of principals"],
    [
      "another member",
      { principals: [], [secretAccessKey]: 1 },
      "the whole has a member that is not known",
    ],
    [
      "a principal that is none",
      { principals: [secretAccessKey] },
      "principals[0] must be an object",
    ],
    [
      "a numeric account",
      { principals: [{ ...alice, account: 123456789012 }] },
      "principals[0].account must be the 12 digits of an AWS account, in quotes",
    ],
    [
      "a secret for a name",
      { principals: [{ ...alice, name: `${secretAccessKey}/` }] },
      "principals[0].name must be 1 to 64 characters of those that IAM user names may have",
    ],
    [
      "an ARN that is none",
      { principals: [{ ...alice, userArn: "alice" }] },
      "principals[0].userArn must be the ARN of an IAM user",
    ],
    [
      "an ARN of another account",
      { principals: [{ ...alice, account: "999999999999" }] },
      "principals[0].userArn must be of the principal's own account (arn:aws:iam::999999999999:user/…)",
    ],
    [
      "an administrator by word",
      { principals: [{ ...alice, administrator: "yes" }] },
      "principals[0].administrator must be true or false",
    ],
    [
      "a short secret",
      { principals: [{ ...alice, keys: [{ ...key, secretAccessKey: "short" }] }] },
      "principals[0].keys[0].secretAccessKey must be 16 to 256 printable ASCII characters",
    ],
    [
      "a misspelt member of a key",
      { principals: [{ ...alice, keys: [{ ...key, secret: secretAccessKey }] }] },
      "principals[0].keys[0] has a member that is not known",
    ],
    [
      "an access key twice",
      { principals: [alice, { ...alice, name: "bob" }] },
      "principals[1].keys[0].accessKeyId is taken already",
    ],
    [
      "a name twice",
      { principals: [alice, { ...alice, keys: [] }] },
      "principals[1].name is taken already",
    ],
    [
      "several mistakes",
      { principals: [{ ...alice, account: "1", name: "", userArn: undefined }] },
      "principals[0].name must be 1 to 64 characters of those that IAM user names may have (and 1 more)",
    ],
  ];
  for (const [title, document, problem] of wrong) {
    it(`refuses ${title}`, () => {
      assert.throws(() => parse(document), {
        name: "PrincipalsFileError",
        message: `Principals file p.json: ${problem}`,
      });
    });
  }

  it("says where JSON is broken and never quotes it", () => {
    const broken = `{"principals":[\n{"name":"alice",\n"secretAccessKey":"${secretAccessKey}" oops`;
    assert.throws(
      () => parsePrincipals(broken, "p.json"),
      (error) => {
        assert(error instanceof PrincipalsFileError);
        assert.match(error.message, /^Principals file p\.json: is not valid JSON \(line 3\)$/);
        assert(!inspect(error, { depth: 9 }).includes(secretAccessKey));
        return true;
      },
    );
    for (let length = 0; length < broken.length; length++) {
      assert.throws(
        () => parsePrincipals(broken.slice(0, length), "p.json"),
        (error) => {
          assert(!String(error).includes("do-not"), String(error));
          return true;
        },
      );
    }
  });
});

describe("Secret", () => {
  it("gives its text to nobody who prints, logs or serializes it", () => {
    const credentials = credentialsOf(parse({ principals: [alice] }));
    const credential = credentials.get("AKID1")!;
    for (const printed of [
      inspect(credential, { depth: 9, showHidden: true }),
      inspect(credentials, { depth: 9, showHidden: true }),
      JSON.stringify(credential),
      JSON.stringify([...credentials]),
      format("%s %o %O %j", credential.secretAccessKey, credential, credential, credential),
      `${credential.secretAccessKey}`,
    ]) {
      assert(!printed.includes(secretAccessKey), printed);
    }
    assert.equal(credential.secretAccessKey.reveal(), secretAccessKey);
  });
});
