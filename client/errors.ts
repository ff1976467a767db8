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
  /** What was asked of the DNS. */
  hostname?: string;
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

/**
 * When it failed. In a `preview` the state alone would do. A `refresh` or `destroy` has run no program: the engine
 * gave it the settings of the last update, whatever they are today.
 */
export type Situation = "preview" | "without program" | "other";

const longestMessage = 500;

/** One sentence for an error of the SDK or of the embedded store, with what to do about it. */
export function explain(
  error: unknown,
  settings: Settings,
  situation: Situation = "other",
): string {
  if (error instanceof Failure) return error.reason;
  const fault = error as ServiceFault;
  const { name = "", code = "" } = fault;
  const message = oneLine(fault.message ?? "");
  const service = endpointName(settings);
  const remedy =
    (settings.endpoint === undefined
      ? `${ended}, so ${bundledService}`
      : "correct codestar:endpoint") + advice(situation);
  if (isCredentialService(fault, settings)) {
    return (
      `no AWS credentials: the credential service ${fault.hostname} is not found (${code}); ` +
      "correct aws:profile, or the AWS settings of the environment"
    );
  }
  if (noAnswer.has(code) || noAnswer.has(name)) {
    const cause = code || name;
    if (settings.endpoint === undefined) {
      return `${ended} and its address does not answer (${cause}); ${bundledService}${advice(situation)}`;
    }
    return (
      `the profile service at ${service} does not answer (${cause}); ` +
      `start it with \`codestar-profiles serve\`, or ${remedy}`
    );
  }
  if (/^(EPROTO$|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code)) {
    return (
      `no secure connection to ${service} (${code}); correct codestar:endpoint, whose service may speak ` +
      `http://, or name the file of its certificate authority in NODE_EXTRA_CA_CERTS${advice(situation)}`
    );
  }
  if (/region is missing/i.test(message)) {
    return "no region is set; give the resource a `region`, or run `pulumi config set codestar:region us-east-1`";
  }
  if (name === "CredentialsProviderError") {
    if (settings.profile !== undefined) {
      return `${settings.profileSetting ?? "aws:profile"} names ${settings.profile}, which gives no credentials: ${message}`;
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
    if (settings.endpoint && status !== undefined && outages.includes(status)) {
      return (
        `${service} is out of order (HTTP status ${status}, from the service or a proxy in front of it); ` +
        `try again later${situation === "preview" ? advice(situation) : ""}`
      );
    }
    const which = status === undefined ? "" : ` (HTTP status ${status})`;
    return `${service} answered with something other than the CodeStar API${which}; ${remedy}`;
  }
  // The name of a fault of the service is its error code; other names are those of classes.
  return fault.$metadata?.httpStatusCode && name
    ? `${message} (${name})`
    : message || String(error);
}

/** Opening a store makes one where there is none, and in that one all profiles would be missing. */
export function missingStore(settings: Settings, situation: Situation): Failure {
  const reason = `there is no store at ${endpointName(settings)}${advice(situation)}`;
  return new Failure("opening the store", reason);
}

/** What a proxy answers for a service that it cannot reach. */
const outages = [502, 503, 504];

/** Reads on after a remedy. */
function advice(situation: Situation): string {
  if (situation === "preview") {
    return ", or preview from state alone with `pulumi config set codestar:drift off`";
  }
  if (situation === "other") return "";
  return (
    "; refresh and destroy use the settings of the last update: if codestar:endpoint has changed since, " +
    "run `pulumi up` without --refresh first, or add --run-program"
  );
}

/** The SDK asks others for credentials; an address that is not found is theirs when it is not the service's. */
function isCredentialService({ code, hostname }: ServiceFault, { endpoint }: Settings): boolean {
  if (hostname === undefined || (code !== "ENOTFOUND" && code !== "EAI_AGAIN")) return false;
  return endpoint?.kind === "http"
    ? hostname !== new URL(endpoint.url).hostname
    : /^(sts|oidc|portal\.sso|signin)\./.test(hostname);
}

/** Long enough for a reason; what is longer is a page, or somebody's idea of one. */
function oneLine(message: string): string {
  const line = message.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage).trimEnd()} …`;
}

/** The failure of one operation on one profile. */
export function failure(
  verb: string,
  userArn: string,
  error: unknown,
  settings: Settings,
  situation?: Situation,
): Failure {
  const reason = explain(error, settings, situation);
  return new Failure(`${verb} CodeStar user profile ${userArn}`, reason);
}
