import type { CommandModule, Commands } from "./command";

export const commands: Commands = {
  check: {
    summary: "check roster files: everything wrong with them, at its place",
    load: () => require("./roster/check") as CommandModule,
  },
  drift: {
    summary: "compare a roster with the live profiles",
    load: () => require("./roster/drift") as CommandModule,
  },
  export: {
    summary: "write the live profiles as a roster",
    load: () => require("./roster/export") as CommandModule,
  },
  serve: {
    summary: "run the profile service",
    load: () => require("./service/serve") as CommandModule,
  },
  principal: {
    summary: "add, change or remove who may use a service with authentication",
    load: () => require("./service/principal") as CommandModule,
  },
  audit: {
    summary: "read the audit trail of a profile service: who wrote what",
    load: () => require("./service/audit") as CommandModule,
  },
  "authorized-keys": {
    summary: "print the SSH keys in a profile, for sshd's AuthorizedKeysCommand",
    load: () => require("./sshd/authorizedKeys") as CommandModule,
  },
  table: {
    summary: "create the table of a dynamodb: or postgres: store",
    load: () => require("./service/table") as CommandModule,
  },
  backup: {
    summary: "copy a file: store while servers use it",
    load: () => require("./service/backup") as CommandModule,
  },
  restore: {
    summary: "put a backup in the place of a file: store",
    load: () => require("./service/restore") as CommandModule,
  },
  completion: {
    summary: "print the completion of these commands for a shell",
    load: () => (require("./completion") as typeof import("./completion")).completionOf(commands),
  },
};
