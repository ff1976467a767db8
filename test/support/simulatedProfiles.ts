import type { ProfilePage, ProfileReads } from "../../client/directory";
import type { LiveProfile } from "../../profile/fields";

/** What happens to one read; nothing out of the ordinary when a field is absent. */
export interface Disturbance {
  /** Others change these profiles before the service looks at them. */
  readonly before?: readonly Change[];
  /** Others change these after it has looked, while the answer is on its way. */
  readonly after?: readonly Change[];
  readonly fault?: Fault;
}

/** Somebody writes the profile, or deletes it. */
export interface Change {
  readonly userArn: string;
  readonly deleted: boolean;
}

/**
 * `repeated token`: the answer to a list names a page that was there before; a
 * Describe is not disturbed.
 */
export type Fault = "unreachable" | "throttled" | "denied" | "expired token" | "repeated token";

export class ReadError extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

/** One read that was answered, in the order of the answers. */
export type Read =
  | { readonly at: number; readonly described: string; readonly found: boolean }
  | {
      readonly at: number;
      readonly page: ReadonlySet<string>;
      readonly token: string | undefined;
      readonly nextToken: string | undefined;
    };

/**
 * The read half of a profile service with a memory: it knows what was true when. Time is a count of
 * everything that happens. Pages are walked by ARN, as every store of ours does.
 */
export class SimulatedProfiles {
  readonly reads: Read[] = [];
  /** Reads sent, those that failed among them. */
  calls = 0;
  /** The errors of the reads sent, by what was asked for. */
  readonly errors: { readonly described: string | undefined; readonly error: ReadError }[] = [];
  #now = 0;
  readonly #live = new Map<string, LiveProfile>();
  readonly #history = new Map<string, { at: number; profile: LiveProfile | undefined }[]>();
  readonly #disturbances: Disturbance[] = [];

  readonly #pageSize: number;

  constructor(pageSize = 100) {
    this.#pageSize = pageSize;
  }

  /** Writes the profile with a value that it never had before. */
  put(userArn: string): LiveProfile {
    const at = this.tick();
    return this.#set(userArn, {
      userArn,
      displayName: `Version ${at}`,
      emailAddress: "someone@example.com",
      sshPublicKey: "",
    });
  }

  delete(userArn: string): void {
    this.tick();
    this.#set(userArn, undefined);
  }

  /** The reads to come meet these, in order. */
  disturb(...disturbances: Disturbance[]): void {
    this.#disturbances.push(...disturbances);
  }

  /** No read to come is disturbed. */
  calm(): void {
    this.#disturbances.length = 0;
  }

  tick(): number {
    return ++this.#now;
  }

  find(userArn: string): LiveProfile | undefined {
    return this.#live.get(userArn);
  }

  /** Whether the profile was this, or was not there, at some time since. */
  wasTrue(userArn: string, profile: LiveProfile | undefined, since: number): boolean {
    const history = this.#history.get(userArn) ?? [];
    return [{ at: 0, profile: undefined }, ...history].some((entry, index) => {
      const until = history[index]?.at ?? Number.POSITIVE_INFINITY;
      return entry.profile === profile && until > since;
    });
  }

  /**
   * Whether a Describe, or a walk from the first page to the last, has said
   * since that there is none.
   */
  saidMissing(userArn: string, since: number): boolean {
    const reads = this.reads.filter(({ at }) => at >= since);
    if (reads.some((read) => "described" in read && read.described === userArn && !read.found)) {
      return true;
    }
    /** The tokens that a walk without the profile, page by page from the first, has led to. */
    const reached = new Set<string | undefined>([undefined]);
    for (const read of reads) {
      if (!("page" in read) || !reached.has(read.token) || read.page.has(userArn)) continue;
      if (read.nextToken === undefined) return true;
      reached.add(read.nextToken);
    }
    return false;
  }

  readonly port: ProfileReads = {
    describe: (userArn) =>
      this.#read(userArn, () => {
        const profile = this.#live.get(userArn);
        this.reads.push({ at: this.#now, described: userArn, found: profile !== undefined });
        return profile;
      }),
    list: (token) => this.#read(undefined, (fault) => this.#page(token, fault)),
    sweepFault: (error) => {
      const { fault } = error as ReadError;
      return fault === "expired token" || fault === "denied" ? fault : "other";
    },
  };

  async #read<T>(described: string | undefined, look: (fault: Fault | undefined) => T): Promise<T> {
    this.calls++;
    const { before = [], after = [], fault } = this.#disturbances.shift() ?? {};
    await turn();
    for (const change of before) this.#change(change);
    this.tick();
    // Who may describe may not list, and only a list has tokens.
    const refused = described === undefined ? fault !== "repeated token" : isOutage(fault);
    const answer = fault && refused ? new ReadError(fault) : look(fault);
    await turn();
    for (const change of after) this.#change(change);
    if (!(answer instanceof ReadError)) return answer;
    this.errors.push({ described, error: answer });
    throw answer;
  }

  #page(token: string | undefined, fault: Fault | undefined): ProfilePage {
    const rest = [...this.#live.keys()].filter((arn) => token === undefined || arn > token).sort();
    const arns = rest.slice(0, this.#pageSize);
    const last = rest.length > arns.length ? arns.at(-1) : undefined;
    const nextToken = fault === "repeated token" && last !== undefined ? (token ?? last) : last;
    this.reads.push({ at: this.#now, page: new Set(arns), token, nextToken });
    return {
      profiles: arns.map((arn) => this.#live.get(arn)!),
      ...(nextToken !== undefined && { nextToken }),
    };
  }

  #change({ userArn, deleted }: Change): void {
    if (deleted) this.delete(userArn);
    else this.put(userArn);
  }

  #set<P extends LiveProfile | undefined>(userArn: string, profile: P): P {
    if (profile === undefined) this.#live.delete(userArn);
    else this.#live.set(userArn, profile);
    const history = this.#history.get(userArn) ?? [];
    history.push({ at: this.#now, profile });
    this.#history.set(userArn, history);
    return profile;
  }
}

/** All that follows from one answer happens before the next answer arrives. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function isOutage(fault: Fault | undefined): boolean {
  return fault === "unreachable" || fault === "throttled";
}
