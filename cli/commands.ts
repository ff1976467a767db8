/** A module that does one command: answers the exit status; what it throws is told as a sentence. */
export interface CommandModule {
  run(argv: readonly string[]): Promise<number>;
}

export interface Command {
  readonly summary: string;
  /** Loads the command when it is called for, and nothing of the others. */
  readonly load: () => CommandModule;
}

export const commands: Readonly<Record<string, Command>> = {
  serve: {
    summary: "run the profile service",
    load: () => require("./serve") as CommandModule,
  },
  principal: {
    summary: "add a principal, with a new access key, for a service with authentication",
    load: () => require("./principal") as CommandModule,
  },
  table: {
    summary: "create the DynamoDB table of a dynamodb: store",
    load: () => require("./table") as CommandModule,
  },
};
