import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-codestar";
import type { OperationName } from "../../service/api/constraints";
import { PythonDriver } from "./pythonDriver";

/** What a client is pointed at, and how it signs. */
export interface Target {
  readonly endpoint: string;
  readonly region: string;
  /** Unsigned without. */
  readonly credentials?: AccessKey | undefined;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The end of a call, in the same terms for every client. Times are epoch milliseconds. */
export interface Reply {
  readonly output?: Record<string, unknown>;
  readonly error?: ReplyError;
  /** The AWS CLI tells neither. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
}

export interface ReplyError {
  /** The name of the error as the client found it in the response. */
  readonly code: string | undefined;
  readonly message: string;
  /** Whether the client raised an exception of a class for this very error. */
  readonly typed: boolean;
}

export interface AwsClient {
  call(target: Target, operation: OperationName, parameters: object): Promise<Reply>;
}

export type ClientName = (typeof clientNames)[number];
export const clientNames = [
  "@aws-sdk/client-codestar",
  "Debian's boto3",
  "current boto3",
  "Debian's AWS CLI",
] as const;

interface Tools {
  obtainDebianClients(): Promise<Obtained>;
  obtainCurrentBoto3(): Promise<Obtained>;
  obtainSshd(): Promise<Obtained>;
  obtainLogrotate(): Promise<Obtained>;
}
export type Obtained = { readonly program: string } | { readonly missing: string };

/** What `tools/interop.mjs` obtains; each once per process. */
export async function obtain(what: "debian" | "current" | "sshd" | "logrotate"): Promise<Obtained> {
  // A variable, since the compiler would ask for a declaration of the module.
  const path = "../../tools/interop.mjs";
  const tools = (await import(path)) as Tools;
  const ways = {
    debian: tools.obtainDebianClients,
    current: tools.obtainCurrentBoto3,
    sshd: tools.obtainSshd,
    logrotate: tools.obtainLogrotate,
  };
  obtained[what] ??= ways[what]();
  return obtained[what];
}
const obtained: Partial<Record<string, Promise<Obtained>>> = {};

/**
 * The program; or the tests of the suite are skipped, and the reason is
 * printed. For a `before` hook.
 */
export async function obtainOrSkip(
  context: Mocha.Context,
  what: "debian" | "current" | "sshd" | "logrotate",
): Promise<string> {
  context.timeout(15 * 60_000);
  const found = await obtain(what);
  if ("program" in found) return found.program;
  console.log(`      skipped, since ${found.missing}`);
  return context.skip();
}

/** A suite for each client; where one cannot be had its tests are skipped. */
export function describeEachClient(
  title: string,
  tests: (client: () => AwsClient, name: ClientName) => void,
): void {
  for (const name of clientNames) {
    describe(`${title} (${name})`, () => {
      let client: AwsClient;
      before(async function () {
        client = await clientOf(this, name);
      });
      tests(() => client, name);
    });
  }
}

async function clientOf(context: Mocha.Context, name: ClientName): Promise<AwsClient> {
  switch (name) {
    case "@aws-sdk/client-codestar":
      return new JavaScriptClient();
    case "current boto3":
      return new Boto3Client(PythonDriver.of(await obtainOrSkip(context, "current"), "boto3"));
    case "Debian's boto3":
      return new Boto3Client(PythonDriver.of(await obtainOrSkip(context, "debian"), "boto3"));
    case "Debian's AWS CLI":
      return new AwsCli(PythonDriver.of(await obtainOrSkip(context, "debian"), "awscli"));
  }
}

const classes: Readonly<Record<string, unknown>> = sdk;

class JavaScriptClient implements AwsClient {
  async call(target: Target, operation: OperationName, parameters: object): Promise<Reply> {
    const client = javaScriptClient(target);
    try {
      const Command = classes[`${operation}Command`] as new (
        input: object,
      ) => sdk.ListUserProfilesCommand;
      const { $metadata, ...output } = await client.send(new Command(parameters));
      return {
        output: withTimes(output),
        status: $metadata.httpStatusCode,
        requestId: $metadata.requestId,
      };
    } catch (error) {
      const { name, message, $metadata } = error as sdk.CodeStarServiceException;
      const ErrorClass = classes[name];
      return {
        error: {
          code: name,
          message,
          typed: typeof ErrorClass === "function" && error instanceof ErrorClass,
        },
        status: $metadata?.httpStatusCode,
        requestId: $metadata?.requestId,
      };
    } finally {
      client.destroy();
    }
  }
}

/** The SDK's client as a program would make it. */
export function javaScriptClient({ credentials, ...target }: Target): sdk.CodeStarClient {
  const unsigned = {
    credentials: { accessKeyId: "unused", secretAccessKey: "unused" },
    signer: { sign: async (request: unknown) => request },
  } as object;
  return new sdk.CodeStarClient({ ...target, ...(credentials ? { credentials } : unsigned) });
}

interface PythonReply {
  readonly output?: Record<string, unknown>;
  readonly status?: number;
  readonly requestId?: string;
  readonly error?: {
    readonly className: string;
    readonly message: string;
    readonly code: string | null;
    readonly text: string | null;
    readonly status: number | null;
    readonly requestId: string | null;
    readonly typed?: boolean;
  };
}

class Boto3Client implements AwsClient {
  readonly #python: PythonDriver;

