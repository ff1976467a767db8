import { hash } from "node:crypto";
import { parse } from "node:querystring";
import { getCanonicalHeaders, getSigningKey, SignatureV4Base } from "@smithy/signature-v4";
import type { Credential } from "../principalsDocument";
import { Sha256 } from "./sha256";
import type { CredentialScope } from "./signatureClaim";
import { SigningKey } from "./signingKey";

/** The parts of a request that a signature covers, and what it was signed with. */
export interface SignedParts {
  readonly method: string;
  /** Path and query as received, percent-encoded. */
  readonly target: string;
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[];
  /** The value of each signed header, by position. */
  readonly values: readonly string[];
  /** Lower-case hexadecimal SHA-256 of the body. */
  readonly payloadHash: string;
  /** `YYYYMMDDTHHMMSSZ`, the value of `x-amz-date`. */
  readonly timestamp: string;
  readonly scope: CredentialScope;
}

/**
 * The AWS SDK's own canonicalization. Not its `SignatureV4.sign`, which is made for senders:
 * it writes `x-amz-date` and the session token itself, leaves out headers that it would not
 * have signed, takes the value of `x-amz-content-sha256` on trust, and takes several times as
 * long, most of it for cloning the request and for hashing behind promises. `SignatureV4Base`
 * is exported for such use.
 */
class Canonicalization extends SignatureV4Base {
  constructor() {
    // None of this is used: scope, key and payload hash come with each request.
    const credentials = { accessKeyId: "", secretAccessKey: "" };
    super({ service: "", region: "", credentials, sha256: Sha256, applyChecksum: false });
  }

  canonicalRequest({ method, target, signedHeaders, values, payloadHash }: SignedParts): string {
    const mark = target.indexOf("?");
    const path = mark === -1 ? target : target.slice(0, mark);
    const query = mark === -1 ? {} : parseQuery(target.slice(mark + 1));
    const headers: Record<string, string> = Object.create(null);
    for (const [index, name] of signedHeaders.entries()) headers[name] = values[index]!;
    const request = { method, path, query, headers, protocol: "http:", hostname: "" };
    const canonicalHeaders = getCanonicalHeaders(request, undefined, new Set(signedHeaders));
    return this.createCanonicalRequest(request, canonicalHeaders, payloadHash);
  }
}

const canonicalization = new Canonicalization();

/** The text whose HMAC is the signature of a request; ASCII. */
export function stringToSign(parts: SignedParts): string {
  const { timestamp, scope } = parts;
  const canonicalHash = hash("sha256", canonicalRequestOf(parts), "hex");
  const scopeText = `${scope.date}/${scope.region}/${scope.service}/${scope.terminator}`;
  return `AWS4-HMAC-SHA256\n${timestamp}\n${scopeText}\n${canonicalHash}`;
}

/**
 * What AWS clients send to this service is canonical as it stands: the path `/`, no query,
 * header values without runs of white space (HTTP has no line ends in them). That form is
 * put together here, in a fraction of the time; all else is the library's. The tests hold
 * both to the same results.
 */
function canonicalRequestOf(parts: SignedParts): string {
  const { method, target, signedHeaders, values, payloadHash } = parts;
  let headers = "";
  for (let index = 0; index < values.length; index++) {
    headers += `${signedHeaders[index]}:${values[index]}\n`;
  }
  if (target !== "/" || /: | {2}| \n|[\t\r]/.test(headers)) {
    return canonicalization.canonicalRequest(parts);
  }
  return `${method}\n/\n\n${headers}\n${signedHeaders.join(";")}\n${payloadHash}`;
}

/** The key that signs requests of one credential, day, region and service. */
export async function signingKeyOf(
  { accessKeyId, secretAccessKey }: Credential,
  { date, region, service }: CredentialScope,
): Promise<SigningKey> {
  const keys = { accessKeyId, secretAccessKey: secretAccessKey.reveal() };
  return new SigningKey(await getSigningKey(Sha256, keys, date, region, service));
}

function parseQuery(query: string): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = Object.create(null);
  // Without `maxKeys: 0` what follows the thousandth parameter would be neither signed nor refused.
  for (const [name, value] of Object.entries(parse(query, "&", "=", { maxKeys: 0 }))) {
    if (value !== undefined) parameters[name] = value;
  }
  return parameters;
}
