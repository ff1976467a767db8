// Writes schema/roster.schema.json from its definition, roster/schema.ts, as built in dist/.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { rosterJsonSchema } = require("../dist/roster/schema.js");

const folder = new URL("../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(
  new URL("roster.schema.json", folder),
  `${JSON.stringify(rosterJsonSchema(), null, 2)}\n`,
);
