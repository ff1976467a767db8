import { createHash, timingSafeEqual } from "node:crypto";
import { isRegion } from "../api/region";
import type { Authenticate, ServiceRequest } from "../api/request";
import type { Credential, CredentialSource } from "./principalsDocument";
import type { Secret } from "./secret";
import { ReceivedHeaders } from "./sigv4/receivedHeaders";
import { incompleteSignature, invalidSignature, unrecognizedClient } from "./sigv4/rejection";
import { sha256Hex } from "./sigv4/sha256";
import { signingKeyOf, stringToSign } from "./sigv4/signature";
import {
  type CredentialScope,
  parseSignatureClaim,
  type SignatureClaim,
} from "./sigv4/signatureClaim";
import { type Signer, VerifiedSigners } from "./sigv4/verifiedSigners";

export interface AuthenticationOptions {
  readonly credentials: CredentialSource;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** How far `x-amz-date` may be from the clock, either way: AWS's own window for most services. */
export const clockWindowMinutes = 15;

const signingName = "codestar";
const terminator = "aws4_request";

/**
 * Verifies AWS Signature Version 4 as the SDKs send it: in the `Authorization` header, over the
 * headers that `SignedHeaders` names (clients differ in which they sign) and the SHA-256 of the
 * body. Signatures in the query (presigned addresses) and unsigned bodies are not accepted.
 *
 * An unchanged request is accepted again within the clock window, as at AWS: the
 * protocol has no nonce. Which access key ids exist can be told from the errors, also as
 * at AWS; ids are no secrets.
 *
 * @example
 * const ada = { name: "ada", account: "123456789012", administrator: true };
 * const key: Credential = {
 *   principal: ada,
 *   accessKeyId: "ADASKEY",
 *   secretAccessKey: new Secret(process.env.ADAS_SECRET!),
 * };
 * const credentials = { get: (id: string) => (id === key.accessKeyId ? key : undefined) };
 * const authenticate = authentication({ credentials, clock: Date.now });
 * const server = await startServer({ store: "file:profiles.db", authenticate });
 */
export function authentication(options: AuthenticationOptions): Authenticate {
  const { credentials, clock } = options;
  const signers = new VerifiedSigners();

  async function signerOf(claim: SignatureClaim): Promise<Signer> {
    checkScope(claim);
    for (const name of ["host", "x-amz-date"]) requireSigned(claim, name);
    const credential = credentials.get(claim.accessKeyId);
    if (!credential) throw unrecognizedClient();
    const { scope, signedHeaders } = claim;
    return { credential, scope, signedHeaders, signingKey: await signingKeyOf(credential, scope) };
  }

  return async (request) => {
    const headers = new ReceivedHeaders(request.rawHeaders);
    const authorization = headers.single("authorization") ?? "";
    // In what the SDKs send, the signature is the last of the parameters and 64 characters long.
    const statement = authorization.slice(0, -64);
    const known = signers.find(statement);
    if (known && credentials.get(known.credential.accessKeyId) === known.credential) {
      verify(request, headers, known, authorization.slice(-64));
      return known.credential.principal;
    }
    const claim = parseSignatureClaim(authorization);
    const signer = await signerOf(claim);
    verify(request, headers, signer, claim.signature);
    if (authorization === statement + claim.signature) signers.remember(statement, signer);
    return signer.credential.principal;
  };

  function verify(
    request: ServiceRequest,
    headers: ReceivedHeaders,
    signer: Signer,
    signature: string,
  ): void {
    const { scope, signedHeaders, signingKey } = signer;
    const timestamp = checkTimestamp(headers.single("x-amz-date"), clock());
    checkDay(timestamp, scope);
    checkSessionToken(signer.credential, headers.single("x-amz-security-token"));
    for (const name of ["x-amz-target", "x-amz-security-token"]) {
      if (headers.has(name)) requireSigned(signer, name);
    }
    const payloadHash = sha256Hex(request.body);
    checkPayloadHash(headers.single("x-amz-content-sha256"), payloadHash);
    const text = stringToSign({
      method: request.method,
      target: request.path,
      signedHeaders,
      values: signedHeaders.map((name) => signedValue(headers, name)),
      payloadHash,
      timestamp,
      scope,
    });
    if (!signingKey.verifies(text, signature)) throw signatureMismatch();
  }
}

function checkTimestamp(timestamp: string | undefined, now: number): string {
  if (timestamp === undefined) {
    throw incompleteSignature("Authorization header requires existence of an 'X-Amz-Date' header.");
  }
  const time = parseTimestamp(timestamp);
  if (time === undefined) {
    throw incompleteSignature(
      "'X-Amz-Date' must be in ISO-8601 'basic format', e.g. 20150830T123600Z.",
    );
  }
  const window = clockWindowMinutes * 60_000;
  if (time < now - window) {
    throw invalidSignature(
      `Signature expired: ${timestamp} is now earlier than ${formatTimestamp(now - window)} ` +
        `(${formatTimestamp(now)} - ${clockWindowMinutes} min.)`,
    );
  }
  if (time > now + window) {
    throw invalidSignature(
      `Signature not yet current: ${timestamp} is still later than ${formatTimestamp(now + window)} ` +
        `(${formatTimestamp(now)} + ${clockWindowMinutes} min.)`,
    );
  }
  return timestamp;
}

const timestampForm =
  /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ$/;

function parseTimestamp(timestamp: string): number | undefined {
  if (!timestampForm.test(timestamp)) return undefined;
  const part = (start: number, end: number) => Number(timestamp.slice(start, end));
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(9, 11), part(11, 13), part(13, 15));
}

