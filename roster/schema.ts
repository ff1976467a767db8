import * as z from "zod";
import { isDay } from "./until";
import { choicesOf, hasWildcard, pathPattern } from "./wildcards";

/**
 * The format of a roster file: one definition for the types, for the shape that files are checked
 * against, and for the JSON Schema that editors read (`schema/roster.schema.json`).
 *
 * Lengths and patterns of people's fields stand here as descriptions for editors only. What
 * decides at run time is `checkInputs`, the same check that a single `CodeStarUserProfile` passes;
 * a test holds the two together.
 */

const account = z.string().regex(/^\d{12}$/, "must be the 12 digits of an AWS account");

const userRef = z
  .string()
  .max(95)
  .regex(
    /^(?:[\w+=,.@-]{1,64}|arn:aws:iam::\d{12}:user\/(?:[\u0021-\u007E]+\/)?[\w+=,.@-]+)$/,
    "must be an IAM user name or the ARN of an IAM user",
  )
  .meta({ description: "A user name of the roster's account, or a full ARN." });

/** Fields of other tools, and a place for anchors. */
const extensible = { patternProperties: { "^x-": {} } };

const sshKeyText = z.string().meta({ maxLength: 16384, pattern: "^[\\t\\r\\n\\u0020-\\u00FF]*$" });

export const personSchema = z
  .strictObject({
    displayName: z.string().meta({
      description: "The name shown: 1 to 64 characters, no space at either end.",
      minLength: 1,
      maxLength: 64,
      pattern: "^\\S(.*\\S)?$",
      examples: ["Ada Lovelace"],
    }),
    emailAddress: z
      .string()
      .meta({
        description:
          "The e-mail address, 3 to 128 characters. Absent: user name @ defaults.emailDomain.",
        minLength: 3,
        maxLength: 128,
        pattern: "^[\\w.+-]+@[\\w.+-]+$",
        examples: ["ada@example.com"],
      })
      .optional(),
    sshPublicKey: z
      .union([sshKeyText, z.array(sshKeyText)])
      .meta({
        description:
          'One OpenSSH public key as text, or a list of them. "" or an empty list declares that there is no key; absent, the key is not managed.',
        examples: ["ssh-ed25519 AAAA… ada@laptop"],
      })
      .optional(),
    sshPublicKeyFile: z
      .string()
      .min(1)
      .meta({
        description:
          "A file with the public key or keys, one a line, relative to this file. Instead of sshPublicKey.",
        pattern: "^(?![/~\\\\]|[A-Za-z]:)",
        examples: ["keys/ada.pub"],
      })
      .optional(),
    until: z
      .string()
      .refine(isDay, 'must be a day, in quotes, for example "2027-03-31"')
      .meta({
        description:
          "The last day of the SSH key, in UTC, as YYYY-MM-DD in quotes. From the day after it is declared absent.",
        pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
        examples: ["2027-03-31"],
      })
      .optional(),
  })
  .meta({
    description: "One person's profile.",
    not: { required: ["sshPublicKey", "sshPublicKeyFile"] },
    ...extensible,
  });

const defaults = z
  .strictObject({
    path: z
      .string()
      // With the shortest name the ARN then has the 95 characters that the API takes.
      .max(64)
      .regex(
        /^\/(?:[\u0021-\u007E]+\/)?$/,
        "must begin and end with a slash, for example /engineering/",
      )
      .meta({
        description: "The IAM path of people keyed by user name; / when absent.",
        examples: ["/engineering/"],
      })
      .optional(),
    emailDomain: z
      .string()
      .max(126)
      .regex(/^[\w.+-]+$/, "must be a domain alone, for example example.com")
      .meta({
        description: "A person without emailAddress gets user name @ this domain.",
        examples: ["example.com"],
      })
      .optional(),
  })
  .meta({ description: "What people have who do not say otherwise.", ...extensible });

/** Each costs a comparison for every person. */
const mostWildcards = 100;

