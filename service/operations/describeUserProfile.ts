import type { Input } from "../api/constraints";
import { ServiceError } from "../api/errors";
import type { Dependencies, Scope } from "./dependencies";
import { type WireProfile, wireProfile } from "./wire";

export const describeUserProfile =
  ({ store }: Pick<Dependencies, "store">) =>
  async ({ userArn }: Input<"DescribeUserProfile">, { region }: Scope): Promise<WireProfile> => {
    const profile = await store.find(region, userArn);
    if (profile === undefined) throw ServiceError.userProfileNotFound(userArn);
    return wireProfile(profile);
  };
