/**
 * An error that a client is told. The name is the wire's `__type`. Messages never hold a display name, an
 * e-mail address, a key or a secret.
 *
 * `modelled`: the first four. `assumed`: the others, by the habit of AWS's JSON services.
 */
export class ServiceError extends Error {
  constructor(
    override readonly name: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  static validation(message: string) {
    return new ServiceError("ValidationException", 400, message);
  }

  static userProfileAlreadyExists(userArn: string) {
    return new ServiceError(
      "UserProfileAlreadyExistsException",
      400,
      `A user profile for ${userArn} already exists in this region.`,
    );
  }

  static userProfileNotFound(userArn: string) {
    return new ServiceError(
      "UserProfileNotFoundException",
      404,
      `There is no user profile for ${userArn} in this region.`,
    );
  }

  static invalidNextToken() {
    return new ServiceError(
      "InvalidNextTokenException",
      400,
      "The next token is not one that this service issued for this account and region.",
    );
  }

  static serialization(message: string) {
    return new ServiceError("SerializationException", 400, message);
  }

  /** The status tells what of the request names no operation: 404 the path, 405 the method, 400 the target. */
  static unknownOperation(message: string, status: 400 | 404 | 405 = 400) {
    return new ServiceError("UnknownOperationException", status, message);
  }

  static requestEntityTooLarge(limit: number) {
    return new ServiceError(
      "RequestEntityTooLargeException",
      413,
      `The request body is longer than ${limit} bytes.`,
    );
  }

  static accessDenied(message: string) {
    return new ServiceError("AccessDeniedException", 400, message);
  }

  static missingAuthenticationToken(message: string) {
    return new ServiceError("MissingAuthenticationTokenException", 400, message);
  }

  static incompleteSignature(message: string) {
    return new ServiceError("IncompleteSignatureException", 400, message);
  }

  static invalidSignature(message: string) {
    return new ServiceError("InvalidSignatureException", 400, message);
  }

  static unrecognizedClient(message: string) {
    return new ServiceError("UnrecognizedClientException", 400, message);
  }

  static throttling() {
    return new ServiceError("ThrottlingException", 400, "Rate exceeded.");
  }

  static serviceUnavailable(message: string) {
    return new ServiceError("ServiceUnavailableException", 503, message);
  }

  static internalFailure() {
    return new ServiceError(
      "InternalFailure",
      500,
      "The request could not be served because of an internal failure.",
    );
  }
}
