import { printable } from "../profile/printable";
import { readArguments, UsageError } from "./arguments";
import type { Command } from "./command";
import { helpOf } from "./help";
import { print } from "./terminal";

/**
 * Runs a command and answers its exit status. Wrong arguments are told in a
 * sentence, which help would hide.
 */
export async function execute(
  name: string,
  command: Command,
  argv: readonly string[],
): Promise<number> {
  try {
    const given = readArguments(command, argv);
    if (given !== "help") return await command.run(given);
    await print(helpOf(name, command));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const where = `codestar-profiles ${name} --help tells more.`;
    process.stderr.write(`${printable(error.message)}\n${where}\n`);
    return command.wrong ?? 2;
  }
}
