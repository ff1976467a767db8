import { incompleteSignature, missingAuthenticationToken } from "./rejection";

/** Day, region and service that a signature is good for. */
export interface CredentialScope {
  /** `YYYYMMDD`, UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `aws4_request` in a valid scope. */
  readonly terminator: string;
}

/** What an `Authorization` header claims; nothing in it has been verified. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** Lower-case names, sorted, none twice. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const algorithm = "AWS4-HMAC-SHA256";
const parameterNames = ["Credential", "SignedHeaders", "Signature"] as const;
type ParameterName = (typeof parameterNames)[number];

/**
 * Reads `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. Any other scheme (`Bearer`,
 * `Basic`) counts as no signature. The header is never quoted in an error: messages may be logged.
 */
export function parseSignatureClaim(authorization: string | undefined): SignatureClaim {
  if (!authorization?.startsWith("AWS4-")) throw missingAuthenticationToken();
  const space = authorization.indexOf(" ");
  const scheme = space === -1 ? authorization : authorization.slice(0, space);
  if (scheme !== algorithm) {
    throw incompleteSignature(`Unsupported AWS 'algorithm'; only ${algorithm} is accepted.`);
  }
  const parameters = parseParameters(space === -1 ? "" : authorization.slice(space + 1));
  const missing = parameterNames.filter((name) => !parameters[name]);
  if (missing.length > 0) {
    throw incompleteSignature(
      missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "),
    );
  }
  return {
    ...parseCredential(parameters.Credential!),
    signedHeaders: parseSignedHeaders(parameters.SignedHeaders!),
    signature: parameters.Signature!,
  };
}

/**
 * The access key id that a request claims, for a log: only one of capital letters, digits and `_`,
 * as ids usually are, since a secret may have been sent in its place.
 */
export function claimedAccessKeyId(authorization: string | undefined): string | undefined {
  return /\bCredential=([A-Z0-9_]{3,128})\//.exec(authorization ?? "")?.[1];
}

function parseParameters(text: string): Partial<Record<ParameterName, string>> {
  const parameters: Partial<Record<ParameterName, string>> = {};
  for (const part of text.split(",")) {
    const pair = part.trim();
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = parameterNames.find((known) => known === pair.slice(0, equals));
    if (equals === -1 || !name) {
      throw incompleteSignature(
        "Authorization header holds something other than Credential=, SignedHeaders= and Signature=.",
      );
    }
    if (parameters[name] !== undefined) {
      throw incompleteSignature(`Authorization header gives '${name}' more than once.`);
    }
    parameters[name] = pair.slice(equals + 1);
  }
  return parameters;
}

function parseCredential(credential: string): Pick<SignatureClaim, "accessKeyId" | "scope"> {
  const [accessKeyId, date, region, service, terminator, ...rest] = credential.split("/");
  if (!accessKeyId || !date || !region || !service || !terminator || rest.length > 0) {
    throw incompleteSignature(
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    );
  }
  return { accessKeyId, scope: { date, region, service, terminator } };
}

function parseSignedHeaders(list: string): readonly string[] {
  const names = list.split(";");
  // Lower case is part of the format; a name given twice would be signed once and read twice.
  if (!names.every((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))) {
    throw incompleteSignature("'SignedHeaders' must be lower-case header names joined by ';'.");
  }
  if (new Set(names).size !== names.length) {
    throw incompleteSignature("'SignedHeaders' names a header more than once.");
  }
  return names.sort();
}
