import type { Drift, ProfileState } from "../../profile/fields";
import type { Props } from "../lifecycle/lifecycle";
import { profileLifecycle, profileName } from "../lifecycle/profile";
import type { Session } from "../lifecycle/session";
import { dynamicProvider } from "./adapter";

export const profileProvider = (session: Session) =>
  dynamicProvider(session, profileLifecycle(session), {
    name: profileName,
    show: (drift: Drift) => ({ _drift: drift }),
    refreshedInputs: ({
      createdTimestamp: _c,
      lastModifiedTimestamp: _m,
      ...inputs
    }: ProfileState): Props => inputs,
  });
