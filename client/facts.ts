import { CodeStarError } from "../profile/codeStarError";
import { mistakeOf } from "../profile/mistake";
import { Failure, UnexpectedAnswer } from "./errors";
import type { Settings } from "./settings";

/** What is known of an error of the SDK or of the embedded store, for a surface to phrase. */
export type Fact =
  /** Nobody answers at the service's address. */
  | { readonly kind: "no answer"; readonly cause: string }
  /** The address of a service that the SDK asks for credentials is not found. */
  | { readonly kind: "no credential service"; readonly hostname: string; readonly cause: string }
  | { readonly kind: "no secure connection"; readonly cause: string }
  | { readonly kind: "no region" }
  | { readonly kind: "no credentials"; readonly message: string }
  | { readonly kind: "credentials refused"; readonly name: string; readonly message: string }
  | { readonly kind: "denied"; readonly message: string }
  /**
   * A proxy answered for a service that it cannot reach, or the service
   * itself that it is out of order.
   */
  | { readonly kind: "out of order"; readonly status: number }
  | { readonly kind: "other API"; readonly status: number | undefined }
  | { readonly kind: "no store" }
  /** A sentence already, of the service or of the store, or of a mistake in this package. */
  | { readonly kind: "said"; readonly sentence: string };

/** Opening a store makes one where there is none, and in that one all profiles would be missing. */
export class StoreMissing extends CodeStarError {
  override name = "StoreMissing";
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
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
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

const insecure = /^(EPROTO$|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

/** What a proxy answers for a service that it cannot reach. */
const outages = [502, 503, 504];

const longestMessage = 500;

/** What an error says. */
export function factOf(error: unknown, settings: Settings): Fact {
  if (error instanceof Failure) return { kind: "said", sentence: error.reason };
  if (error instanceof StoreMissing) return { kind: "no store" };
  const mistake = mistakeOf(error);
  if (mistake !== undefined) return { kind: "said", sentence: oneLine(mistake) };
  const fault = error as ServiceFault;
  const { name = "", code = "", hostname } = fault;
  const message = oneLine(fault.message ?? "");
  if (hostname !== undefined && isCredentialService(hostname, code, settings)) {
    return { kind: "no credential service", hostname, cause: code };
  }
  if (noAnswer.has(code) || noAnswer.has(name)) return { kind: "no answer", cause: code || name };
  if (insecure.test(code)) return { kind: "no secure connection", cause: code };
  if (/region is missing|`region` to be configured/i.test(message)) return { kind: "no region" };
  if (name === "CredentialsProviderError") return { kind: "no credentials", message };
  if (credentialFaults.has(name)) return { kind: "credentials refused", name, message };
  if (name === "AccessDeniedException") return { kind: "denied", message };
  const status = fault.$metadata?.httpStatusCode;
  // What the SDK makes of answers without the API's error shape is named after their status.
  const isOther = error instanceof UnexpectedAnswer || /^(SyntaxError|\d{3})$/.test(name);
  if (isOther || code.startsWith("HPE_")) {
    const answered = status ?? fault.$response?.statusCode;
    return settings.endpoint !== undefined && answered !== undefined && outages.includes(answered)
      ? { kind: "out of order", status: answered }
      : { kind: "other API", status: answered };
  }
  // The name of a fault of the service is its error code; other names are those of classes.
  const sentence = status && name ? `${message} (${name})` : message || String(error);
  return { kind: "said", sentence };
}

/**
 * The SDK asks others for credentials; an address that is not found is theirs
 * when it is not the service's.
 */
function isCredentialService(hostname: string, code: string, { endpoint }: Settings): boolean {
  if (code !== "ENOTFOUND" && code !== "EAI_AGAIN") return false;
  return endpoint?.kind === "http"
    ? hostname !== new URL(endpoint.url).hostname
    : /^(sts|oidc|portal\.sso|signin)\./.test(hostname);
}

/** Long enough for a reason; what is longer is a page, or somebody's idea of one. */
function oneLine(message: string): string {
  const line = message.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage).trimEnd()} …`;
}
