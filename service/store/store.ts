import { CodeStarError } from "../../profile/codeStarError";

/** One user profile as a store keeps it. Times are epoch milliseconds. */
export interface StoredProfile {
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  /** `""` when the profile has no key. */
  readonly sshPublicKey: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/**
 * A profile that is there and cannot be read whole: its stored bytes are no text any more, or a
 * member is missing. The members that can be read are given.
 */
export interface DamagedProfile extends Partial<StoredProfile> {
  readonly userArn: string;
  /** The members that cannot be read. */
  readonly damaged: readonly string[];
}

/** The members an update may set; an absent one keeps its value. */
export type ProfileChange = Partial<
  Pick<StoredProfile, "displayName" | "emailAddress" | "sshPublicKey">
>;

/** Which profiles of a region a page has. */
export interface ListRequest {
  /** Only profiles whose ARN starts with this text (an account's name space); all when absent. */
  readonly arnPrefix?: string;
  /** Only profiles whose ARN sorts after this one (by code unit); from the first when absent. */
  readonly after?: string;
  /** At most this many. */
  readonly limit: number;
}

/**
 * A profile that was asked for cannot be read whole. The message names the ARN and the
 * members, and how to repair them.
 *
 * @example
 * const store = await openStore("file:profiles.db");
 * const userArn = "arn:aws:iam::123456789012:user/ada";
 * const profile = await store.find("us-east-1", userArn).catch((error: unknown) => {
 *   if (error instanceof DamagedProfileError) return undefined;
 *   throw error;
 * });
 */
export class DamagedProfileError extends CodeStarError {
  override readonly name = "DamagedProfileError";

  constructor({ userArn, damaged }: DamagedProfile) {
    super(
      `The stored profile of ${userArn} is damaged (${damaged.join(", ")}): update these members, or delete the profile and create it again.`,
    );
  }
}

/** A profile of the members that could be read. */
export function profileOf(
  members: {
    readonly [Member in keyof StoredProfile]: StoredProfile[Member] | undefined;
  },
): StoredProfile | DamagedProfile {
  const damaged = Object.entries(members)
    .filter(([, value]) => value === undefined)
    .map(([member]) => member);
  if (damaged.length === 0) return members as StoredProfile;
  return { ...members, userArn: members.userArn ?? "", damaged } as DamagedProfile;
}

/** The profile itself. Throws a DamagedProfileError unless it is whole. */
export function requireWhole(profile: StoredProfile | DamagedProfile): StoredProfile {
  if ("damaged" in profile) throw new DamagedProfileError(profile);
  return profile;
}

/**
 * Where profiles live. Every method settles only when its effect would survive a crash of the
 * process (`memory:` excepted). Regions are separate name spaces. A store keeps nothing in memory
 * that another process using the same store would need.
 */
export interface ProfileStore {
  /** Creates the profile; answers false, and changes nothing, when the ARN exists in the region. */
  create(region: string, profile: StoredProfile): Promise<boolean>;
  /** Rejects with DamagedProfileError when the profile cannot be read whole. */
  find(region: string, userArn: string): Promise<StoredProfile | undefined>;
  /**
   * Applies the change atomically; answers the profile as it is now, undefined when there is
   * none. `modifiedAt` never falls: a profile that another clock marked later keeps that
   * time. Rejects with DamagedProfileError when members that the change does not set cannot
   * be read; the change is applied.
   */
  update(
    region: string,
    userArn: string,
    change: ProfileChange,
    modifiedAt: number,
  ): Promise<StoredProfile | undefined>;
  /** Answers whether there was a profile to delete. */
  delete(region: string, userArn: string): Promise<boolean>;
  /**
   * Profiles in the order of their ARNs, by code unit. A damaged profile does not keep the others
   * from being listed; one whose ARN itself cannot be read is left out.
   */
  list(region: string, request: ListRequest): Promise<readonly (StoredProfile | DamagedProfile)[]>;
  /**
   * Rejects with StoreUnavailableError while the store is known not to keep what is written to it:
   * its file was deleted or replaced, its disk is full. Cheap enough for a probe each second;
   * calls nothing over a network.
   */
  health(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A store that cannot be reached, or has no capacity to spare, just now: the same call may succeed
 * later. A write that ends this way may or may not have been applied. The message names the store,
 * never a credential nor what a profile holds.
 *
 * @example
 * const store = await openStore("file:profiles.db");
 * const isReady = await store.health().then(
 *   () => true,
 *   (error: unknown) => !(error instanceof StoreUnavailableError),
 * );
 */
export class StoreUnavailableError extends CodeStarError {
  override readonly name = "StoreUnavailableError";

  constructor(
    message: string,
    /** `throttled`: the store itself asked for fewer calls. `unreachable`: everything else. */
    readonly reason: "throttled" | "unreachable",
  ) {
    super(message);
  }
}