  constructor(python: PythonDriver) {
    this.#python = python;
  }

  async call(target: Target, operation: OperationName, parameters: object): Promise<Reply> {
    const reply = await this.#python.do<PythonReply>({ do: "call", target, operation, parameters });
    const { output, error } = reply;
    if (error === undefined) {
      return { output: withTimes(output!), status: reply.status, requestId: reply.requestId };
    }
    return {
      error: {
        code: error.code ?? error.className,
        message: error.text ?? error.message,
        typed: (error.typed ?? false) && error.className === error.code,
      },
      status: error.status ?? undefined,
      requestId: error.requestId ?? undefined,
    };
  }
}

export interface CommandReply {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

class AwsCli implements AwsClient {
  readonly #python: PythonDriver;

  constructor(python: PythonDriver) {
    this.#python = python;
  }

  async call(target: Target, operation: OperationName, parameters: object): Promise<Reply> {
    const flags = Object.entries(parameters).flatMap(([name, value]) => [
      `--${hyphenated(name)}`,
      String(value),
    ]);
    const reply = await this.#python.do<CommandReply>({
      do: "command",
      ...awsCommand(target, [hyphenated(operation), ...flags]),
    });
    if (reply.status === 0) return { output: withTimes(JSON.parse(reply.out)) };
    const found =
      /^\nAn error occurred \((\S+)\) when calling the (\w+) operation(?: \(reached max retries: \d\))?: (.*)\n$/s.exec(
        reply.err,
      );
    if (found === null) return { error: { code: undefined, message: reply.err, typed: false } };
    const [, code, named, message = ""] = found;
    assert.deepEqual([named, reply.status], [operation, 254]);
    return { error: { code, message, typed: true } };
  }
}

/** `aws` with arguments and environment for a target. */
export function awsCommand(
  { endpoint, region, credentials }: Target,
  args: readonly string[],
): { readonly arguments: readonly string[]; readonly environment: Record<string, string> } {
  return {
    arguments: [
      "codestar",
      ...args,
      ...["--endpoint-url", endpoint, "--region", region],
      ...(credentials ? [] : ["--no-sign-request"]),
    ],
    environment: {
      ...(credentials && {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
      }),
    },
  };
}

function hyphenated(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^-/, "");
}

function withTimes(output: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [
      name,
      name.endsWith("Timestamp") ? new Date(value as string | Date).getTime() : value,
    ]),
  );
}
