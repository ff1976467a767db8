// Writes schema/*.json from their definitions as built in dist/: the format of roster files, and
// the native provider's schema.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { rosterJsonSchema } = require("../dist/roster/schema.js");
const { schema } = require("../dist/provider/native/schema.js");
const { version } = require("../package.json");

const folder = new URL("../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, content] of Object.entries({
  "roster.schema.json": rosterJsonSchema(),
  "provider.json": schema(version),
})) {
  writeFileSync(new URL(name, folder), `${JSON.stringify(content, null, 2)}\n`);
}
