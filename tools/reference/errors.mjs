// docs/reference/errors.md: what is told when something is wrong, as the
// code that tells it says it.
import { createRequire } from "node:module";
import { code, table } from "./markdown.mjs";

const require = createRequire(import.meta.url);

/** @type {import("../../dist/client/settings.js").Endpoint} */
const endpoint = { kind: "http", url: "https://profiles.example.com", loopback: false };
const remote = { endpoint, drift: true, allowWeakKeys: false };
const aws = { drift: true, allowWeakKeys: false };
/** @type {import("../../dist/client/settings.js").Settings} */
const file = { ...aws, endpoint: { kind: "store", url: "file:profiles.db" } };

/**
 * @type {readonly (readonly [string, import("../../dist/client/facts.js").Fact, import("../../dist/client/settings.js").Settings])[]}
 */
const failures = [
  ["nothing listens at the address", { kind: "no answer", cause: "ECONNREFUSED" }, remote],
  ["AWS's own address", { kind: "no answer", cause: "ENOTFOUND" }, aws],
  [
    "the certificate is not trusted",
    { kind: "no secure connection", cause: "SELF_SIGNED_CERT_IN_CHAIN" },
    remote,
  ],
  ["something else is at the address", { kind: "other API", status: 404 }, remote],
  ["a proxy cannot reach the service", { kind: "out of order", status: 503 }, remote],
  ["there are no credentials", { kind: "no credentials", message: "" }, remote],
  [
    "the named profile has none",
    { kind: "no credentials", message: "Profile team could not be found" },
    { ...remote, profile: "team" },
  ],
  [
    "the service that gives credentials is not found",
    { kind: "no credential service", hostname: "sts.us-east-1.amazonaws.com", cause: "ENOTFOUND" },
    remote,
  ],
  [
    "the credentials are not known",
    {
      kind: "credentials refused",
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    },
    remote,
  ],
  [
    "the principal may not do it",
    {
      kind: "denied",
      message: "principal ada may not call UpdateUserProfile for this user profile",
    },
    remote,
  ],
  ["no region is known", { kind: "no region" }, remote],
  ["the store's file is gone", { kind: "no store" }, file],
];

/** @type {readonly (readonly [string, Record<string, unknown>])[]} */
const wrongArguments = [
  ["a user name", { userArn: "ada" }],
  ["a role", { userArn: "arn:aws:iam::123456789012:role/ada" }],
  ["a misspelt argument", { emailAdress: "ada@example.com" }],
  ["an empty name", { displayName: "" }],
  ["white space around a name", { displayName: " Ada" }],
  ["a name that is too long", { displayName: "a".repeat(65) }],
  [
    "an output in a template string",
    { displayName: "Calling [toString] on an [Output<T>] is not supported." },
  ],
  ["an address without a domain", { emailAddress: "ada" }],
  ["several addresses", { emailAddress: "ada@example.com, eve@example.com" }],
  ["an umlaut in a domain", { emailAddress: "ada@exämple.com" }],
  ["a private key", { sshPublicKey: "-----BEGIN OPENSSH PRIVATE KEY-----" }],
  ["half a key", { sshPublicKey: "ssh-ed25519 AAAA" }],
  ["an availability zone", { region: "us-east-1a" }],
  ["a text for a switch", { adopt: "yes" }],
  ["a field that is none", { ignoreDrift: ["displayname"] }],
  ["an ARN as a field", { ignoreDrift: ["userArn"] }],
];

const good = {
  userArn: "arn:aws:iam::123456789012:user/ada",
  displayName: "Ada Lovelace",
  emailAddress: "ada@example.com",
};

export function errorsPage() {
  const { sentence } = require("../../dist/client/sentences.js");
  const { surface } = require("../../dist/provider/lifecycle/sentences.js");
  const { checkInputs } = require("../../dist/profile/check.js");
  const { ServiceError } = require("../../dist/service/api/errors.js");
  const told = failures.map(([what, fact, settings]) => [
    what,
    sentence(fact, settings, surface("other", "dynamic")),
  ]);
  const refused = wrongArguments.map(([what, argument]) => [
    what,
    checkInputs({ ...good, ...argument }, { allowWeakKeys: false, exists: false })
      .map((/** @type {{ reason: string }} */ { reason }) => reason)
      .join("; "),
  ]);
  const arn = good.userArn;
  const api = [
    ServiceError.validation(
      "1 validation error detected: Value at 'emailAddress' failed to satisfy constraint: …",
    ),
    ServiceError.userProfileAlreadyExists(arn),
    ServiceError.userProfileNotFound(arn),
    ServiceError.invalidNextToken(),
    ServiceError.accessDenied("…"),
    ServiceError.throttling(),
    ServiceError.requestEntityTooLarge(1_048_576),
  ].map(({ status, name, message }) => [code(name), String(status), message]);
  return `# Errors

Every error is one sentence that says what to do. What a service or a store says itself is passed on as it is. A
mistake in this package says that it is one, with its place and where to report it.

## The service is not reached, or refuses

Before each of them stands what was being done, for example \`reading CodeStar user profile ${arn}: …\`. A preview adds how to go
by the state alone, a refresh whose settings it used.

${table(["when", "what is told"], told)}

## An argument is wrong

All that is wrong with a resource is told at once, at preview, before any call. No value of a name, an address or a key is
repeated.

${table(["given", "what is told"], refused)}

## A profile is in the way

${table(
  ["when", "what to do"],
  [
    [
      "a profile exists already and differs",
      "Set `adopt: true` to take it over, or declare what is there.",
    ],
    ["two resources declare the same profile", "Remove one of the two; the error names both."],
    [
      "an update would remove more people than it may",
      "Set `maxRemovals` for this update, when they are all to go.",
    ],
    [
      "a person in `required` left the roster",
      "Put the person back, or take the name out of `required` first.",
    ],
  ],
)}

## What the service answers

${table(["error", "HTTP", "message"], api)}

## A roster file is wrong

\`codestar-profiles check\` names every problem with its file, line and column, and the preview refuses the same. See
[Rosters](../rosters.md).
`;
}
