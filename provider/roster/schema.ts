import { z } from "zod";

/**
 * The format of a roster file: one definition for the types, for the shape that files are checked
 * against, and for the JSON Schema that editors read (`schema/roster.schema.json`).
 *
 * Lengths and patterns stand here as descriptions for editors only. What decides at run time is
 * `checkInputs`, the same check that a single `CodeStarUserProfile` passes.
 */

const userArnPattern = "^arn:aws:iam::\\d{12}:user/([\\u0021-\\u007E]+/)?[\\w+=,.@-]+$";
const userNamePattern = "^[\\w+=,.@-]{1,64}$";

const account = z.string().meta({
  description:
    "The AWS account, 12 digits, in quotes. People keyed by user name are users of this account.",
  pattern: "^\\d{12}$",
  examples: ["123456789012"],
});

const userRef = z.string().meta({
  description: "A user name of the roster's account, or a full ARN.",
  anyOf: [{ pattern: userNamePattern }, { pattern: userArnPattern }],
});

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
        examples: ["keys/ada.pub"],
      })
      .optional(),
  })
  .meta({ description: "One person's profile." });

const defaults = z
  .strictObject({
    path: z
      .string()
      .meta({
        description: "The IAM path of people keyed by user name; / when absent.",
        pattern: "^/([\\u0021-\\u007E]+/)?$",
        examples: ["/engineering/"],
      })
      .optional(),
    emailDomain: z
      .string()
      .meta({
        description: "A person without emailAddress gets user name @ this domain.",
        pattern: "^[\\w.+-]+$",
        examples: ["example.com"],
      })
      .optional(),
  })
  .meta({ description: "What people have who do not say otherwise." });

const restriction = z
  .strictObject({
    files: z
      .string()
      .min(1)
      .meta({
        description:
          "Which roster files the rule is for, as a pattern relative to this file. The first rule that matches a file decides.",
        examples: ["teams/platform/**", "**"],
      }),
    userArns: z
      .array(z.string())
      .meta({
        description:
          "ARNs the files may declare; * and ? as in an IAM policy. Absent: any. Empty: none.",
        examples: [["arn:aws:iam::123456789012:user/platform/*"]],
      })
      .optional(),
    accounts: z
      .array(z.string())
      .meta({ description: "Accounts the files may declare people of. Absent: any. Empty: none." })
      .optional(),
    emailDomains: z
      .array(z.string())
      .meta({
        description:
          "Domains of the e-mail addresses; *.example.com for its subdomains. Absent: any. Empty: none.",
        examples: [["example.com"]],
      })
      .optional(),
  })
  .meta({ description: "What some of the files may declare." });

export const allowances = ["weak-keys", "reused-keys", "shared-emails", "same-names"] as const;
export type Allowance = (typeof allowances)[number];

export const settingsSchema = z.strictObject({
  account: account.optional(),
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
    .meta({
      description:
        "Which file may declare whom. Only in the top roster.yaml. A file that no rule matches may declare nobody.",
    })
    .optional(),
  allow: z
    .array(z.enum(allowances))
    .meta({
      description:
        "What is not a problem here: DSA and short RSA keys, one key used twice, one e-mail address used twice, one user name under two IAM paths. Only in the top roster.yaml.",
    })
    .optional(),
});

const rosterFileSchema = settingsSchema
  .extend({
    $schema: z.string().meta({ description: "Where editors find this schema." }).optional(),
    people: z
      .record(
        z.string().meta({ anyOf: [{ pattern: userNamePattern }, { pattern: userArnPattern }] }),
        personSchema,
      )
      .meta({ description: "The people, keyed by IAM user name or by full ARN." })
      .optional(),
  })
  .meta({
    title: "Roster of CodeStar user profiles",
    description: "People whose CodeStar user profiles are declared in files.",
  });

export type RosterFileContent = z.infer<typeof rosterFileSchema>;
export type PersonContent = z.infer<typeof personSchema>;
export type RosterSettings = z.infer<typeof settingsSchema>;
export type Restriction = z.infer<typeof restriction>;

export const settingNames = Object.keys(settingsSchema.shape);
export const personFieldNames = Object.keys(personSchema.shape);

/** The JSON Schema (draft 7, which YAML and JSON editors read) of a roster file. */
export function rosterJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(rosterFileSchema, { target: "draft-7", io: "input" });
}
