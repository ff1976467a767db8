// docs/reference/settings.md: the settings of a stack, from the schema of the provider.
import { createRequire } from "node:module";
import { code, table } from "./markdown.mjs";

const require = createRequire(import.meta.url);

/** Where a value comes from when the setting is not there. */
const instead = /** @type {Record<string, string>} */ ({
  endpoint: "AWS's own address",
  region: "`aws:region` (dynamic form), `AWS_REGION`, `AWS_DEFAULT_REGION`, the AWS settings",
  profile: "`aws:profile` (dynamic form), `AWS_PROFILE`, the AWS SDK's own chain",
  drift: "`CODESTAR_DRIFT`, then `on`",
  allowWeakKeys: "`false`",
});

export function settingsPage() {
  const { schema } = require("../../dist/provider/native/schema.js");
  const { config } =
    /** @type {{ config: { variables: Record<string, { type: string; description: string }> } }} */ (
      schema("0.0.0")
    );
  const { variables } = config;
  const rows = Object.entries(variables).map(([name, { type, description }]) => [
    code(`codestar:${name}`),
    type,
    description,
    instead[name] ?? "",
  ]);
  return `# Settings

\`pulumi config set codestar:endpoint file:profiles.db\`, or \`config:\` in \`Pulumi.yaml\`. A misspelt \`codestar:\` setting is an
error. A relative \`file:\` path starts at the project's folder. Credentials come from the AWS SDK's chain and the environment,
never from settings, and they are never in the state.

${table(["setting", "type", "", "when it is not set"], rows)}
`;
}
