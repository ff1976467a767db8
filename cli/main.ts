#!/usr/bin/env node
import { commands } from "./commands";

/**
 * `codestar-profiles COMMAND …`. Exit status: 0 done; 1 not done, with the reason in one sentence on
 * standard error; 2 wrong arguments; others as a command's own help says.
 */
async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    const { version } = require("pulumi-codestar/package.json") as { version: string };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`There is no command ${JSON.stringify(name)}.\n\n${usage()}`);
    return 2;
  }
  return command.load().run(argv);
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return `Usage: codestar-profiles COMMAND …\n\n${lines.join("\n")}\n\ncodestar-profiles COMMAND --help tells more; --version prints the version.\n`;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (err) => {
    process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
    process.exitCode = 1;
  },
);
