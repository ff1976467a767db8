import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { claimedAccessKeyId } from "../identity/sigv4/signatureClaim";
import type { ServiceResponse } from "../protocol";
import type { Refusal } from "./connections";

/** What a client without the right key or rights is told: worth a warning. */
const refusals = new Set([
  "AccessDeniedException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);

/**
 * One line for each answer, of which no value of a profile is part: failures inside as
 * `error`, refused callers as `warn`, reads that succeed as `debug`, all else as `info`.
 * `duration` in milliseconds.
 */
export function logResponse(
  log: Logger,
  response: ServiceResponse,
  duration: number,
  request: IncomingMessage,
): void {
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
      remote: request.socket.remoteAddress,
      accessKeyId: claimedAccessKeyId(request.headers.authorization),
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

/**
 * Of an error the text alone: its other members may hold a request of the
 * store's, with what that carried.
 */
function causeOf(cause: unknown): object {
  return cause instanceof Error
    ? { type: cause.name, message: cause.message, stack: cause.stack }
    : { message: String(cause) };
}

/** Lines a second about connections: whoever reaches the server could fill a disk with them. */
const refusalsPerSecond = 20;

/**
 * Logs connections that ended before an answer: of many in one second only some, with
 * the number of the others.
 */
export function refusalLogger(
  log: Logger,
  now: () => number = () => performance.now(),
): (refusal: Refusal) => void {
  let second = now();
  let lines = 0;
  let withheld = 0;
  return ({ reason, remote, code }) => {
    if (now() - second >= 1_000) {
      second = now();
      lines = 0;
    }
    if (lines >= refusalsPerSecond) {
      withheld++;
      return;
    }
    lines++;
    log.warn({ reason, remote, code, ...(withheld > 0 && { withheld }) }, "connection refused");
    withheld = 0;
  };
}
