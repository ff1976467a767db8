/** An option of a command, as its help, its completion and the reading of arguments know it. */
export interface Option {
  /** What its value is called; absent for a switch. */
  readonly value?: string;
  /** For the help; the first line is for completion too. */
  readonly description: string;
  /** The words that it takes. */
  readonly choices?: readonly string[];
  /** What holds when it is not given; the help says so where `description` does not. */
  readonly default?: string;
  /** Given where the command is nothing without it: true, or what could be given. */
  readonly required?: true | string;
}

export type Options = Readonly<Record<string, Option>>;

type Word<O extends Option> = O extends { choices: readonly (infer C)[] } ? C : string;

/** The values of options, by name. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends { value: string }
    ? O[Name] extends { default: string } | { required: true | string }
      ? Word<O[Name]>
      : Word<O[Name]> | undefined
    : boolean;
};

/** What a command was called with. */
export interface Given<O extends Options> {
  readonly values: Values<O>;
  /** What is no option, without the action. */
  readonly words: readonly string[];
  /** One of the command's, where it has any. */
  readonly action: string;
}

/**
 * A command: one declaration for its help, its completion, the check of its
 * arguments and what it does.
 * @template O
 */
export interface Command<O extends Options = Options> {
  /** What follows the command's name, a line for each way of calling it. */
  readonly synopsis: readonly string[];
  /** What it does, below the synopsis. */
  readonly about: string;
  readonly options: O;
  /**
   * By name what may be done, and the options of each; absent for a command that does one thing.
   */
  readonly actions?: Readonly<Record<string, readonly (keyof O & string)[]>>;
  /**
   * What it takes besides options and the action: how many, and the
   * question when that is not given.
   */
  readonly words?: { readonly least: number; readonly most: number; readonly question: string };
  /** The words that may stand there, for completion; files when absent. */
  readonly known?: readonly string[];
  /** Below the options: the exit status, examples. */
  readonly notes: string;
  /** The exit status for wrong arguments; 2 when absent. */
  readonly wrong?: number;
  /**
   * Answers the exit status.
   * @throws UsageError for wrong arguments; any other error is told as a
   * sentence, with exit status 1.
   */
  run(given: Given<O>): Promise<number>;
}

/** A command with the types of its options. */
export function declare<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}

export interface Listed {
  readonly summary: string;
  /** Loads the command when it is called for, and nothing of the others. */
  readonly load: () => Command;
  /** Whether SIGHUP is for the command, and must not end it while it loads. */
  readonly takesHangUps?: true;
}

/** By name, in the order of the help. */
export type Commands = Readonly<Record<string, Listed>>;
