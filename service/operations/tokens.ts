import { createHash } from "node:crypto";

/**
 * Tokens of ListUserProfiles: opaque to clients, at most 512 characters of the model's alphabet.
 *
 * A token says after which ARN the next page starts, so a listing stays correct while profiles come
 * and go, and any process on any machine can honour it. A checksum binds it to the region and the
 * accounts of the listing and tells an altered token from an issued one. It is deliberately
 * unkeyed: whoever forges a token gains no more than a position within what they may list anyway,
 * and a secret that every replica has to share, keep and rotate would guard nothing.
 */
export interface ListScope {
  readonly region: string;
  /** Only this account's profiles; every account's when absent. */
  readonly account?: string | undefined;
}

const checksumBytes = 12;

export function issueToken(scope: ListScope, after: string): string {
  const checksum = createHash("sha256")
    .update(JSON.stringify(["ListUserProfiles/1", scope.region, scope.account ?? null, after]))
    .digest()
    .subarray(0, checksumBytes);
  return Buffer.concat([checksum, Buffer.from(after, "utf8")]).toString("base64");
}

/** The ARN after which the page starts; undefined when the token was not issued for this scope. */
export function readToken(scope: ListScope, token: string): string | undefined {
  const after = Buffer.from(token, "base64").subarray(checksumBytes).toString("utf8");
  // Comparing whole tokens also refuses the other spellings that a lenient base64 decoder accepts.
  return issueToken(scope, after) === token ? after : undefined;
}
