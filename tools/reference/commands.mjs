// docs/reference/commands.md: every command as its own help tells it.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export function commandsPage() {
  const { commands } = require("../../dist/cli/commands.js");
  const { helpOf } = require("../../dist/cli/help.js");
  const sections = Object.entries(commands).map(
    ([name, { summary, load }]) =>
      `## ${name}\n\n${capital(summary)}.\n\n\`\`\`text\n${helpOf(name, load()).trimEnd()}\n\`\`\`\n`,
  );
  return `# Commands

\`codestar-profiles COMMAND …\`; \`npx --no -- codestar-profiles\` in a project that has the package. Each command prints its part of
this page with \`--help\`.

${sections.join("\n")}`;
}

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
