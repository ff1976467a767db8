import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { ServiceError } from "../../service/api/errors";
import type { ServiceRequest } from "../../service/api/request";
import { authentication } from "../../service/identity/authentication";
import { type Credential, credentialsOf } from "../../service/identity/principalsDocument";
import {
  account,
  aliceArn,
  aliceKey,
  credentials,
  headerOf,
  pairs,
  received,
  signedRequest,
  signingDate,
  temporaryKey,
  withHeader,
} from "../support/signedRequest";

const clock = () => signingDate.getTime();
const minutes = (count: number) => new Date(signingDate.getTime() + count * 60_000);

describe("authentication", () => {
  const authenticate = authentication({ credentials: credentials(), clock });

  async function refusal(request: ServiceRequest): Promise<ServiceError> {
    try {
      await authenticate(request);
    } catch (error) {
      assert(error instanceof ServiceError, inspect(error));
      assert.equal(error.status, 400);
      for (const { secretAccessKey } of [aliceKey, temporaryKey]) {
        assert(!error.message.includes(secretAccessKey));
      }
      return error;
    }
    assert.fail("the request was accepted");
  }

  const refuses = async (request: ServiceRequest, name: string, message: RegExp) => {
    const err = await refusal(request);
    assert.equal(err.name, name);
    assert.match(err.message, message);
  };

  describe("accepts", () => {
    const alice = { account, name: "alice", userArn: aliceArn, administrator: false };

    it("the few headers that botocore signs", async () => {
      const request = await signedRequest();
      assert.match(
        headerOf(request, "authorization"),
        /SignedHeaders=content-type;host;x-amz-date;x-amz-target,/,
      );
      assert.deepEqual(await authenticate(request), alice);
    });

    it("the many headers that the SDK for JavaScript signs", async () => {
      const request = await signedRequest({
        checksum: true,
        headers: {
          "content-length": "50",
          "amz-sdk-invocation-id": "f75c7546-50db-45e6-9ed1-b92125fe21e5",
          "amz-sdk-request": "attempt=1; max=3",
          "x-amz-user-agent": "aws-sdk-js/3.523.0",
        },
      });
      assert.deepEqual(await authenticate(request), alice);
    });

    it("header names in any case and headers that were not signed", async () => {
      const request = await signedRequest();
      const rawHeaders = pairs(request.rawHeaders).flatMap(([name, value]) => [
        name.toUpperCase(),
        value,
      ]);
      const more = [...rawHeaders, "X-Amzn-Trace-Id", "Root=1", "Accept", "a", "Accept", "b"];
      assert.deepEqual(await authenticate(received({ ...request, rawHeaders: more })), alice);
    });

    it("a header given twice and signed, as the values joined", async () => {
      const request = await signedRequest({ headers: { "my-header": "one,two" } });
      const others = pairs(request.rawHeaders).filter(([name]) => name !== "my-header");
      const rawHeaders = [...others.flat(), "My-Header", "one", "my-header", "two"];
      assert.deepEqual(await authenticate(received({ ...request, rawHeaders })), alice);
    });

    it("signed headers that the SDK would not have signed", async () => {
      const headers = { "user-agent": "some-client/1", "cache-control": "no-store" };
      const request = await signedRequest({ headers });
      assert.match(headerOf(request, "authorization"), /=cache-control;.*;user-agent;/);
      assert.deepEqual(await authenticate(request), alice);
      const err = await refusal(withHeader(request, "user-agent", "some-client/2"));
      assert.equal(err.name, "InvalidSignatureException");
    });

    it("a path and a query", async () => {
      const request = await signedRequest({ path: "/a%20b/", query: { b: "2 3", a: "1" } });
      assert.deepEqual(await authenticate(request), alice);
    });

    it("whatever the SDK signs", async () => {
      const value = fc.string({ unit: fc.constantFrom(...'aB0:;,=/ \t"%~'), maxLength: 20 });
      const name = fc.constantFrom("accept", "my-header", "user-agent", "x-amz-user-agent", "te");
      const text = fc.string({ unit: fc.constantFrom(..."ab /%+&=?~é"), maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(
          fc.dictionary(name, value),
          fc.array(fc.constantFrom("", ".", "..", "a", "b%20c", "~"), { maxLength: 4 }),
          fc.dictionary(text, text, { maxKeys: 3 }),
          fc.string({ unit: "grapheme" }),
          fc.boolean(),
          async (headers, segments, query, body, checksum) => {
            const path = `/${segments.join("/")}`;
            const request = await signedRequest({ headers, path, query, body, checksum });
            assert.deepEqual(await authenticate(request), alice);
          },
        ),
        { numRuns: 500 },
      );
    });

    it("any region", async () => {
      const request = await signedRequest({ region: "eu-north-1" });
      assert.deepEqual(await authenticate(request), alice);
    });

    it("a clock up to 15 minutes off, either way", async () => {
      for (const date of [minutes(-15), minutes(15)]) {
        assert.deepEqual(await authenticate(await signedRequest({ date })), alice);
      }
    });

    it("a temporary key with its session token", async () => {
      const request = await signedRequest({ key: temporaryKey });
      assert.deepEqual(await authenticate(request), alice);
    });

    it("the same request again: SigV4 has no nonce", async () => {
      const request = await signedRequest();
      assert.deepEqual(await authenticate(request), alice);
      assert.deepEqual(await authenticate(request), alice);
    });
  });

  describe("refuses", () => {
    it("a request without a signature", async () => {
      const request = withHeader(await signedRequest(), "authorization", undefined);
      await refuses(request, "MissingAuthenticationTokenException", /missing/i);
    });

    for (const scheme of ["Bearer abc", "Basic YTpi", "AWS AKID:c2ln", "", "aws4-hmac-sha256 x"]) {
      it(`another scheme: ${JSON.stringify(scheme)}`, async () => {
        const request = withHeader(await signedRequest(), "authorization", scheme);
        await refuses(request, "MissingAuthenticationTokenException", /missing/i);
      });
    }

    const credential = "Credential=AKIDALICE/20261124/us-east-1/codestar/aws4_request";
    const signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-target";
    const signature = `Signature=${"0".repeat(64)}`;
    const malformed: readonly (readonly [string, string, RegExp])[] = [
      ["no parameter", "AWS4-HMAC-SHA256", /'Credential'.*'SignedHeaders'.*'Signature'/],
      ["another algorithm", `AWS4-ECDSA-P256-SHA256 ${credential}`, /algorithm/],
      ["no credential", `AWS4-HMAC-SHA256 ${signed}, ${signature}`, /'Credential'/],
      ["no signed headers", `AWS4-HMAC-SHA256 ${credential}, ${signature}`, /'SignedHeaders'/],
      ["no signature", `AWS4-HMAC-SHA256 ${credential}, ${signed}`, /'Signature'/],
      [
        "an empty signature",
        `AWS4-HMAC-SHA256 ${credential}, ${signed}, Signature=`,
        /'Signature'/,
      ],
      ["a short scope", `AWS4-HMAC-SHA256 Credential=A/b, ${signed}, ${signature}`, /5 slash/],
      ["a long scope", `AWS4-HMAC-SHA256 ${credential}/x, ${signed}, ${signature}`, /5 slash/],
      [
        "a parameter twice",
        `AWS4-HMAC-SHA256 ${credential}, ${credential}, ${signed}, ${signature}`,
        /more than once/,
      ],
      ["something else", `AWS4-HMAC-SHA256 ${credential}, ${signed}, Foo=1`, /something other/],
      ["no equals sign", `AWS4-HMAC-SHA256 ${credential}, ${signed}, Signature`, /something other/],
      [
        "upper-case signed headers",
        `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=Host;x-amz-date, ${signature}`,
        /lower-case/,
      ],
      [
        "an empty signed header",
        `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host;;x-amz-date, ${signature}`,
        /lower-case/,
      ],
      [
        "a signed header twice",
        `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host;host;x-amz-date, ${signature}`,
        /more than once/,
      ],
    ];
    for (const [title, authorization, message] of malformed) {
      it(`an Authorization header with ${title}`, async () => {
        const request = withHeader(await signedRequest(), "authorization", authorization);
        await refuses(request, "IncompleteSignatureException", message);
      });
    }

    it("a missing date", async () => {
      const request = withHeader(await signedRequest(), "x-amz-date", undefined);
      await refuses(request, "IncompleteSignatureException", /X-Amz-Date/);
    });

    for (const date of ["Tue, 24 Nov 2026 14:50:23 GMT", "20261324T145023Z", "20261124T145060Z"]) {
      it(`a date that is none: ${date}`, async () => {
        const request = withHeader(await signedRequest(), "x-amz-date", date);
        await refuses(request, "IncompleteSignatureException", /ISO-8601/);
      });
    }

    for (const name of ["authorization", "host", "x-amz-date", "x-amz-target", "content-type"]) {
      it(`a second ${name}`, async () => {
        const request = await signedRequest();
        const rawHeaders = [...request.rawHeaders, name, headerOf(request, name)];
        await refuses(
          received({ ...request, rawHeaders }),
          "IncompleteSignatureException",
          /only once/,
        );
      });
    }

    it("an old signature", async () => {
      const request = await signedRequest({ date: new Date(minutes(-15).getTime() - 1000) });
      await refuses(
        request,
        "InvalidSignatureException",
        /^Signature expired: 20261124T143522Z is now earlier than 20261124T143523Z \(20261124T145023Z - 15 min\.\)$/,
      );
    });

    it("a signature of the future", async () => {
      const request = await signedRequest({ date: new Date(minutes(15).getTime() + 1000) });
      await refuses(request, "InvalidSignatureException", /^Signature not yet current: /);
    });

    it("a scope of another service, day, terminator or no region", async () => {
      await refuses(
        await signedRequest({ service: "iam" }),
        "InvalidSignatureException",
        /correct service: 'codestar'/,
      );
      await refuses(
        await signedRequest({ region: "US_EAST" }),
        "InvalidSignatureException",
        /valid region/,
      );
      const request = await signedRequest();
      const claim = headerOf(request, "authorization");
      await refuses(
        withHeader(request, "authorization", claim.replace("/20261124/", "/20261123/")),
        "InvalidSignatureException",
        /Date in Credential scope/,
      );
      await refuses(
        withHeader(request, "authorization", claim.replace("aws4_request", "aws5_request")),
        "InvalidSignatureException",
        /terminator/,
      );
    });

    it("an unknown access key", async () => {
      const request = await signedRequest({ key: { ...aliceKey, accessKeyId: "AKIDNOBODY" } });
      await refuses(request, "UnrecognizedClientException", /security token/);
    });

    for (const accessKeyId of ["__proto__", "constructor", "toString"]) {
      it(`an access key named ${accessKeyId}`, async () => {
        const request = await signedRequest({ key: { ...aliceKey, accessKeyId } });
        await refuses(request, "UnrecognizedClientException", /security token/);
      });
    }

    it("the wrong secret", async () => {
      const key = { ...aliceKey, secretAccessKey: temporaryKey.secretAccessKey };
      await refuses(await signedRequest({ key }), "InvalidSignatureException", /does not match/);
    });

    it("a session token that is missing, wrong, unsigned or not wanted", async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = temporaryKey;
      const bare = await signedRequest({ key: { accessKeyId, secretAccessKey } });
      await refuses(bare, "UnrecognizedClientException", /security token/);
      await refuses(
        await signedRequest({ key: { ...temporaryKey, sessionToken: "other" } }),
        "UnrecognizedClientException",
        /security token/,
      );
      await refuses(
        await signedRequest({ key: { ...aliceKey, sessionToken } }),
        "UnrecognizedClientException",
        /security token/,
      );
      await refuses(
        withHeader(bare, "x-amz-security-token", sessionToken),
        "InvalidSignatureException",
        /'x-amz-security-token' must be a 'SignedHeader'/,
      );
    });

    for (const name of ["host", "x-amz-date", "x-amz-target"]) {
      it(`${name} unsigned`, async () => {
        const request = await signedRequest();
        const claim = headerOf(request, "authorization")
          .replace(`${name};`, "")
          .replace(`;${name},`, ",");
        await refuses(
          withHeader(request, "authorization", claim),
          "InvalidSignatureException",
          new RegExp(`'${name}' must be a 'SignedHeader'`),
        );
      });
    }

    it("an operation put into a request that was signed without one", async () => {
      const request = await signedRequest({ target: "" });
      await authenticate(request);
      await refuses(
        withHeader(request, "x-amz-target", "CodeStar_20170419.DeleteUserProfile"),
        "InvalidSignatureException",
        /'x-amz-target' must be a 'SignedHeader'/,
      );
    });

    it("a signed header that was dropped on the way", async () => {
      const request = withHeader(await signedRequest(), "content-type", undefined);
      await refuses(request, "InvalidSignatureException", /signed but was not received/);
    });

    it("an unsigned payload, and the hash of another", async () => {
      for (const hash of ["UNSIGNED-PAYLOAD", createHash("sha256").digest("hex")]) {
        const request = await signedRequest({ headers: { "x-amz-content-sha256": hash } });
        await refuses(request, "InvalidSignatureException", /x-amz-content-sha256/);
      }
    });

    it("a replay with another body", async () => {
      for (const checksum of [true, false]) {
        const request = await signedRequest({ checksum });
        await authenticate(request);
        const body = Buffer.from(JSON.stringify({ userArn: `${aliceArn}2` }));
        await refuses({ ...request, body }, "InvalidSignatureException", /./);
      }
    });

    it("a signature in capitals", async () => {
      const request = await signedRequest();
      const claim = headerOf(request, "authorization").replace(/[0-9a-f]{64}$/, (text) =>
        text.toUpperCase(),
      );
      await refuses(withHeader(request, "authorization", claim), "InvalidSignatureException", /./);
    });
  });

  describe("keys", () => {
    const documentWith = (secretAccessKey: string) => ({
      principals: [{ name: "alice", account, keys: [{ ...aliceKey, secretAccessKey }] }],
    });

    it("takes a replaced secret at once, and the old one no longer", async () => {
      const other = "another-secret-0123456789-abcdefghijklmn";
      let known: ReadonlyMap<string, Credential> = credentialsOf(
        documentWith(aliceKey.secretAccessKey),
      );
      const verify = authentication({ credentials: { get: (id) => known.get(id) }, clock });
      const before = await signedRequest();
      const after = await signedRequest({ key: { ...aliceKey, secretAccessKey: other } });
      await verify(before);
      await verify(before);
      await assert.rejects(async () => verify(after), { name: "InvalidSignatureException" });
      known = credentialsOf(documentWith(other));
      await assert.rejects(async () => verify(before), { name: "InvalidSignatureException" });
      await verify(after);
      await verify(after);
    });

    it("verifies in more regions than it remembers keys for", async () => {
      for (let index = 0; index < 1100; index++) {
        await authenticate(await signedRequest({ region: `r-${index}` }));
      }
      await authenticate(await signedRequest({ region: "r-0" }));
    });
  });
});
