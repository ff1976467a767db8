import { CodeStarError } from "../profile/codeStarError";

/**
 * A foreseeable failure, one sentence for the user. The host prints check, diff, read and
 * delete errors as `${error}: ${error.stack}`: the sentence takes the place of the stack, which
 * would tell a user nothing.
 */
export class Failure extends CodeStarError {
  constructor(
    /** What was being done, for example "deleting CodeStar user profile arn:…". */
    readonly doing: string,
    /** Why it failed and what to do. */
    readonly reason: string,
  ) {
    super(`${doing}: ${reason}`);
    this.name = "Failure";
    this.stack = reason;
  }

  override toString(): string {
    return this.doing;
  }
}

/**
 * An answer that no CodeStar service gives; to be told from a profile without
 * any field, which drifted.
 */
export class UnexpectedAnswer extends CodeStarError {
  override name = "UnexpectedAnswer";
}

export function isFault(error: unknown, name: string): boolean {
  return (error as { name?: string } | undefined)?.name === name;
}
