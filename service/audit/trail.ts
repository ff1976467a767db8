import { CodeStarError } from "../../profile/codeStarError";
import type { OperationName } from "../api/constraints";
import type { Principal } from "../api/principal";

export type WriteOperation = Exclude<OperationName, "DescribeUserProfile" | "ListUserProfiles">;

/** A write that is about to be done: whose profile, by whom, which members; never their values. */
export interface AuditedWrite {
  readonly requestId: string;
  readonly operation: WriteOperation;
  readonly region: string;
  readonly userArn: string;
  /** The members that the request gives, without `userArn`. */
  readonly fields: readonly string[];
  /** Nobody while authentication is off. */
  readonly principal: Principal | undefined;
}

/**
 * A record of who wrote what. A write is begun only once its record would survive a crash, so there
 * is no write without one; what is left without an outcome may or may not have been done.
 */
export interface AuditTrail {
  /**
   * Settles when the record is durable. Rejects with AuditUnavailableError, and then
   * nothing is to be written.
   */
  begin(write: AuditedWrite): Promise<void>;
  /** `done`, or the name of the error that the client was told. */
  end(requestId: string, outcome: string): void;
  /**
   * Rejects with AuditUnavailableError while the trail is known not to keep records.
   * Cheap enough for a probe.
   */
  health?(): Promise<void>;
}

/**
 * The trail cannot be written just now. The message names the file and the reason.
 *
 * @example
 * const memory: string[] = [];
 * const audit: AuditTrail = {
 *   async begin(write) {
 *     if (memory.length > 10_000) throw new AuditUnavailableError("the trail is full");
 *     memory.push(write.requestId);
 *   },
 *   end() {},
 * };
 */
export class AuditUnavailableError extends CodeStarError {
  override readonly name = "AuditUnavailableError";
}
