import { argumentsOf } from "../../profile/check";
import { eachField, facts, fields } from "../../profile/fields";
import { dynamicTypes, tokens } from "../lifecycle/tokens";

interface Property {
  readonly type: "string" | "boolean" | "array" | "integer" | "object";
  readonly additionalProperties?: object;
  readonly secret?: true;
  readonly items?: { readonly type: "string" };
  readonly description: string;
  readonly willReplaceOnChanges?: true;
}

/** Every argument by name; a resource or function has those that its check takes. */
const properties: Readonly<Record<string, Property>> = {
  userArn: {
    type: "string",
    description:
      "The ARN of the IAM user, `arn:aws:iam::<12 digits>:user/<name>`, 32 to 95 characters. Another ARN replaces the resource.",
    willReplaceOnChanges: true,
  },
  ...eachField((field) => ({ type: "string" as const, description: facts[field].description })),
  region: {
    type: "string",
    description:
      "The AWS region that holds the profile; `codestar:region`, then the environment when left out. Another region replaces the resource.",
    willReplaceOnChanges: true,
  },
  adopt: {
    type: "boolean",
    description: "Take over a profile that exists already and differs, instead of failing.",
  },
  ignoreDrift: {
    type: "array",
    items: { type: "string" },
    description: `Fields, of ${fields.map((name) => `\`${name}\``).join(", ")}, whose live value is left alone unless the program changes them.`,
  },
};

/** Of a roster alone, where `region` and `adopt` hold for all of its people. */
const rosterProperties: Readonly<Record<string, Property>> = {
  files: {
    type: "array",
    items: { type: "string" },
    description: "Roster files and folders, relative to the project's folder.",
  },
  region: {
    type: "string",
    description:
      "The AWS region that holds the profiles; the roster's own, then `codestar:region`, when left out. Another region replaces the roster.",
    willReplaceOnChanges: true,
  },
  adopt: {
    type: "boolean",
    description: "Take over profiles that exist already and differ, instead of failing.",
  },
  unmanaged: {
    type: "string",
    description:
      "What to do about live profiles in the roster's accounts that nobody declares: `ignore`, `report` (the default) or `remove`.",
  },
  maxRemovals: {
    type: "integer",
    description:
      "How many profiles one update may remove; a tenth of those managed, at least 3, when left out.",
  },
  showValues: {
    type: "boolean",
    description:
      "Show live and declared values of who drifted, which are personal data; names of people and fields only when left out.",
  },
};

const people: Property = {
  type: "object",
  additionalProperties: { type: "object", additionalProperties: { type: "string" } },
  description: "By ARN what is declared.",
  secret: true,
};

const times = {
  createdTimestamp: { type: "string", description: "ISO 8601, UTC." },
  lastModifiedTimestamp: { type: "string", description: "ISO 8601, UTC." },
};

const settings = {
  endpoint: {
    type: "string",
    description:
      "Where profiles are kept: an https:// address, file:, postgres:// or dynamodb://. AWS's own address, which no longer answers, when left out.",
  },
  region: { type: "string", description: "The AWS region of resources that name none." },
  profile: {
    type: "string",
    description: "The profile of the AWS settings to take credentials from.",
  },
  drift: {
    type: "string",
    description: "`on`, or `off` to preview and update without reading live profiles.",
  },
  allowWeakKeys: {
    type: "boolean",
    description: "Whether DSA keys and RSA keys under 2048 bits pass.",
  },
};

/** The Pulumi package schema, as `schema/provider.json` and GetSchema have it. */
export function schema(version: string): object {
  const profile = takenBy("CodeStarUserProfile");
  const summary = pickProperties(["userArn", ...fields]);
  const { region } = properties;
  return {
    name: "codestar",
    displayName: "AWS CodeStar user profiles",
    version,
    description: "AWS CodeStar user profiles, declared in code and compared with what is live.",
    keywords: ["pulumi", "codestar", "category/cloud"],
    license: "Apache-2.0",
    language: {
      python: {
        packageName: "pulumi_codestar",
        pyproject: { enabled: true },
        respectSchemaVersion: true,
      },
      go: {
        importBasePath: "github.com/pulumi-codestar/pulumi-codestar/sdk/go/codestar",
        respectSchemaVersion: true,
      },
    },
    config: { variables: settings },
    provider: { inputProperties: settings },
    types: {
      "codestar:index:UserProfileSummary": {
        type: "object",
        properties: summary,
        required: Object.keys(summary),
      },
    },
    resources: {
      [tokens.UserProfile]: {
        description: "One AWS CodeStar user profile.",
        inputProperties: profile,
        requiredInputs: ["userArn"],
        properties: { ...profile, ...times },
        required: ["userArn", "region"],
        // A resource of the dynamic form becomes one of this form, and nothing is written.
        aliases: [{ type: dynamicTypes.UserProfile }],
      },
      [tokens.Roster]: {
        description: "All the profiles of roster files as one resource.",
        inputProperties: rosterProperties,
        requiredInputs: ["files"],
        properties: { ...rosterProperties, people },
        required: ["region", "people"],
        aliases: [{ type: dynamicTypes.Roster }],
      },
    },
    functions: {
      [tokens.getUserProfile]: {
        description: "Reads one live profile, whether this stack manages it or not.",
        inputs: { properties: takenBy("getUserProfile"), required: ["userArn"] },
        outputs: {
          properties: { id: { type: "string" }, ...summary, region, ...times },
          required: ["id", ...Object.keys(summary), "region"],
        },
      },
      [tokens.listUserProfiles]: {
        description: "Lists every live profile of the account in a region.",
        inputs: { properties: takenBy("listUserProfiles") },
        outputs: {
          properties: {
            region,
            userProfiles: {
              type: "array",
              items: { $ref: "#/types/codestar:index:UserProfileSummary" },
            },
          },
          required: ["region", "userProfiles"],
        },
      },
    },
  };
}

function takenBy(taker: Parameters<typeof argumentsOf>[0]): Record<string, Property> {
  return pickProperties(argumentsOf(taker));
}

function pickProperties(names: readonly string[]): Record<string, Property> {
  return Object.fromEntries(names.map((name) => [name, properties[name]!]));
}
