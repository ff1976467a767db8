import { CodeStarError } from "../../profile/codeStarError";

/**
 * An error that a client is told. The name is the wire's `__type`. Messages never hold a display
 * name, an e-mail address, a key or a secret.
 *
 * `modelled`: the first four. `assumed`: the others, by the habit of AWS's JSON services.
 *
 * @example
 * const refuseAll: Authorize = (principal) => {
 *   throw ServiceError.accessDenied(`${principal.name} may do nothing today.`);
 * };
 */
export class ServiceError extends CodeStarError {
  constructor(
    readonly status: number,
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }

  static validation(message: string) {
    return new ServiceError(400, "ValidationException", message);
  }

  static userProfileAlreadyExists(userArn: string) {
    return new ServiceError(
      400,
      "UserProfileAlreadyExistsException",
      `A user profile for ${userArn} already exists in this region.`,
    );
  }

  static userProfileNotFound(userArn: string) {
    return new ServiceError(
      404,
      "UserProfileNotFoundException",
      `There is no user profile for ${userArn} in this region.`,
    );
  }

  static invalidNextToken() {
    return new ServiceError(
      400,
      "InvalidNextTokenException",
      "The next token is not one that this service issued for this account and region.",
    );
  }

  static serialization(message: string) {
    return new ServiceError(400, "SerializationException", message);
  }

  /**
   * The status tells what of the request names no operation: 404 the path, 405
   * the method, 400 the target.
   */
  static unknownOperation(message: string, status: 400 | 404 | 405 = 400) {
    return new ServiceError(status, "UnknownOperationException", message);
  }

  static requestEntityTooLarge(limit: number) {
    return new ServiceError(
      413,
      "RequestEntityTooLargeException",
      `The request body is longer than ${limit} bytes.`,
    );
  }

  static accessDenied(message: string) {
    return new ServiceError(400, "AccessDeniedException", message);
  }

  static throttling() {
    return new ServiceError(400, "ThrottlingException", "Rate exceeded.");
  }

  static serviceUnavailable(message: string) {
    return new ServiceError(503, "ServiceUnavailableException", message);
  }

  static internalFailure(
    message = "The request could not be served because of an internal failure.",
  ) {
    return new ServiceError(500, "InternalFailure", message);
  }
}
