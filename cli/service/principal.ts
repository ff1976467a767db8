import { randomBytes, randomInt } from "node:crypto";
import { addPrincipal, removePrincipal, rotateKey } from "../../service/identity/principalsEdit";
import { declare } from "../command";
import { handOver } from "./handOver";

interface Outlets {
  /** Writes a new key to standard output, or throws why it would be lost. */
  readonly handOver: (key: string) => void;
  /** Says what was done. */
  readonly tell: (text: string) => void;
}

export const command = principalCommand({
  handOver,
  tell: (text) => process.stderr.write(text),
});

/**
 * A key goes to standard output as environment variables, all else to standard error, so that
 * `… > alice.env` holds the key alone.
 */
export function principalCommand({ handOver, tell }: Outlets) {
  return declare({
    synopsis: [
      "add NAME --account ACCOUNT --principals FILE\n         [--user-arn ARN] [--administrator]",
      "rotate NAME --principals FILE [--revoke]",
      "remove NAME --principals FILE",
    ],
    about: `\
Changes who may use the profile service. A running service takes the change by itself.

add makes a principal with a new access key and prints the key, once.
rotate gives a principal a new key and prints it, once. The newest of its old keys stays good, so that
its users can change over; with --revoke none does. A key that cannot be printed changes nothing.
remove takes a principal away, with all its keys.`,
    options: {
      account: {
        value: "ACCOUNT",
        required: true,
        description: "the 12 digits of the account whose profiles the principal sees",
      },
      "user-arn": {
        value: "ARN",
        description: "the IAM user whose profile the principal may write",
      },
      administrator: { description: "the principal may write every profile of the account" },
      revoke: { description: "the old keys are refused from now on" },
      principals: {
        value: "FILE",
        required: true,
        description: "the file; add creates it when there is none",
      },
    },
    actions: {
      add: ["account", "user-arn", "administrator", "principals"],
      rotate: ["revoke", "principals"],
      remove: ["principals"],
    },
    words: { least: 1, most: 1, question: "Which principal? Give one name." },
    notes: "Exit status: 0 done, 1 not done, with the reason on standard error; 2 wrong arguments.",
    async run({ action, words: [name = ""], values }) {
      const { principals: file, account, administrator, revoke } = values;
      if (action === "remove") {
        await removePrincipal(file, name);
        tell(`Removed ${name} from ${file}.\n`);
        return 0;
      }
      // A new key is in force only when it has been handed over.
      const key = newKey();
      const give = () => handOver(environmentOf(key));
      if (action === "rotate") {
        await rotateKey(file, name, key, { revoke }, give);
        tell(`Gave ${name} a new key in ${file}.\n${shownOnce}`);
        return 0;
      }
      const userArn = values["user-arn"];
      const own = userArn === undefined ? {} : { userArn };
      await addPrincipal(file, { name, account, ...own, administrator, keys: [key] }, give);
      tell(`Added ${name} to ${file}.\n${shownOnce}`);
      return 0;
    },
  });
}

const shownOnce = "The secret is not shown again.\n";

/** What AWS clients read; no character of it needs quoting in a shell. */
const environmentOf = ({ accessKeyId, secretAccessKey }: ReturnType<typeof newKey>): string =>
  `AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`;

/**
 * An id of 80 random bits behind a prefix of its own, so that nobody takes it for a key of AWS's,
 * and a secret of 240, 40 characters as at AWS.
 */
function newKey() {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const letters = Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]);
  return {
    accessKeyId: `CSPK${letters.join("")}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
}
