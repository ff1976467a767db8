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

export const commands: Readonly<Record<string, Command>> = {
  check: {
    summary: "check roster files: everything wrong with them, at its place",
    load: () => require("./check") as CommandModule,
  },
  drift: {
    summary: "compare a roster with the live profiles",
    load: () => require("./drift") as CommandModule,
  },
  export: {
    summary: "write the live profiles as a roster",
    load: () => require("./export") as CommandModule,
  },
  serve: {
    summary: "run the profile service",
    load: () => require("./serve") as CommandModule,
  },
  principal: {
    summary: "add, change or remove who may use a service with authentication",
    load: () => require("./principal") as CommandModule,
  },
  audit: {
    summary: "read the audit trail of a profile service: who wrote what",
    load: () => require("./audit") as CommandModule,
  },
  "authorized-keys": {
    summary: "print the SSH keys in a profile, for sshd's AuthorizedKeysCommand",
    load: () => require("./authorizedKeys") as CommandModule,
  },
  table: {
    summary: "create the table of a dynamodb: or postgres: store",
    load: () => require("./table") as CommandModule,
  },
  backup: {
    summary: "copy a file: store while servers use it",
    load: () => require("./backup") as CommandModule,
  },
  restore: {
    summary: "put a backup in the place of a file: store",
    load: () => require("./restore") as CommandModule,
  },
  completion: {
    summary: "print the completion of these commands for a shell",
    load: () => require("./completion") as CommandModule,
  },
};
