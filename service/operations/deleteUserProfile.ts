import type { Input } from "../api/constraints";
import type { Dependencies, Scope } from "./dependencies";

/**
 * Answers alike for a profile that is not there: the model declares no not-found
 * error for this operation.
 */
export const deleteUserProfile =
  ({ store }: Pick<Dependencies, "store">) =>
  async (
    { userArn }: Input<"DeleteUserProfile">,
    { region }: Scope,
  ): Promise<{ readonly userArn: string }> => {
    await store.delete(region, userArn);
    return { userArn };
  };
