import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { Secret } from "../../service/identity/secret";
import { ReceivedHeaders } from "../../service/identity/sigv4/receivedHeaders";
import { sha256Hex } from "../../service/identity/sigv4/sha256";
import { signingKeyOf, stringToSign } from "../../service/identity/sigv4/signature";
import { parseSignatureClaim } from "../../service/identity/sigv4/signatureClaim";
import { SigningKey } from "../../service/identity/sigv4/signingKey";

interface Suite {
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly service: string;
  readonly region: string;
  readonly cases: readonly {
    readonly name: string;
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
    readonly authorization: string;
  }[];
}

const suite: Suite = JSON.parse(readFileSync(join(__dirname, "sigV4Vectors.json"), "utf8"));

describe("signature (AWS's published SigV4 test suite)", () => {
  const credential = {
    principal: { account: "123456789012", name: "example", administrator: false },
    accessKeyId: suite.credentials.accessKeyId,
    secretAccessKey: new Secret(suite.credentials.secretAccessKey),
  };

  it("carries the whole suite", () => {
    assert.equal(suite.cases.length, 31);
  });

  for (const vector of suite.cases) {
    it(`computes ${vector.name}`, async () => {
      const claim = parseSignatureClaim(vector.authorization);
      assert.equal(claim.accessKeyId, suite.credentials.accessKeyId);
      assert.equal(claim.scope.service, suite.service);
      assert.equal(claim.scope.region, suite.region);

      const received = new ReceivedHeaders(vector.headers.flat());
      const values = claim.signedHeaders.map((name) => {
        const value = received.joined(name);
        assert(value !== undefined, `${name} is signed but missing`);
        return value;
      });
      const signingKey = await signingKeyOf(credential, claim.scope);
      const text = stringToSign({
        method: vector.method,
        target: vector.query === "" ? vector.path : `${vector.path}?${vector.query}`,
        signedHeaders: claim.signedHeaders,
        values,
        payloadHash: sha256Hex(Buffer.from(vector.body)),
        timestamp: received.joined("x-amz-date")!,
        scope: claim.scope,
      });
      assert.equal(signingKey.sign(text), claim.signature);
      assert(signingKey.verifies(text, claim.signature));
    });
  }
});

describe("SigningKey", () => {
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 });
  const text = fc.string({ unit: "grapheme-ascii", maxLength: 512 });

  it("signs as createHmac does, whatever it signed before", () => {
    fc.assert(
      fc.property(key, fc.array(text, { minLength: 1, maxLength: 4 }), (bytes, texts) => {
        const signingKey = new SigningKey(bytes);
        for (const signed of texts) {
          const expected = createHmac("sha256", bytes).update(signed).digest("hex");
          assert.equal(signingKey.sign(signed), expected);
          assert(signingKey.verifies(signed, expected));
          assert(!signingKey.verifies(`${signed.slice(0, 511)}.`, expected));
        }
      }),
    );
  });

  it("refuses what it has no room for", () => {
    assert.throws(() => new SigningKey(new Uint8Array(65)), /is longer than 64 bytes$/);
    assert.throws(
      () => new SigningKey(new Uint8Array(32)).sign("x".repeat(513)),
      /is longer than 512 characters$/,
    );
  });

  it("shows nothing of itself", () => {
    const signingKey = new SigningKey(new Uint8Array(32).fill(0xab));
    assert.equal(inspect(signingKey, { depth: 9, showHidden: true }), "SigningKey {}");
    assert.equal(JSON.stringify(signingKey), "{}");
  });
});
