import { type DamagedProfile, type ProfileChange, profileOf, type StoredProfile } from "../store";
import { type Item, profileKey } from "./keys";

export function toItem(region: string, profile: StoredProfile): Item {
  return {
    ...profileKey(region, profile.userArn),
    displayName: { S: profile.displayName },
    emailAddress: { S: profile.emailAddress },
    sshPublicKey: { S: profile.sshPublicKey },
    createdAt: { N: String(profile.createdAt) },
    modifiedAt: { N: String(profile.modifiedAt) },
  };
}

/** A member that was not written here is damaged. */
export function fromItem(item: Item): StoredProfile | DamagedProfile {
  const time = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  return profileOf({
    userArn: item.userArn?.S,
    displayName: item.displayName?.S,
    emailAddress: item.emailAddress?.S,
    sshPublicKey: item.sshPublicKey?.S,
    createdAt: time("createdAt"),
    modifiedAt: time("modifiedAt"),
  });
}

export function changedAttributes(change: ProfileChange): Item {
  const changed: Item = {};
  if (change.displayName !== undefined) changed.displayName = { S: change.displayName };
  if (change.emailAddress !== undefined) changed.emailAddress = { S: change.emailAddress };
  if (change.sshPublicKey !== undefined) changed.sshPublicKey = { S: change.sshPublicKey };
  return changed;
}
