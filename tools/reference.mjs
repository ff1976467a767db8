// Writes docs/reference from the source: `npm run docs -- --reference`. A test holds that the
// pages are what this writes.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../running/repository.mjs";
import { commandsPage } from "./reference/commands.mjs";
import { errorsPage } from "./reference/errors.mjs";
import { programPage } from "./reference/program.mjs";
import { rosterPage } from "./reference/roster.mjs";
import { settingsPage } from "./reference/settings.mjs";

/** By name in docs/reference, from what is built in dist. */
export const pages = {
  "program.md": programPage,
  "settings.md": settingsPage,
  "roster-format.md": rosterPage,
  "commands.md": commandsPage,
  "errors.md": errorsPage,
};

export function writeReference() {
  const folder = join(repository, "docs/reference");
  mkdirSync(folder, { recursive: true });
  for (const [name, page] of Object.entries(pages)) writeFileSync(join(folder, name), page());
}
