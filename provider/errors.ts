import { endpointName, type Settings } from "./settings";

/**
 * A foreseeable failure, one sentence for the user. The host prints check, diff, read and delete errors as
 * `${error}: ${error.stack}`: the sentence takes the place of the stack, which would tell a user nothing.
 */
export class Failure extends Error {
  constructor(
    /** What was being done, for example "deleting CodeStar user profile arn:…". */
    readonly doing: string,
    /** Why it failed and what to do. */
    readonly reason: string,
  ) {
    super(`${doing}: ${reason}`);
    this.name = "Failure";
    this.stack = reason;
  }

  override toString(): string {
    return this.doing;
  }
}

interface ServiceFault {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const noAnswer = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "TimeoutError",
]);

const bundledService =
  "set codestar:endpoint to the bundled service, for example `pulumi config set codestar:endpoint file:profiles.db`";

export function isFault(error: unknown, name: string): boolean {
  return (error as ServiceFault | undefined)?.name === name;
}

/** One sentence for an error of the SDK or of the embedded store, with what to do about it. */
export function explain(error: unknown, settings: Settings): string {
  if (error instanceof Failure) return error.reason;
  const { name = "", message = "", code = "" } = error as ServiceFault;
  if (noAnswer.has(code) || noAnswer.has(name)) {
    const cause = code || name;
    if (settings.endpoint === undefined) {
      return `AWS ended CodeStar on 2024-07-31 and its address does not answer (${cause}); ${bundledService}`;
    }
    return (
      `the profile service at ${endpointName(settings)} does not answer (${cause}); ` +
      "start it with `codestar-profiles serve`, correct codestar:endpoint, or preview from state alone with " +
      "`pulumi config set codestar:drift off`"
    );
  }
  if (name === "CredentialsProviderError") {
    return settings.endpoint === undefined
      ? `no AWS credentials were found, and AWS ended CodeStar on 2024-07-31; ${bundledService}`
      : `no AWS credentials were found for ${endpointName(settings)}; set AWS_ACCESS_KEY_ID and ` +
          "AWS_SECRET_ACCESS_KEY, or aws:profile";
  }
  if (name === "AccessDeniedException") {
    return `${endpointName(settings)} refused it: ${message}`;
  }
  if (name === "SyntaxError") {
    return `${endpointName(settings)} answered with something other than the CodeStar API; correct codestar:endpoint`;
  }
  return name && name !== "Error" ? `${message} (${name})` : message || String(error);
}

/** The failure of one operation on one profile. */
export function failure(
  verb: string,
  userArn: string,
  error: unknown,
  settings: Settings,
): Failure {
  return new Failure(`${verb} CodeStar user profile ${userArn}`, explain(error, settings));
}
