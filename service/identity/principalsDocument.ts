import * as z from "zod";
import { CodeStarError } from "../../profile/codeStarError";
import { accountPrefix, isOfAccount } from "../api/accounts";
import { members } from "../api/constraints";
import type { Principal } from "../api/principal";
import { Secret } from "./secret";

/** One access key and whose it is. */
export interface Credential {
  readonly principal: Principal;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /**
   * Requests signed with this key must carry this token, and no other key's requests may carry one.
   */
  readonly sessionToken?: Secret;
}

/** Finds a credential by its access key id. */
export interface CredentialSource {
  get(accessKeyId: string): Credential | undefined;
}

/**
 * What is wrong with a principals file, in one sentence that names the file and quotes no value.
 */
export class PrincipalsFileError extends CodeStarError {
  override readonly name = "PrincipalsFileError";
}

// Messages name the rule and never the value: a secret may stand in the wrong member.
const text = (rule: RegExp, message: string) =>
  z.string(message).regex(rule, { error: message, abort: true });

const key = z.strictObject(
  {
    accessKeyId: text(/^\w{3,128}$/, "must be 3 to 128 letters, digits or _"),
    // Whoever sees one signed request can guess at its secret offline, so a short one is no secret.
    secretAccessKey: text(/^[\x21-\x7e]{16,256}$/, "must be 16 to 256 printable ASCII characters"),
    sessionToken: text(
      /^[\x21-\x7e]{1,4096}$/,
      "must be 1 to 4096 printable ASCII characters",
    ).optional(),
  },
  { error: objectProblem },
);

const principal = z
  .strictObject(
    {
      name: text(
        /^[\w+=,.@-]{1,64}$/,
        "must be 1 to 64 characters of those that IAM user names may have",
      ),
      account: text(/^\d{12}$/, "must be the 12 digits of an AWS account, in quotes"),
      userArn: text(members.userArn.pattern, "must be the ARN of an IAM user")
        .max(members.userArn.max, `must be at most ${members.userArn.max} characters`)
        .optional(),
      administrator: z.boolean("must be true or false").optional(),
      keys: z.array(key, "must be a list of keys"),
    },
    { error: objectProblem },
  )
  .refine(({ userArn, account }) => userArn === undefined || isOfAccount(userArn, account), {
    path: ["userArn"],
    error: ({ input }) =>
      `must be of the principal's own account (${accountPrefix((input as Principal).account)}user/…)`,
  });

const document = z
  .strictObject(
    { principals: z.array(principal, "must be a list of principals") },
    { error: objectProblem },
  )
  .superRefine(({ principals }, context) => {
    const names = new Set<string>();
    const ids = new Set<string>();
    for (const [index, { name, keys }] of principals.entries()) {
      const path = ["principals", index];
      if (names.has(name)) {
        context.addIssue({ code: "custom", path: [...path, "name"], message: "is taken already" });
      }
      names.add(name);
      for (const [keyIndex, { accessKeyId }] of keys.entries()) {
        if (ids.has(accessKeyId)) {
          const idPath = [...path, "keys", keyIndex, "accessKeyId"];
          context.addIssue({ code: "custom", path: idPath, message: "is taken already" });
        }
        ids.add(accessKeyId);
      }
    }
  });

/**
 * The content of a principals file, as written:
 *
 * ```json
 * { "principals": [
 *   { "name": "alice", "account": "123456789012",
 *     "userArn": "arn:aws:iam::123456789012:user/alice", "administrator": false,
 *     "keys": [{ "accessKeyId": "…", "secretAccessKey": "…" }] }
 * ] }
 * ```
 *
 * `userArn` names the one profile that a principal who is no administrator may write; without it
 * the principal only reads. A principal may have several keys, so that one can be replaced while
 * the other is in use, or none. A key with a `sessionToken` is good only together with it. Names
 * and access key ids are unique in the file; unknown members are refused.
 */
export interface PrincipalsDocument {
  principals: PrincipalEntry[];
}

export interface PrincipalEntry {
  name: string;
  account: string;
  userArn?: string | undefined;
  administrator?: boolean | undefined;
  keys: {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string | undefined;
  }[];
}

/** Reads the text of a principals file; `file` names it in the error. */
export function parsePrincipals(content: string, file: string): PrincipalsDocument {
  const result = document.safeParse(parseJson(content, file));
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new PrincipalsFileError(
    `Principals file ${file}: ${pathText(first!.path)} ${first!.message}${more}`,
  );
}

/** The credentials of a principals file, by access key id. */
export function credentialsOf({ principals }: PrincipalsDocument): ReadonlyMap<string, Credential> {
  const credentials = new Map<string, Credential>();
  for (const { name, account, userArn, administrator = false, keys } of principals) {
    const principal = { account, name, ...(userArn !== undefined && { userArn }), administrator };
    for (const { accessKeyId, secretAccessKey, sessionToken } of keys) {
      credentials.set(accessKeyId, {
        principal,
        accessKeyId,
        secretAccessKey: new Secret(secretAccessKey),
        ...(sessionToken !== undefined && { sessionToken: new Secret(sessionToken) }),
      });
    }
  }
  return credentials;
}

function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    // The parser's own message quotes the text around the mistake, which may be a secret.
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const line = content.slice(0, Number(position ?? 0)).split("\n").length;
    const where = position === undefined ? "" : ` (line ${line})`;
    throw new PrincipalsFileError(`Principals file ${file}: is not valid JSON${where}`);
  }
}

function objectProblem(issue: { readonly code?: string }): string {
  return issue.code === "unrecognized_keys"
    ? "has a member that is not known"
    : "must be an object";
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the whole";
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}
