// docs/reference/roster-format.md: what a roster file may hold, from its JSON Schema.
import { createRequire } from "node:module";
import { code, table } from "./markdown.mjs";

const require = createRequire(import.meta.url);

/**
 * @typedef {object} Schema
 * @property {string} [type]
 * @property {string} [description]
 * @property {readonly string[]} [enum]
 * @property {Record<string, Schema>} [properties]
 * @property {readonly string[]} [required]
 * @property {Schema} [items]
 * @property {readonly Schema[]} [anyOf]
 * @property {Schema} [additionalProperties]
 * @property {readonly unknown[]} [examples]
 */

export function rosterPage() {
  const { rosterJsonSchema } = require("../../dist/roster/schema.js");
  /** @type {Schema} */
  const schema = rosterJsonSchema();
  const { $schema: _schema, people, ...top } = schema.properties ?? {};
  const person = people?.anyOf?.find(({ type }) => type === "object")?.additionalProperties;
  const nested = Object.entries(top).flatMap(([name, value]) => {
    const inner = value.properties ? value : value.items;
    return inner?.properties
      ? [`### ${code(name)}\n\n${value.description ?? ""}\n\n${properties(inner)}\n`]
      : [];
  });
  return `# The roster format

A roster file is YAML, JSON or CSV; [Rosters](../rosters.md) explains how files come together. The same as a JSON Schema, for
editors, is in the package: \`pulumi-codestar/schema/roster.schema.json\`. Names that begin with \`x-\` are for your own use.

## A file

${properties({ properties: { ...top, people: { type: "object or list", description: "The people: by user name or ARN, or a list whose entries have userArn." } } })}

${nested.join("\n")}
## A person

${properties(person ?? {})}

In CSV the columns are \`userArn\` and the names above, in any order.
`;
}

/** @param {Schema} schema */
function properties(schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, value]) => [
    code(name),
    kindOf(value),
    value.description ?? value.anyOf?.find(({ description }) => description)?.description ?? "",
    (value.examples ?? [])
      .slice(0, 1)
      .map((one) => code(JSON.stringify(one)))
      .join(""),
  ]);
  return table(["name", "kind", "", "example"], rows);
}

/** @param {Schema} value @returns {string} */
function kindOf({ type, items, anyOf, enum: words }) {
  if (words) return words.map(code).join(", ");
  if (anyOf) return [...new Set(anyOf.map(kindOf))].filter(Boolean).join(" or ");
  if (type === "array") return `list of ${items ? kindOf(items) : "values"}`;
  return type ?? "";
}
