import { type ParseArgsConfig, parseArgs } from "node:util";
import { CodeStarError } from "../profile/codeStarError";
import { nearest } from "../profile/nearest";
import { printable } from "../profile/printable";
import type { Command, Given, Options, Values } from "./command";

/** Wrong arguments; the message is a sentence. */
export class UsageError extends CodeStarError {
  override name = "UsageError";
}

/**
 * What a command was called with; "help" when that is what is asked for.
 * @throws UsageError
 */
export function readArguments<O extends Options>(
  { options, actions, words: expected }: Command<O>,
  argv: readonly string[],
): Given<O> | "help" {
  const { values, positionals } = parse(argv, options);
  if (values.help) return "help";
  for (const [name, value] of Object.entries(values)) {
    const { choices } = options[name]!;
    if (choices !== undefined) choose(`--${name}`, String(value), choices);
  }
  const [first, ...others] = positionals;
  const action = actions === undefined ? "" : chooseAction(first, Object.keys(actions));
  const words = actions === undefined ? positionals : others;
  const taken = actions?.[action] ?? Object.keys(options);
  const strange = Object.keys(values).find((name) => !(taken as readonly string[]).includes(name));
  if (strange !== undefined) {
    throw new UsageError(`The option --${strange} is not one of ${action}.`);
  }
  if (expected === undefined && words.length > 0) {
    throw new UsageError(
      `Unexpected argument ${JSON.stringify(words[0])}: only options are taken.`,
    );
  }
  if (expected?.most === 0 && words.length > 0) {
    throw new UsageError(`What is ${JSON.stringify(words[0])} for? ${expected.question}`);
  }
  if (expected && (words.length < expected.least || words.length > expected.most)) {
    throw new UsageError(expected.question);
  }
  const missing = taken.find((name) => options[name]!.required && values[name] === undefined);
  if (missing !== undefined) {
    const { required } = options[missing]!;
    const forms = required === true ? "" : `: ${required}`;
    throw new UsageError(`The option --${missing} is missing${forms}.`);
  }
  const all = Object.entries(options).map(([name, option]) => [
    name,
    values[name] ?? option.default ?? (option.value === undefined ? false : undefined),
  ]);
  return { values: Object.fromEntries(all) as Values<O>, words, action };
}

function parse(argv: readonly string[], options: Options) {
  const known: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, { value }] of Object.entries(options)) {
    known[name] = { type: value === undefined ? "boolean" : "string" };
  }
  try {
    return parseArgs({ args: [...argv], options: known, allowPositionals: true });
  } catch (error) {
    throw new UsageError(sentence(error as Error, Object.keys(known)));
  }
}

function chooseAction(word: string | undefined, actions: readonly string[]): string {
  if (word !== undefined && actions.includes(word)) return word;
  const all = actions.join(", ");
  if (word === undefined) throw new UsageError(`What is to be done? One of ${all}.`);
  const there = hint(word, actions) || `; there are ${all}.`;
  throw new UsageError(`There is no action ${JSON.stringify(word)}${there}`);
}

/** @throws UsageError when the value is none of the choices. */
export function choose<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new UsageError(
    `The option ${option} takes ${choices.join(", ")}, not ${JSON.stringify(value)}${hint(value, choices)}`,
  );
}

function hint(value: string, choices: readonly string[]): string {
  const meant = nearest(value, choices);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/**
 * The value of `--account`.
 * @throws UsageError when it is not an account.
 */
export function chooseAccount(account: string | undefined): string | undefined {
  if (account === undefined || /^\d{12}$/.test(account)) return account;
  throw new UsageError("The option --account takes the 12 digits of an account.");
}

/** What a command takes that is about roster files. */
export const someRosters = {
  least: 1,
  most: Number.POSITIVE_INFINITY,
  question: "Which roster? Name a file or a folder.",
};

/**
 * For names of files and folders: an empty one, which an unset variable leaves,
 * would be the working folder.
 * @throws UsageError
 */
export function refuseEmpty(paths: readonly string[]): void {
  if (paths.includes(""))
    throw new UsageError("The name of a roster is empty; name a file or a folder.");
}

/**
 * What `work` makes of an argument, whose errors are about it.
 * @throws UsageError
 */
export function understood<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`${(error as Error).message.replace(/\.$/, "")}.`);
  }
}

function sentence(error: Error & { code?: string }, known: readonly string[]): string {
  const unknown = /^Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  if (unknown === undefined) return `${error.message.replace(/\.$/, "")}.`;
  const meant = nearest(unknown.replace(/^-+/, ""), known);
  return `There is no option ${printable(unknown)}${meant ? `; did you mean --${meant}?` : "."}`;
}