const restriction = z
  .strictObject({
    files: z
      .string()
      .min(1)
      .max(256)
      .regex(pathPattern, "can have the wildcards *, **, ? and {a,b}, and no others")
      .meta({
        description:
          "Which roster files the rule is for, as a pattern relative to this file. The first rule that matches a file decides.",
        examples: ["teams/platform/**", "**"],
      }),
    userArns: z
      .array(
        z
          .string()
          .max(256)
          .regex(
            /^(?:[*?]|arn:)/,
            "must begin with arn: or a wildcard; as it is, it matches nobody",
          ),
      )
      .refine(
        (patterns) => patterns.filter(hasWildcard).length <= mostWildcards,
        `can have ${mostWildcards} patterns with wildcards, and ARNs without any number of times`,
      )
      .meta({
        description:
          "ARNs the files may declare; * and ? as in an IAM policy. Absent: any. Empty: none.",
        examples: [["arn:aws:iam::123456789012:user/platform/*"]],
      })
      .optional(),
    accounts: z
      .array(account)
      .meta({ description: "Accounts the files may declare people of. Absent: any. Empty: none." })
      .optional(),
    emailDomains: z
      .array(
        z
          .string()
          .regex(
            /^(?:\*\.)?[\w.+-]+$/,
            "must be a domain, or *. and a domain; as it is, it matches no address",
          ),
      )
      .meta({
        description:
          "Domains of the e-mail addresses; *.example.com for its subdomains. Absent: any. Empty: none.",
        examples: [["example.com"]],
      })
      .optional(),
  })
  .meta({ description: "What some of the files may declare.", ...extensible });

/** Every rule is compared with those above it. */
const mostPatterns = 2_000;

export const allowances = [
  "weak-keys",
  "reused-keys",
  "shared-emails",
  "same-names",
  "unmatched-rules",
] as const;
export type Allowance = (typeof allowances)[number];

export const settingsSchema = z.strictObject({
  account: account
    .meta({
      description:
        "The AWS account, 12 digits, in quotes. People keyed by user name are users of this account.",
      examples: ["123456789012"],
    })
    .optional(),
  region: z
    .string()
    .meta({
      description: "The AWS region whose profiles the roster declares.",
      pattern: "^[a-z]{2}(-[a-z]+)+-\\d+$",
      examples: ["eu-central-1"],
    })
    .optional(),
  defaults: defaults.optional(),
  required: z
    .array(userRef)
    .meta({ description: "People who must be in the roster and are never removed." })
    .optional(),
  restrictions: z
    .array(restriction)
    .refine(
      (rules) => rules.reduce((sum, { files }) => sum + choicesOf(files), 0) <= mostPatterns,
      `can stand for ${mostPatterns} patterns in all, and every choice of braces is one`,
    )
    .meta({
      description:
        "Which file may declare whom. Only in the top roster.yaml. A file that no rule matches may declare nobody.",
    })
    .optional(),
  allow: z
    .array(z.enum(allowances))
    .meta({
      description:
        "What is not a problem here: DSA and short RSA keys, one key used twice, one e-mail address used twice, one user name under two IAM paths, a rule for files that are still to come. Only in the top roster.yaml.",
    })
    .optional(),
});

const rosterFileSchema = settingsSchema
  .extend({
    $schema: z.string().meta({ description: "Where editors find this schema." }).optional(),
    people: z
      .record(userRef, personSchema)
      .nullable()
      .meta({ description: "The people, keyed by IAM user name or by full ARN." })
      .optional(),
  })
  .meta({
    title: "Roster of CodeStar user profiles",
    description: "People whose CodeStar user profiles are declared in files.",
    ...extensible,
  });

export type PersonContent = z.infer<typeof personSchema>;
export type RosterSettings = z.infer<typeof settingsSchema>;
export type Restriction = z.infer<typeof restriction>;

export const settingNames = Object.keys(settingsSchema.shape);
export const personFieldNames = Object.keys(personSchema.shape);

/** The JSON Schema (draft 7, which YAML and JSON editors read) of a roster file. */
export function rosterJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(rosterFileSchema, { target: "draft-7", io: "input" });
}
