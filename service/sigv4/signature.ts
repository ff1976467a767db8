import { createHmac } from "node:crypto";
import { parse } from "node:querystring";
import { getCanonicalHeaders, SignatureV4Base } from "@smithy/signature-v4";
import { Sha256 } from "./sha256";
import type { CredentialScope } from "./signatureClaim";

/** The parts of a request that a signature covers, and what it was signed with. */
export interface SignedParts {
  readonly method: string;
  /** Path and query as received, percent-encoded. */
  readonly target: string;
  /** The signed headers and no others, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly payloadHash: string;
  /** `YYYYMMDDTHHMMSSZ`, the value of `x-amz-date`. */
  readonly timestamp: string;
  readonly scope: CredentialScope;
}

/**
 * The AWS SDK's own canonicalization. Not its `SignatureV4.sign`, which is made for senders: it writes
 * `x-amz-date` and the session token itself, leaves out headers that it would not have signed, takes
 * the value of `x-amz-content-sha256` on trust, and costs three times as much, most of it for cloning
 * the request. `SignatureV4Base` holds the steps between, and is exported for such use.
 */
class Canonicalization extends SignatureV4Base {
  constructor() {
    // Only the hash is used: the scope and the key come with each request.
    const credentials = { accessKeyId: "", secretAccessKey: "" };
    super({ service: "", region: "", credentials, sha256: Sha256, applyChecksum: false });
  }

  stringToSign(parts: SignedParts): Promise<string> {
    const { method, target, headers, payloadHash, timestamp, scope } = parts;
    const mark = target.indexOf("?");
    const path = mark === -1 ? target : target.slice(0, mark);
    const query = mark === -1 ? {} : parseQuery(target.slice(mark + 1));
    const request = { method, path, query, headers, protocol: "http:", hostname: "" };
    const canonicalHeaders = getCanonicalHeaders(request, undefined, new Set(Object.keys(headers)));
    return this.createStringToSign(
      timestamp,
      `${scope.date}/${scope.region}/${scope.service}/${scope.terminator}`,
      this.createCanonicalRequest(request, canonicalHeaders, payloadHash),
      "AWS4-HMAC-SHA256",
    );
  }
}

const canonicalization = new Canonicalization();

/** The SigV4 signature of a request: 32 bytes. */
export async function signatureOf(parts: SignedParts, signingKey: Uint8Array): Promise<Buffer> {
  const text = await canonicalization.stringToSign(parts);
  return createHmac("sha256", signingKey).update(text).digest();
}

function parseQuery(query: string): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = Object.create(null);
  // Without `maxKeys: 0` what follows the thousandth parameter would be neither signed nor refused.
  for (const [name, value] of Object.entries(parse(query, "&", "=", { maxKeys: 0 }))) {
    if (value !== undefined) parameters[name] = value;
  }
  return parameters;
}
