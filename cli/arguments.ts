import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../profile/nearest";
import { printable } from "../profile/printable";

type Options = NonNullable<ParseArgsConfig["options"]>;

type Arguments<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>;

/** Wrong arguments; the message is a sentence. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What to tell the user: the mistake must not scroll away above a screen of help. */
export function usageHint({ message }: UsageError, command: string): string {
  return `${printable(message)}\ncodestar-profiles ${command} --help tells more.\n`;
}

/**
 * The options and the other arguments of a command; `onlyOptions` refuses others.
 * @throws UsageError
 */
export function readArguments<O extends Options>(
  argv: readonly string[],
  options: O,
  { onlyOptions = false } = {},
): Arguments<O> {
  try {
    const read = parseArgs({ args: [...argv], options, allowPositionals: true });
    const [strange] = onlyOptions ? read.positionals : [];
    if (strange === undefined) return read;
    throw new Error(`Unexpected argument ${JSON.stringify(strange)}: only options are taken`);
  } catch (error) {
    throw new UsageError(sentence(error as Error, Object.keys(options)));
  }
}

/** @throws UsageError when the value is none of the choices. */
export function choose<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  const meant = nearest(value, choices);
  const hint = meant ? `; did you mean ${meant}?` : "";
  throw new UsageError(
    `The option ${option} takes ${choices.join(", ")}, not ${JSON.stringify(value)}${hint}`,
  );
}

/**
 * The value of `--account`.
 * @throws UsageError when it is not an account.
 */
export function chooseAccount(account: string | undefined): string | undefined {
  if (account === undefined || /^\d{12}$/.test(account)) return account;
  throw new UsageError("The option --account takes the 12 digits of an account.");
}

/**
 * For names of files and folders: an empty one, which an unset variable leaves, would be the working folder.
 * @throws UsageError
 */
export function refuseEmpty(paths: readonly string[]): void {
  if (paths.includes(""))
    throw new UsageError("The name of a roster is empty; name a file or a folder.");
}

function sentence(error: Error & { code?: string }, known: readonly string[]): string {
  const unknown = /^Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  if (unknown === undefined) return `${error.message.replace(/\.$/, "")}.`;
  const meant = nearest(unknown.replace(/^-+/, ""), known);
  return `There is no option ${printable(unknown)}${meant ? `; did you mean --${meant}?` : "."}`;
}
