import type { Input } from "../api/constraints";
import { ServiceError } from "../api/errors";
import type { Dependencies, Scope } from "./dependencies";
import { type WireProfile, wireProfile } from "./wire";

/**
 * Sets the members that are given. Assumed, since no source says: an update without
 * any is accepted, and every accepted update raises `lastModifiedTimestamp`,
 * whether or not a value differs.
 */
export const updateUserProfile =
  ({ store, clock }: Pick<Dependencies, "store" | "clock">) =>
  async (input: Input<"UpdateUserProfile">, { region }: Scope): Promise<WireProfile> => {
    const { userArn, ...change } = input;
    const profile = await store.update(region, userArn, change, clock());
    if (profile === undefined) throw ServiceError.userProfileNotFound(userArn);
    return wireProfile(profile);
  };
