import { randomBytes, randomInt } from "node:crypto";
import { PrincipalsFileError } from "../../service/identity/principalsDocument";
import { addPrincipal, removePrincipal, rotateKey } from "../../service/identity/principalsEdit";
import { readArguments } from "../arguments";
import { handOver } from "./handOver";

export const usage = `Usage: codestar-profiles principal add NAME --account ACCOUNT --principals FILE
         [--user-arn ARN] [--administrator]
       codestar-profiles principal rotate NAME --principals FILE [--revoke]
       codestar-profiles principal remove NAME --principals FILE

Changes who may use the profile service. A running service takes the change by itself.

add makes a principal with a new access key and prints the key, once.
rotate gives a principal a new key and prints it, once. The newest of its old keys stays good, so that
its users can change over; with --revoke none does. A key that cannot be printed changes nothing.
remove takes a principal away, with all its keys.

  --account ACCOUNT   the 12 digits of the account whose profiles the principal sees
  --user-arn ARN      the IAM user whose profile the principal may write
  --administrator     the principal may write every profile of the account
  --revoke            the old keys are refused from now on
  --principals FILE   the file; add creates it when there is none
`;

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Writes a new key to standard output, or throws why it would be lost. */
  readonly handOver: (key: string) => void;
}

const ownStreams: Streams = { stdout: process.stdout, stderr: process.stderr, handOver };

/**
 * `codestar-profiles principal`. A key goes to standard output as environment variables, all else to
 * standard error, so that `… > alice.env` holds the key alone. Answers the exit status: 0 when done, 1 when
 * not, 2 for wrong arguments.
 */
export async function run(argv: readonly string[], streams: Streams = ownStreams): Promise<number> {
  const { stdout, stderr } = streams;
  const request = readRequest(argv);
  if (request === "help") {
    stdout.write(usage);
    return 0;
  }
  if (typeof request === "string") {
    stderr.write(`${request}\n\n${usage}`);
    return 2;
  }
  try {
    stderr.write(await carryOut(request, streams));
    return 0;
  } catch (err) {
    if (!(err instanceof PrincipalsFileError)) throw err;
    stderr.write(`${err.message}\n`);
    return 1;
  }
}

/** Does what is asked, and answers what to say of it. A new key is in force only when it has been handed over. */
async function carryOut(request: Request, streams: Streams): Promise<string> {
  const { action, file, name } = request;
  if (action === "remove") {
    await removePrincipal(file, name);
    return `Removed ${name} from ${file}.\n`;
  }
  const key = newKey();
  const handOver = () => streams.handOver(environmentOf(key));
  if (action === "rotate") {
    await rotateKey(file, name, key, request, handOver);
    return `Gave ${name} a new key in ${file}.\n${shownOnce}`;
  }
  const { account, userArn, administrator } = request;
  const entry = {
    name,
    account,
    ...(userArn !== undefined && { userArn }),
    administrator,
    keys: [key],
  };
  await addPrincipal(file, entry, handOver);
  return `Added ${name} to ${file}.\n${shownOnce}`;
}

const shownOnce = "The secret is not shown again.\n";

/** What AWS clients read; no character of it needs quoting in a shell. */
const environmentOf = ({ accessKeyId, secretAccessKey }: ReturnType<typeof newKey>): string =>
  `AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`;

type Request = { readonly file: string; readonly name: string } & (
  | {
      readonly action: "add";
      readonly account: string;
      readonly userArn: string | undefined;
      readonly administrator: boolean;
    }
  | { readonly action: "rotate"; readonly revoke: boolean }
  | { readonly action: "remove" }
);

/** What each action takes besides `--principals`. */
const optionsOf = {
  add: ["account", "user-arn", "administrator"],
  rotate: ["revoke"],
  remove: [],
} as const satisfies Record<Request["action"], readonly string[]>;

/** What is asked for; `help`; or what is wrong with the arguments. */
function readRequest(argv: readonly string[]): Request | string {
  try {
    const { values, positionals } = readArguments(argv, {
      account: { type: "string" },
      "user-arn": { type: "string" },
      administrator: { type: "boolean" },
      revoke: { type: "boolean" },
      principals: { type: "string" },
      help: { type: "boolean", short: "h" },
    });
    const { help, principals: file, ...given } = values;
    if (help) return "help";
    const [action = "", name, ...others] = positionals;
    if (!isAction(action) || name === undefined || others.length > 0) {
      return "Expected: principal add NAME, principal rotate NAME or principal remove NAME.";
    }
    const strange = Object.keys(given).find(
      (option) => !(optionsOf[action] as readonly string[]).includes(option),
    );
    if (strange !== undefined) return `The option --${strange} is not one of principal ${action}.`;
    if (file === undefined) return "The option --principals is missing.";
    if (action === "remove") return { action, file, name };
    if (action === "rotate") return { action, file, name, revoke: given.revoke ?? false };
    if (given.account === undefined) return "The option --account is missing.";
    return {
      action,
      file,
      name,
      account: given.account,
      userArn: given["user-arn"],
      administrator: given.administrator ?? false,
    };
  } catch (err) {
    return (err as Error).message;
  }
}

function isAction(word: string): word is Request["action"] {
  return Object.hasOwn(optionsOf, word);
}

/**
 * An id of 80 random bits behind a prefix of its own, so that nobody takes it for a key of AWS's, and a secret
 * of 240, 40 characters as at AWS.
 */
function newKey() {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const letters = Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]);
  return {
    accessKeyId: `CSPK${letters.join("")}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
}
