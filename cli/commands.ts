import type { Command, Commands } from "./command";

export const commands: Commands = {
  check: {
    summary: "check roster files: everything wrong with them, at its place",
    load: () => (require("./roster/check") as Module).command,
  },
  drift: {
    summary: "compare a roster with the live profiles",
    load: () => (require("./roster/drift") as Module).command,
  },
  export: {
    summary: "write the live profiles as a roster",
    load: () => (require("./roster/export") as Module).command,
  },
  serve: {
    summary: "run the profile service",
    load: () => (require("./service/serve") as Module).command,
    takesHangUps: true,
  },
  principal: {
    summary: "add, change or remove who may use a service with authentication",
    load: () => (require("./service/principal") as Module).command,
  },
  audit: {
    summary: "read the audit trail of a profile service: who wrote what",
    load: () => (require("./service/audit") as Module).command,
  },
  "authorized-keys": {
    summary: "print the SSH keys in a profile, for sshd's AuthorizedKeysCommand",
    load: () => (require("./sshd/authorizedKeys") as Module).command,
  },
  table: {
    summary: "create the table of a dynamodb: or postgres: store",
    load: () => (require("./service/table") as Module).command,
  },
  backup: {
    summary: "copy a file: store while servers use it",
    load: () => (require("./service/backup") as Module).command,
  },
  restore: {
    summary: "put a backup in the place of a file: store",
    load: () => (require("./service/restore") as Module).command,
  },
  completion: {
    summary: "print the completion of these commands for a shell",
    load: () => (require("./completion") as typeof import("./completion")).completionOf(commands),
  },
};

interface Module {
  readonly command: Command;
}
