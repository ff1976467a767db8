import type { LiveProfile } from "../profile/fields";

/** The two read operations, for one region of one service. */
export interface ProfileReads {
  /** DescribeUserProfile; undefined when the service says there is no such profile. */
  describe(userArn: string): Promise<LiveProfile | undefined>;
  /** One page of ListUserProfiles, from the beginning when no token is given. */
  list(nextToken: string | undefined): Promise<ProfilePage>;
  /** What an error of `list` means for the sweep. */
  sweepFault(error: unknown): "expired token" | "denied" | "other";
}

export interface ProfilePage {
  readonly profiles: readonly LiveProfile[];
  /** Absent on the last page. */
  readonly nextToken?: string;
}

/** Every read of live profiles in a process, and what its own writes made of them. */
export interface Directory {
  /**
   * The live profile, undefined when a Describe or a complete sweep of the list says that there is
   * none. Rejects with the error of its own Describe; a later call may try again.
   */
  find(userArn: string): Promise<LiveProfile | undefined>;
  /** Our own write made the profile what it is now. */
  record(profile: LiveProfile): void;
  /** Our own delete removed the profile. */
  forget(userArn: string): void;
}

/**
 * How long what was read counts, in milliseconds. Long enough that one preview of a thousand
 * profiles rests on one sweep; short enough that an update which runs for hours does not repair
 * from what was true when it began.
 */
export const snapshotLifetime = 5 * 60_000;

/** A stack this small is answered by Describe and the first page, however large the account. */
const smallStack = 3;

/** At most this many pages in a row are fetched for one question before it is put to Describe. */
const pagesInARow = 6;

/** A service that keeps refusing its own tokens cannot be swept: Describe has to do. */
const maxRestarts = 3;

/**
 * A directory whose reads cost at most `2 · min(N, ⌈T/100⌉) + 2` calls for N profiles asked about
 * in an account of T, without knowing either beforehand. Questions come one at a time and each
 * could be the last, so a sweep may not cost more than the questions so far have paid for: every
 * question that the pages seen so far do not answer pays for one Describe and one more page.
 * Either the questions end first (2N calls) or the pages do (2⌈T/100⌉ calls), and a completed
 * sweep answers everything.
 */
export function createDirectory(reads: ProfileReads, now: () => number): Directory {
  let snapshot = new Snapshot(reads);
  let begun = now();
  const current = () => {
    if (now() - begun >= snapshotLifetime) {
      snapshot = new Snapshot(reads);
      begun = now();
    }
    return snapshot;
  };
  return {
    find: (userArn) => current().find(userArn),
    record: (profile) => current().write(profile.userArn, profile),
    forget: (userArn) => current().write(userArn, undefined),
  };
}

class Snapshot {
  /** What our own writes made: newer than any page or Describe that was under way. */
  readonly #written = new Map<string, LiveProfile | undefined>();
  /** What Describe said, undefined where it said that there is none. */
  readonly #described = new Map<string, LiveProfile | undefined>();
  readonly #listed = new Map<string, LiveProfile>();
  readonly #asked = new Set<string>();
  #nextToken: string | undefined;
  readonly #tokensSeen = new Set<string>();
  #complete = false;
  /** False once it is clear that the list cannot be walked; Describe answers everything then. */
  #sweeping = true;
  #restarts = 0;
  #calls = 0;
  /**
   * Questions are answered one after another, so that those that arrive at once share the pages.
   */
  #turn: Promise<unknown> = Promise.resolve();

  readonly #reads: ProfileReads;

  constructor(reads: ProfileReads) {
    this.#reads = reads;
  }

  write(userArn: string, profile: LiveProfile | undefined): void {
    this.#written.set(userArn, profile);
  }

  find(userArn: string): Promise<LiveProfile | undefined> {
    const answer = this.#turn.then(() => this.#answer(userArn));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #answer(userArn: string): Promise<LiveProfile | undefined> {
    this.#asked.add(userArn);
    if (this.#isKnown(userArn)) return this.#known(userArn);
    const pages = this.#pagesPaidFor();
    if (pages === 1 && this.#asked.size > smallStack) {
      // Both are paid for, so neither needs to wait for the other.
      const page = this.#nextPage();
      try {
        await this.#describe(userArn);
      } finally {
        await page;
      }
      return this.#known(userArn);
    }
    for (let page = 0; page < pages && (await this.#nextPage()); page++) {
      if (this.#isKnown(userArn)) return this.#known(userArn);
    }
    await this.#describe(userArn);
    return this.#known(userArn);
  }

  /**
   * How many pages may be fetched for a question before it is put to
   * Describe, which is paid for too.
   */
  #pagesPaidFor(): number {
    if (!this.#sweeping) return 0;
    const asked = this.#asked.size;
    // The second question tries the first page: a small account, or an empty one, ends with it.
    const most = asked > smallStack ? pagesInARow : asked === 2 ? 1 : 0;
    return Math.min(most, 2 * asked + 1 - this.#calls);
  }

  #isKnown(userArn: string): boolean {
    return (
      this.#complete ||
      this.#written.has(userArn) ||
      this.#described.has(userArn) ||
      this.#listed.has(userArn)
    );
  }

  #known(userArn: string): LiveProfile | undefined {
    if (this.#written.has(userArn)) return this.#written.get(userArn);
    if (this.#described.has(userArn)) return this.#described.get(userArn);
    return this.#listed.get(userArn);
  }

  async #describe(userArn: string): Promise<LiveProfile | undefined> {
    this.#calls++;
    const profile = await this.#reads.describe(userArn);
    this.#described.set(userArn, profile);
    return profile;
  }

  /**
   * Whether the walk can go on. It never rejects: a question must not fail for a page when Describe
   * answers it, and a failed page is tried again when one is next needed.
   */
  async #nextPage(): Promise<boolean> {
    this.#calls++;
    let page: ProfilePage;
    try {
      page = await this.#reads.list(this.#nextToken);
    } catch (error) {
      const fault = this.#reads.sweepFault(error);
      // Who may not list may still describe.
      if (fault === "denied") this.#sweeping = false;
      if (fault === "expired token") this.#restart();
      return this.#sweeping && fault !== "other";
    }
    for (const profile of page.profiles) this.#listed.set(profile.userArn, profile);
    if (page.nextToken === undefined) {
      this.#complete = true;
    } else if (this.#tokensSeen.has(page.nextToken)) {
      this.#restart();
    } else {
      this.#tokensSeen.add(page.nextToken);
      this.#nextToken = page.nextToken;
    }
    return this.#sweeping;
  }

  /**
   * What was seen stays; only a walk from the first page to the last may say that one is missing.
   */
  #restart(): void {
    if (++this.#restarts > maxRestarts) this.#sweeping = false;
    this.#nextToken = undefined;
    this.#tokensSeen.clear();
  }
}
