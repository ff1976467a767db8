import { ServiceError } from "../../api/errors";

// CodeStar declares no error for a bad signature. Names and texts are those of AWS's JSON services,
// and so is the status 400, where services of other protocols answer 403: assumed.

/** The request carries no SigV4 signature. */
export function missingAuthenticationToken(): ServiceError {
  return new ServiceError(
    400,
    "MissingAuthenticationTokenException",
    "Request is missing Authentication Token",
  );
}

/** The signature cannot be read, or lacks a part. */
export function incompleteSignature(reason: string): ServiceError {
  return new ServiceError(400, "IncompleteSignatureException", reason);
}

/** The access key is not known, or its session token is missing, wrong or not wanted. */
export function unrecognizedClient(): ServiceError {
  return new ServiceError(
    400,
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
  );
}

/** The signature can be read and does not hold. */
export function invalidSignature(reason: string): ServiceError {
  return new ServiceError(400, "InvalidSignatureException", reason);
}
