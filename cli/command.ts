/** A module that does one command: answers the exit status; what it throws is told as a sentence. */
export interface CommandModule {
  run(argv: readonly string[]): Promise<number>;
  /** What `--help` prints; completion reads its options from there. */
  readonly usage: string;
  /** The words that an option takes, for completion. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

export interface Command {
  readonly summary: string;
  /** Loads the command when it is called for, and nothing of the others. */
  readonly load: () => CommandModule;
}

/** By name, in the order of the help. */
export type Commands = Readonly<Record<string, Command>>;