function formatTimestamp(time: number): string {
  return new Date(time)
    .toISOString()
    .replace(/\.\d{3}Z$/, "Z")
    .replace(/[-:]/g, "");
}

function checkScope({ scope }: SignatureClaim): void {
  if (scope.terminator !== terminator) {
    throw invalidSignature(`Credential should be scoped with a valid terminator: '${terminator}'.`);
  }
  if (scope.service !== signingName) {
    throw invalidSignature(`Credential should be scoped to correct service: '${signingName}'.`);
  }
  if (!isRegion(scope.region)) {
    throw invalidSignature("Credential should be scoped to a valid region.");
  }
}

function checkDay(timestamp: string, { date }: CredentialScope): void {
  if (!timestamp.startsWith(`${date}T`)) {
    throw invalidSignature("Date in Credential scope does not match the day of 'X-Amz-Date'.");
  }
}

function checkSessionToken(credential: Credential, token: string | undefined): void {
  const { sessionToken } = credential;
  if (sessionToken === undefined && token === undefined) return;
  if (sessionToken === undefined || token === undefined) throw unrecognizedClient();
  if (!isSameText(sessionToken, token)) throw unrecognizedClient();
}

function checkPayloadHash(claimed: string | undefined, actual: string): void {
  if (claimed !== undefined && claimed !== actual) {
    throw invalidSignature(
      "The value of 'x-amz-content-sha256' is not the SHA-256 of the body that was received.",
    );
  }
}

function signedValue(headers: ReceivedHeaders, name: string): string {
  const value = isOnce(name) ? headers.single(name) : headers.joined(name);
  if (value === undefined) {
    throw invalidSignature(`Header '${name}' is signed but was not received.`);
  }
  return value;
}

function requireSigned(
  { signedHeaders }: Pick<SignatureClaim, "signedHeaders">,
  name: string,
): void {
  if (!signedHeaders.includes(name)) {
    throw invalidSignature(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

/** Headers of which readers would pick one when there are several. */
function isOnce(name: string): boolean {
  return name === "host" || name.startsWith("content-") || name.startsWith("x-amz-");
}

/** Compared by digest: timingSafeEqual wants equal lengths, and a length is a hint. */
function isSameText(expected: Secret, claimed: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(expected.reveal()), digest(claimed));
}

function signatureMismatch() {
  return invalidSignature(
    "The request signature we calculated does not match the signature you provided. Check your AWS " +
      "Secret Access Key and signing method. Consult the service documentation for details.",
  );
}
