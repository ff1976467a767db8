import type { OperationName } from "./constraints";
import type { Principal } from "./principal";

/** A request as it came in, over HTTP or in process, before anything of it is believed. */
export interface ServiceRequest {
  readonly method: string;
  /** Path and query as sent: `/`. */
  readonly path: string;
  /** By lower-case name. Of a header sent twice, what node's `http` keeps. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values in turn, as sent: what a signature is verified against. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

/** Tells who signed the request. Throws a ServiceError when nobody known did. */
export type Authenticate = (request: ServiceRequest) => Promise<Principal> | Principal;

/**
 * Throws an AccessDeniedException unless the principal may do this. `userArn` is absent for List.
 */
export type Authorize = (
  principal: Principal,
  operation: OperationName,
  userArn: string | undefined,
) => void;
