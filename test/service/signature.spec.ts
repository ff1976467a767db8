import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getSigningKey } from "@smithy/signature-v4";
import { ReceivedHeaders } from "../../service/sigv4/receivedHeaders";
import { Sha256, sha256Hex } from "../../service/sigv4/sha256";
import { signatureOf } from "../../service/sigv4/signature";
import { parseSignatureClaim } from "../../service/sigv4/signatureClaim";

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
      const headers = Object.fromEntries(
        claim.signedHeaders.map((name) => {
          const value = received.joined(name);
          assert(value !== undefined, `${name} is signed but missing`);
          return [name, value];
        }),
      );
      const signingKey = await getSigningKey(
        Sha256,
        suite.credentials,
        claim.scope.date,
        claim.scope.region,
        claim.scope.service,
      );
      const signature = await signatureOf(
        {
          method: vector.method,
          target: vector.query === "" ? vector.path : `${vector.path}?${vector.query}`,
          headers,
          payloadHash: sha256Hex(Buffer.from(vector.body)),
          timestamp: headers["x-amz-date"]!,
          scope: claim.scope,
        },
        signingKey,
      );
      assert.equal(signature.toString("hex"), claim.signature);
    });
  }
});
