import { createHash, timingSafeEqual } from "node:crypto";
import type { Credential, CredentialSource } from "./principals";
import type { Authenticate } from "./request";
import type { Secret } from "./secret";
import { ReceivedHeaders } from "./sigv4/receivedHeaders";
import { incompleteSignature, invalidSignature, unrecognizedClient } from "./sigv4/rejection";
import { sha256Hex } from "./sigv4/sha256";
import { signatureOf } from "./sigv4/signature";
import { parseSignatureClaim, type SignatureClaim } from "./sigv4/signatureClaim";
import { SigningKeys } from "./sigv4/signingKeys";

export interface AuthenticationOptions {
  readonly credentials: CredentialSource;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Regions that a signature may be scoped to; any when absent. */
  readonly regions?: readonly string[];
}

/** How far `x-amz-date` may be from the clock, either way: AWS's own window for most services. */
export const clockWindowMinutes = 15;

const signingName = "codestar";
const terminator = "aws4_request";

/**
 * Verifies AWS Signature Version 4 as the SDKs send it: in the `Authorization` header, over the headers
 * that `SignedHeaders` names (clients differ in which they sign) and the SHA-256 of the body. Signatures in
 * the query (presigned addresses) and unsigned bodies are not accepted.
 *
 * An unchanged request is accepted again within the clock window, as at AWS: the protocol has no nonce.
 * Which access key ids exist can be told from the errors, also as at AWS; ids are no secrets.
 */
export function authentication(options: AuthenticationOptions): Authenticate {
  const { credentials, clock, regions } = options;
  const signingKeys = new SigningKeys();

  return async (request) => {
    const headers = new ReceivedHeaders(request.rawHeaders);
    const claim = parseSignatureClaim(headers.single("authorization"));
    const timestamp = checkTimestamp(headers.single("x-amz-date"), clock());
    checkScope(claim, timestamp, regions);
    const credential = credentials.get(claim.accessKeyId);
    if (!credential) throw unrecognizedClient();
    checkSessionToken(credential, headers.single("x-amz-security-token"));
    const payloadHash = sha256Hex(request.body);
    checkPayloadHash(headers.single("x-amz-content-sha256"), payloadHash);

    const { scope } = claim;
    const signingKey = await signingKeys.find(credential, scope);
    const signed = signedHeaders(claim, headers);
    const expected = await signatureOf(
      {
        method: request.method,
        target: request.path,
        headers: signed,
        payloadHash,
        timestamp,
        scope,
      },
      signingKey,
    );
    if (!isSame(expected, claim.signature)) throw signatureMismatch();
    signingKeys.remember(credential, scope, signingKey);
    return credential.principal;
  };
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

function parseTimestamp(timestamp: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const time = Date.UTC(year!, month! - 1, day, hour, minute, second);
  // Date.UTC carries a 13th month or a 61st second over instead of refusing it.
  return formatTimestamp(time) === timestamp ? time : undefined;
}

function formatTimestamp(time: number): string {
  return new Date(time)
    .toISOString()
    .replace(/\.\d{3}Z$/, "Z")
    .replace(/[-:]/g, "");
}

function checkScope(
  { scope }: SignatureClaim,
  timestamp: string,
  regions: readonly string[] | undefined,
): void {
  if (scope.terminator !== terminator) {
    throw invalidSignature(`Credential should be scoped with a valid terminator: '${terminator}'.`);
  }
  if (scope.service !== signingName) {
    throw invalidSignature(`Credential should be scoped to correct service: '${signingName}'.`);
  }
  if (scope.date !== timestamp.slice(0, 8)) {
    throw invalidSignature("Date in Credential scope does not match the day of 'X-Amz-Date'.");
  }
  const known = regions?.includes(scope.region) ?? /^[a-z0-9-]{1,32}$/.test(scope.region);
  if (!known) {
    throw invalidSignature("Credential should be scoped to a valid region.");
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

/** The signed headers, having made sure that all which decides about the request is among them. */
function signedHeaders(claim: SignatureClaim, headers: ReceivedHeaders): Record<string, string> {
  for (const name of ["host", "x-amz-date"]) requireSigned(claim, name);
  for (const name of ["x-amz-target", "x-amz-security-token"]) {
    if (headers.has(name)) requireSigned(claim, name);
  }
  const signed: Record<string, string> = Object.create(null);
  for (const name of claim.signedHeaders) {
    const value = isOnce(name) ? headers.single(name) : headers.joined(name);
    if (value === undefined) {
      throw invalidSignature(`Header '${name}' is signed but was not received.`);
    }
    signed[name] = value;
  }
  return signed;
}

function requireSigned(claim: SignatureClaim, name: string): void {
  if (!claim.signedHeaders.includes(name)) {
    throw invalidSignature(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

/** Headers of which readers would pick one when there are several. */
function isOnce(name: string): boolean {
  return name === "host" || name.startsWith("content-") || name.startsWith("x-amz-");
}

function isSame(expected: Buffer, claimed: string): boolean {
  // Buffer.from would skip what is not hexadecimal, and SigV4 writes lower case only.
  if (!/^[0-9a-f]{64}$/.test(claimed)) return false;
  return timingSafeEqual(expected, Buffer.from(claimed, "hex"));
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
