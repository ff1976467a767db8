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

/** An answer that no CodeStar service gives; to be told from a profile without any field, which drifted. */
export class UnexpectedAnswer extends Error {
  override name = "UnexpectedAnswer";
}

interface ServiceFault {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number };
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

const credentialFaults = new Set([
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);

const ended = "AWS ended CodeStar on 2024-07-31";
const bundledService =
  "set codestar:endpoint to the bundled service, for example `pulumi config set codestar:endpoint file:profiles.db`";

export function isFault(error: unknown, name: string): boolean {
  return (error as ServiceFault | undefined)?.name === name;
}

/** One sentence for an error of the SDK or of the embedded store, with what to do about it. */
export function explain(error: unknown, settings: Settings): string {
  if (error instanceof Failure) return error.reason;
  const fault = error as ServiceFault;
  const { name = "", code = "" } = fault;
  const message = (fault.message ?? "").replace(/\s+/g, " ").trim();
  const service = endpointName(settings);
  const remedy =
    settings.endpoint === undefined
      ? `${ended}, so ${bundledService}`
      : "correct codestar:endpoint";
  if (noAnswer.has(code) || noAnswer.has(name)) {
    const cause = code || name;
    if (settings.endpoint === undefined) {
      return `${ended} and its address does not answer (${cause}); ${bundledService}`;
    }
    return (
      `the profile service at ${service} does not answer (${cause}); ` +
      "start it with `codestar-profiles serve`, correct codestar:endpoint, or preview from state alone with " +
      "`pulumi config set codestar:drift off`"
    );
  }
  if (/^(EPROTO$|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code)) {
    return (
      `no secure connection to ${service} (${code}); correct codestar:endpoint, whose service may speak ` +
      "http://, or name the file of its certificate authority in NODE_EXTRA_CA_CERTS"
    );
  }
  if (/region is missing/i.test(message)) {
    return "no region is set; give the resource a `region`, or run `pulumi config set aws:region us-east-1`";
  }
  if (name === "CredentialsProviderError") {
    if (settings.profile !== undefined) {
      return `aws:profile names ${settings.profile}, which gives no credentials: ${message}`;
    }
    return settings.endpoint === undefined
      ? `no AWS credentials were found, and ${remedy}`
      : `no AWS credentials were found for ${service}; set AWS_ACCESS_KEY_ID and ` +
          "AWS_SECRET_ACCESS_KEY, or aws:profile";
  }
  if (credentialFaults.has(name)) {
    return `${service} does not accept the AWS credentials: ${message} (${name})`;
  }
  if (name === "AccessDeniedException") return `${service} refused it: ${message}`;
  // What the SDK makes of answers without the API's error shape is named after their status.
  if (/^(SyntaxError|UnexpectedAnswer|\d{3})$/.test(name) || code.startsWith("HPE_")) {
    const status = fault.$metadata?.httpStatusCode ?? fault.$response?.statusCode;
    const which = status === undefined ? "" : ` (HTTP status ${status})`;
    return `${service} answered with something other than the CodeStar API${which}; ${remedy}`;
  }
  // The name of a fault of the service is its error code; other names are those of classes.
  return fault.$metadata?.httpStatusCode && name
    ? `${message} (${name})`
    : message || String(error);
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
