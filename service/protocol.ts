import { randomUUID } from "node:crypto";
import { constraints, type Input, type OperationName } from "./api/constraints";
import { ServiceError } from "./api/errors";
import type { Principal } from "./api/principal";
import { signedRegion } from "./api/region";
import type { Authenticate, Authorize, ServiceRequest } from "./api/request";
import { type AuditTrail, AuditUnavailableError, type WriteOperation } from "./audit/trail";
import { authorize as authorizeByDefault } from "./identity/authorization";
import { readInput } from "./input";
import type { Dependencies, Scope } from "./operations/dependencies";
import { type Operation, operations } from "./operations/operations";
import { DamagedProfileError, StoreUnavailableError } from "./store/store";

export const targetPrefix = "CodeStar_20170419.";
export const contentType = "application/x-amz-json-1.1";

/** What the service serves, to whom, and who is told of it. */
export interface ServiceOptions extends Dependencies {
  /** The region of requests that are not signed for one. */
  readonly region: string;
  /** The regions whose profiles are kept; requests for others are refused. Any when absent. */
  readonly regions?: readonly string[] | undefined;
  /** Without it everyone may do everything, in every account of the region. */
  readonly authenticate?: Authenticate | undefined;
  /** Rules for who is authenticated; CodeStar's own (authorization.ts) when absent. */
  readonly authorize?: Authorize | undefined;
  /** Told of every request before it is served; undefined when it names no operation. */
  readonly onRequest?: ((operation: OperationName | undefined) => void) | undefined;
  /** Told of every write that is allowed before it is done, and of its outcome. */
  readonly audit?: AuditTrail | undefined;
}

/**
 * What is known of a request: what was asked for, by whom, and what became
 * of it, as far as it came.
 */
interface Progress {
  readonly requestId: string;
  operation: OperationName | undefined;
  principal: Principal | undefined;
  region: string | undefined;
  userArn: string | undefined;
  /** The `__type` of the error that it ended in. */
  error: string | undefined;
  /** What went wrong inside, for a log of the operator's; never for the client. */
  cause: unknown;
}

/** An answer as HTTP has it, with what became of the request for a log. */
export interface ServiceResponse extends Readonly<Progress> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The service without a transport: a request in, a response out. */
export interface ProfileService {
  /** Never rejects: every failure becomes a response. */
  handle(request: ServiceRequest): Promise<ServiceResponse>;
}

/**
 * AWS's JSON 1.1 protocol around the five operations: the one place where requests are taken apart
 * and errors become responses, whether they came over HTTP or within the process.
 *
 * @example
 * const store = await openStore("memory:");
 * const service = profileService({ store, region: "us-east-1", clock: Date.now });
 */
export function profileService(options: ServiceOptions): ProfileService {
  const run = operations(options);
  const {
    authenticate,
    authorize = authorizeByDefault,
    region: defaultRegion,
    regions,
    onRequest,
    audit,
  } = options;

  async function serve<O extends OperationName>(
    request: ServiceRequest,
    operation: O,
    progress: Progress,
  ): Promise<object> {
    const principal = await authenticate?.(request);
    if (principal !== undefined) progress.principal = principal;
    else refuseWebPages(request);
    const input: Input<O> = readInput(operation, request.body);
    const region = signedRegion(single(request.headers.authorization)) ?? defaultRegion;
    const userArn = userArnOf(input);
    progress.region = region;
    // A region is a name space: whoever may invent some has as many profiles as there are names.
    if (regions?.includes(region) === false) {
      throw ServiceError.accessDenied(`This service keeps no profiles of the region ${region}.`);
    }
    if (userArn !== undefined) progress.userArn = userArn;
    if (principal !== undefined) authorize(principal, operation, userArn);
    const report = (cause: Error) => {
      progress.cause = cause;
    };
    const scope: Scope = { region, account: principal?.account, report };
    const done = () => (run[operation] as Operation<O>)(input, scope);
    if (audit === undefined || userArn === undefined || !isWrite(operation)) return done();

    const { userArn: _, ...fields } = input as object as Record<string, unknown>;
    const { requestId } = progress;
    const write = { requestId, operation, region, userArn, fields: Object.keys(fields), principal };
    await audit.begin(write);
    try {
      const result = await done();
      audit.end(requestId, "done");
      return result;
    } catch (error) {
      audit.end(requestId, toServiceError(error).name);
      throw error;
    }
  }

  return {
    async handle(request) {
      const progress = begin();
      try {
        const operation = operationOf(request);
        progress.operation = operation;
        onRequest?.(operation);
        const result = await serve(request, operation, progress);
        return respond(200, result, progress);
      } catch (error) {
        if (progress.operation === undefined) onRequest?.(undefined);
        return respondWithError(error, progress);
      }
    },
  };
}

