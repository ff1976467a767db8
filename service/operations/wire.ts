import type { DamagedProfile, StoredProfile } from "../store/store";

/** A profile as Create, Describe and Update answer it. */
export interface WireProfile extends WireSummary {
  /** Epoch seconds with a fraction of milliseconds. */
  readonly createdTimestamp: number;
  readonly lastModifiedTimestamp: number;
}

/** A profile as List answers it: without times, as the model has it. */
export interface WireSummary {
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  /** `""` without a key, as AWS's recorded replies have it. */
  readonly sshPublicKey: string;
}

/** Of a damaged profile, the members that can be read: a client sees that the profile is there. */
export type WireDamagedSummary = Pick<WireSummary, "userArn"> & {
  readonly [Member in keyof WireSummary]?: WireSummary[Member] | undefined;
};

export function wireSummary(
  profile: StoredProfile | DamagedProfile,
): WireSummary | WireDamagedSummary {
  return {
    userArn: profile.userArn,
    displayName: profile.displayName,
    emailAddress: profile.emailAddress,
    sshPublicKey: profile.sshPublicKey,
  };
}

/**
 * Names each member instead of spreading a summary: JSON.stringify takes
 * thrice as long over a spread.
 */
export function wireProfile(profile: StoredProfile): WireProfile {
  return {
    userArn: profile.userArn,
    displayName: profile.displayName,
    emailAddress: profile.emailAddress,
    sshPublicKey: profile.sshPublicKey,
    createdTimestamp: profile.createdAt / 1000,
    lastModifiedTimestamp: profile.modifiedAt / 1000,
  };
}
