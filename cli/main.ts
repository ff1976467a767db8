#!/usr/bin/env node
import { mistakeOf } from "../profile/mistake";
import { nearest } from "../profile/nearest";
import { printableLines } from "../profile/printable";
import { commands } from "./commands";
import { execute } from "./execute";
import { holdHangUps } from "./service/hangUp";

/**
 * `codestar-profiles COMMAND …`. Exit status: 0 done; 1 not done, with the reason in one sentence
 * on standard error; 2 wrong arguments; others as a command's own help says.
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
    const meant = nearest(name, Object.keys(commands));
    const hint = meant === undefined ? "." : `; did you mean ${meant}?`;
    process.stderr.write(`There is no command ${JSON.stringify(name)}${hint}\n\n${usage()}`);
    return 2;
  }
  // Before the command loads, which takes the longest part of a start.
  if (command.takesHangUps) holdHangUps();
  return execute(name, command.load(), argv);
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return `Usage: codestar-profiles COMMAND …\n\n${lines.join("\n")}\n\ncodestar-profiles COMMAND --help tells more; --version prints the version.\n`;
}

// Who reads, for example head, has seen enough: not worth a word.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    const sentence = mistakeOf(error) ?? (error instanceof Error ? error.message : String(error));
    process.stderr.write(`${printableLines(sentence)}\n`);
    return 1;
  })
  .then((status) => {
    process.exitCode = status;
    // Once all is written: the HTTP client of the SDK leaves timers behind a failed request, and
    // they would keep the process for the half minute that the request might have taken.
    process.stdout.write("", () => process.stderr.write("", () => process.exit()));
  });