/** The response that tells a client of an error; what is no ServiceError stays inside. */
export function respondWithError(error: unknown, progress: Progress = begin()): ServiceResponse {
  const told = toServiceError(error);
  progress.error = told.name;
  if (told !== error) progress.cause = error;
  return respond(told.status, { __type: told.name, message: told.message }, progress);
}

const begin = (): Progress => ({
  requestId: randomUUID(),
  operation: undefined,
  principal: undefined,
  region: undefined,
  userArn: undefined,
  error: undefined,
  cause: undefined,
});

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof AuditUnavailableError) {
    return ServiceError.serviceUnavailable("Writes cannot be recorded just now, so none is done.");
  }
  if (error instanceof StoreUnavailableError) {
    return error.reason === "throttled"
      ? ServiceError.throttling()
      : ServiceError.serviceUnavailable("The store of the profiles is not available just now.");
  }
  if (error instanceof DamagedProfileError) return ServiceError.internalFailure(error.message);
  return ServiceError.internalFailure();
}

/**
 * Names each member, where a spread of `progress` would cost a twentieth
 * of the server's throughput.
 */
function respond(status: number, result: object, progress: Progress): ServiceResponse {
  const { requestId, operation, principal, region, userArn, error, cause } = progress;
  return {
    status,
    headers: { "content-type": contentType, "x-amzn-RequestId": requestId },
    body: JSON.stringify(result),
    requestId,
    operation,
    principal,
    region,
    userArn,
    error,
    cause,
  };
}

function operationOf({ method, path, headers }: ServiceRequest): OperationName {
  if (path !== "/" && !path.startsWith("/?")) {
    throw ServiceError.unknownOperation("The only path of this service is /.", 404);
  }
  if (method !== "POST") {
    throw ServiceError.unknownOperation("The only method of this service is POST.", 405);
  }
  const target = single(headers["x-amz-target"]);
  if (target === undefined)
    throw ServiceError.unknownOperation("The header X-Amz-Target is missing.");
  const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : "";
  if (!Object.hasOwn(constraints, name)) {
    throw ServiceError.unknownOperation(
      "The header X-Amz-Target names no operation of this service.",
    );
  }
  return name as OperationName;
}

/**
 * A server without authentication listens on loopback only, where a page in a browser on the same
 * machine could still reach it, by a name that resolves to 127.0.0.1. Browsers put Origin on every
 * such POST; the AWS clients never do.
 */
function refuseWebPages({ headers }: ServiceRequest): void {
  if (headers.origin !== undefined) {
    throw ServiceError.accessDenied(
      "Requests from web pages are not served while authentication is off.",
    );
  }
}

const isWrite = (operation: OperationName): operation is WriteOperation =>
  operation === "CreateUserProfile" ||
  operation === "UpdateUserProfile" ||
  operation === "DeleteUserProfile";

const userArnOf = (input: object): string | undefined =>
  (input as { readonly userArn?: string }).userArn;

/** Of the headers read here, node's `http` never keeps more than one value. */
const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
