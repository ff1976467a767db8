import type { Input } from "../api/constraints";
import { ServiceError } from "../api/errors";
import type { StoredProfile } from "../store/store";
import type { Dependencies, Scope } from "./dependencies";
import { type WireProfile, wireProfile } from "./wire";

export const createUserProfile =
  ({ store, clock }: Pick<Dependencies, "store" | "clock">) =>
  async (input: Input<"CreateUserProfile">, { region }: Scope): Promise<WireProfile> => {
    const now = clock();
    const profile: StoredProfile = {
      userArn: input.userArn,
      displayName: input.displayName,
      emailAddress: input.emailAddress,
      sshPublicKey: input.sshPublicKey ?? "",
      createdAt: now,
      modifiedAt: now,
    };
    if (!(await store.create(region, profile))) {
      throw ServiceError.userProfileAlreadyExists(input.userArn);
    }
    return wireProfile(profile);
  };
