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

/** The members an update may set; an absent one keeps its value. */
export type ProfileChange = Partial<
  Pick<StoredProfile, "displayName" | "emailAddress" | "sshPublicKey">
>;

export interface ListRequest {
  /** Only profiles whose ARN starts with this text (an account's name space); all when absent. */
  readonly arnPrefix?: string;
  /** Only profiles whose ARN sorts after this one (by code unit); from the first when absent. */
  readonly after?: string;
  /** At most this many. */
  readonly limit: number;
}

/**
 * Where profiles live. Every method settles only when its effect would survive a crash of the process
 * (`memory:` excepted). Regions are separate name spaces. A store keeps nothing in memory that another
 * process using the same store would need.
 */
export interface ProfileStore {
  /** Creates the profile; answers false, and changes nothing, when the ARN exists in the region. */
  create(region: string, profile: StoredProfile): Promise<boolean>;
  find(region: string, userArn: string): Promise<StoredProfile | undefined>;
  /** Applies the change atomically; answers the profile as it is now, undefined when there is none. */
  update(
    region: string,
    userArn: string,
    change: ProfileChange,
    modifiedAt: number,
  ): Promise<StoredProfile | undefined>;
  /** Answers whether there was a profile to delete. */
  delete(region: string, userArn: string): Promise<boolean>;
  /** Profiles in the order of their ARNs, by code unit. */
  list(region: string, request: ListRequest): Promise<readonly StoredProfile[]>;
  close(): Promise<void>;
}

/**
 * A store that cannot be reached, or has no capacity to spare, just now: the same call may succeed later.
 * A write that ends this way may or may not have been applied. The message names the store, never a
 * credential nor what a profile holds.
 */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";

  constructor(
    message: string,
    /** `throttled`: the store itself asked for fewer calls. `unreachable`: everything else. */
    readonly reason: "throttled" | "unreachable",
  ) {
    super(message);
  }
}
