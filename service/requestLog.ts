import type { Logger } from "pino";
import type { ServiceResponse } from "./protocol";

/** What a client without the right key or rights is told: worth a warning. */
const refusals = new Set([
  "AccessDeniedException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);

/**
 * One line for each answer, of which no value of a profile is part: failures inside as `error`, refused
 * callers as `warn`, reads that succeed as `debug`, all else as `info`. `duration` in milliseconds.
 */
export function logResponse(log: Logger, response: ServiceResponse, duration: number): void {
  const level = levelOf(response);
  if (!log.isLevelEnabled(level)) return;
  const { requestId, operation, status, error, region, userArn, principal, cause } = response;
  log[level](
    {
      requestId,
      operation,
      status,
      error,
      duration: Math.round(duration * 100) / 100,
      region,
      userArn,
      principal: principal?.name,
      account: principal?.account,
      ...(cause !== undefined && { cause: causeOf(cause) }),
    },
    "request",
  );
}

function levelOf({ status, error, operation, cause }: ServiceResponse) {
  if (status >= 500 || cause !== undefined) return "error";
  if (error === undefined) {
    return /^(?:Describe|List)/.test(operation ?? "") ? "debug" : "info";
  }
  return refusals.has(error) ? "warn" : "info";
}

/** Of an error the text alone: its other members may hold a request of the store's, with what that carried. */
function causeOf(cause: unknown): object {
  return cause instanceof Error
    ? { type: cause.name, message: cause.message, stack: cause.stack }
    : { message: String(cause) };
}
