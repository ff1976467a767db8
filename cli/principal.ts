import { randomBytes, randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { PrincipalsFileError } from "../service/principals";
import { addPrincipal } from "../service/principalsEdit";

export const usage = `Usage: codestar-profiles principal add NAME --account ACCOUNT --principals FILE
         [--user-arn ARN] [--administrator]

Adds a principal with a new access key to the principals file of the profile service and prints
the key, once. A running service takes the change by itself.

  --account ACCOUNT   the 12 digits of the account whose profiles the principal sees
  --user-arn ARN      the IAM user whose profile the principal may write
  --administrator     the principal may write every profile of the account
  --principals FILE   the file; created when there is none
`;

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * `codestar-profiles principal`. The key goes to standard output as environment variables, all else to
 * standard error, so that `… > alice.env` holds the key alone. Answers the exit status: 0 when added, 1 when
 * not, 2 for wrong arguments.
 */
export async function run(
  argv: readonly string[],
  { stdout, stderr }: Streams = process,
): Promise<number> {
  const request = readArguments(argv);
  if (request === "help") {
    stdout.write(usage);
    return 0;
  }
  if (typeof request === "string") {
    stderr.write(`${request}\n\n${usage}`);
    return 2;
  }
  const { file, name, account, userArn, administrator } = request;
  const key = { accessKeyId: newAccessKeyId(), secretAccessKey: newSecretAccessKey() };
  try {
    await addPrincipal(file, {
      name,
      account,
      ...(userArn !== undefined && { userArn }),
      administrator,
      keys: [key],
    });
  } catch (err) {
    if (!(err instanceof PrincipalsFileError)) throw err;
    stderr.write(`${err.message}\n`);
    return 1;
  }
  stderr.write(`Added ${name} to ${file}. The secret is not shown again.\n`);
  stdout.write(
    `AWS_ACCESS_KEY_ID=${key.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${key.secretAccessKey}\n`,
  );
  return 0;
}

interface Addition {
  readonly file: string;
  readonly name: string;
  readonly account: string;
  readonly userArn: string | undefined;
  readonly administrator: boolean;
}

/** The addition asked for; `help`; or what is wrong with the arguments. */
function readArguments(argv: readonly string[]): Addition | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        account: { type: "string" },
        "user-arn": { type: "string" },
        administrator: { type: "boolean", default: false },
        principals: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const [action, name, ...others] = positionals;
    if (action !== "add" || name === undefined || others.length > 0) {
      return "Expected: principal add NAME.";
    }
    if (values.account === undefined) return "The option --account is missing.";
    if (values.principals === undefined) return "The option --principals is missing.";
    return {
      file: values.principals,
      name,
      account: values.account,
      userArn: values["user-arn"],
      administrator: values.administrator,
    };
  } catch (err) {
    return (err as Error).message;
  }
}

/** 80 random bits behind a prefix of its own, so that nobody takes it for a key of AWS's. */
function newAccessKeyId(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const letters = Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]);
  return `CSPK${letters.join("")}`;
}

/** 240 random bits, 40 characters as at AWS. */
function newSecretAccessKey(): string {
  return randomBytes(30).toString("base64");
}
