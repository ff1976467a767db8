import { isOfAccount } from "../api/accounts";
import type { OperationName } from "../api/constraints";
import { ServiceError } from "../api/errors";
import type { Principal } from "../api/principal";

/**
 * `account`: profiles of the principal's account; `own`: the profile of the principal's own ARN.
 */
type Reach = "account" | "own";

/**
 * What a principal who is no administrator may do, as the policies that CodeStar attached to
 * project members had it: everyone reads every profile of the account, each writes their own.
 * Administrators (`AWSCodeStarFullAccess`) reach the whole account with every operation.
 * Nobody reaches another account.
 */
const reaches: Readonly<Record<OperationName, Reach>> = {
  CreateUserProfile: "own",
  DescribeUserProfile: "account",
  UpdateUserProfile: "own",
  DeleteUserProfile: "own",
  ListUserProfiles: "account",
};

/**
 * Throws AccessDeniedException unless the principal may run the operation on the
 * profile of `userArn`. ListUserProfiles alone has no ARN; its caller confines the list
 * to the principal's account.
 *
 * @example
 * const noDeletes: Authorize = (principal, operation, userArn) => {
 *   authorize(principal, operation, userArn);
 *   if (operation === "DeleteUserProfile") throw ServiceError.accessDenied("Nobody deletes.");
 * };
 * const server = await startServer({ store: "file:profiles.db", authorize: noDeletes });
 */
export function authorize(principal: Principal, operation: OperationName, userArn?: string): void {
  if (userArn === undefined) {
    if (operation === "ListUserProfiles") return;
    throw denied(principal, operation, "no user profile", "the request names none");
  }
  if (!isOfAccount(userArn, principal.account)) {
    throw denied(principal, operation, userArn, "it belongs to another account");
  }
  if (principal.administrator || reaches[operation] === "account") return;
  if (principal.userArn === undefined || principal.userArn !== userArn) {
    throw denied(principal, operation, userArn, "only administrators write the profiles of others");
  }
}

function denied(
  principal: Principal,
  operation: OperationName,
  resource: string,
  reason: string,
): ServiceError {
  const who = principal.userArn ?? `${principal.name} of account ${principal.account}`;
  return ServiceError.accessDenied(
    `User: ${who} is not authorized to perform: codestar:${operation} on resource: ${resource}, because ${reason}`,
  );
}
