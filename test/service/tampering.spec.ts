import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { ServiceError } from "../../service/api/errors";
import type { ServiceRequest } from "../../service/api/request";
import { authentication } from "../../service/identity/authentication";
import {
  credentials,
  headerOf,
  signedRequest,
  signingDate,
  withHeader,
} from "../support/signedRequest";

describe("authentication refuses any change of what was signed:", () => {
  const authenticate = authentication({
    credentials: credentials(),
    clock: () => signingDate.getTime(),
  });

  async function refusal(request: ServiceRequest): Promise<ServiceError> {
    try {
      await authenticate(request);
    } catch (error) {
      assert(error instanceof ServiceError, inspect(error));
      return error;
    }
    assert.fail("the request was accepted");
  }

  /**
   * Replaces the byte at a position chosen by `at`, never with one that SigV4 takes for the same.
   */
  const changed = (text: string, at: number, by: number): string => {
    const position = at % text.length;
    const code = text.charCodeAt(position);
    const printable = Array.from({ length: 94 }, (_, index) => index + 0x21);
    const choices = printable.filter((candidate) => candidate !== code);
    const replacement = String.fromCharCode(choices[by % choices.length]!);
    return text.slice(0, position) + replacement + text.slice(position + 1);
  };

  it("one byte of the body", async () => {
    const request = await signedRequest({ checksum: false });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: request.body.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const body = Buffer.from(request.body);
          body[at]! ^= mask;
          assert.equal((await refusal({ ...request, body })).name, "InvalidSignatureException");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("a body cut short or continued", async () => {
    const request = await signedRequest();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: request.body.length - 1 }), async (length) => {
        await refusal({ ...request, body: request.body.subarray(0, length) });
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (more) => {
        await refusal({ ...request, body: Buffer.concat([request.body, more]) });
      }),
    );
  });

  it("one byte of a signed header's value", async () => {
    const request = await signedRequest({
      checksum: true,
      headers: { "content-length": "50", "amz-sdk-request": "attempt=1; max=3" },
    });
    const names = /SignedHeaders=([^,]+)/.exec(headerOf(request, "authorization"))![1]!.split(";");
    assert.equal(names.length, 7);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(), async (name, at, by) => {
        await refusal(withHeader(request, name, changed(headerOf(request, name), at, by)));
      }),
      { numRuns: 1000 },
    );
  });

  it("one byte of the Authorization header", async () => {
    const request = await signedRequest();
    const claim = headerOf(request, "authorization");
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: claim.length - 1 }), fc.nat(), async (at, by) => {
        const other = changed(claim, at, by);
        // A second comma between two parameters is not a change of what they say.
        fc.pre(!(claim[at] === " " && other[at] === ","));
        await refusal(withHeader(request, "authorization", other));
      }),
      { numRuns: 1000 },
    );
  });

  it("the method, the path, the query", async () => {
    const request = await signedRequest({ path: "/base/path", query: { a: "1" } });
    await authenticate(request);
    await refusal({ ...request, method: "PUT" });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: request.path.length - 1 }), fc.nat(), async (at, by) => {
        const path = changed(request.path, at, by);
        // What the canonical form itself leaves out.
        fc.pre(!/[#&=/?]/.test(path[at]!) && !/[&=/?]/.test(request.path[at]!));
        await refusal({ ...request, path });
      }),
      { numRuns: 300 },
    );
    const many = `${request.path}&${Array.from({ length: 2000 }, () => "x=1").join("&")}`;
    await refusal({ ...request, path: many });
  });

  it("whatever else the Authorization header holds", async () => {
    const request = await signedRequest();
    const claim = headerOf(request, "authorization");
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom(...claim.split(/(?<=[,;=/ ])/), "Credential=", "Signature=", ",", "/"),
        fc.string({ maxLength: 10 }),
      ),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(parts, async (pieces) => {
        const text = pieces.join("");
        fc.pre(text !== claim);
        await refusal(withHeader(request, "authorization", text));
      }),
      { numRuns: 2000 },
    );
  });
});
