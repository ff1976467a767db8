import type { Operation, openTransport, Reply } from "../../../client/transport";
import type { LiveProfiles } from "./liveProfiles";
import type { Random } from "./random";

interface Request {
  perform(): void;
  /** Once it is performed. */
  answer?: () => void;
}

/** All that follows from one event happens before the next. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Longer than any operation takes on a busy machine, in milliseconds. */
const patience = 60_000;

/**
 * Carries requests to the profiles and answers back, one thing at a time, in an order that follows
 * from a seed: a request may overtake another, and an answer may come long after what it tells of.
 */
export class Network {
  readonly #requests: Request[] = [];
  #closed = false;

  readonly #profiles: LiveProfiles;
  readonly #random: Random;

  constructor(profiles: LiveProfiles, random: Random) {
    this.#profiles = profiles;
    this.#random = random;
  }

  /** What takes the place of client/transport.ts in a process. */
  transportOf(process: string): typeof openTransport {
    return ({ region: configured = "" }, region = configured) => ({
      send: (operation, input) => this.#send(process, operation, region, input),
      region: async () => region,
      close: () => {},
    });
  }

  #send(process: string, operation: Operation, region: string, input: object) {
    return new Promise<Reply>((resolve, reject) => {
      const request: Request = {
        perform: () => {
          try {
            const reply = this.#profiles.perform(operation, region, input, process);
            request.answer = () => resolve(reply);
          } catch (error) {
            request.answer = () => reject(error);
          }
        },
      };
      // Nobody hears from a process that is gone.
      if (!this.#closed) this.#requests.push(request);
    });
  }

  /**
   * Delivers until the operation has ended, or everything stops after so many events, as if the
   * engine and its processes were killed. What was on its way by then may arrive or not.
   */
  async carry<T>(operation: Promise<T>, stopAfter: number): Promise<T | "killed"> {
    let ended: { value: T } | { error: unknown } | undefined;
    operation.then(
      (value) => {
        ended = { value };
      },
      (error: unknown) => {
        ended = { error };
      },
    );
    const begun = Date.now();
    for (let events = 0; ended === undefined; ) {
      for (let turns = 1 + this.#random.below(4); turns > 0; turns--) await turn();
      if (ended !== undefined || this.#requests.length === 0) {
        if (Date.now() - begun > patience) throw new Error("the operation never ends");
        continue;
      }
      if (events++ >= stopAfter) return this.#kill();
      const index = this.#random.below(this.#requests.length);
      const request = this.#requests[index]!;
      if (request.answer === undefined) {
        request.perform();
      } else {
        this.#requests.splice(index, 1);
        request.answer();
      }
    }
    if ("error" in ended) throw (ended as { error: unknown }).error;
    return (ended as { value: T }).value;
  }

  #kill(): "killed" {
    this.#closed = true;
    for (const request of this.#requests.splice(0)) {
      if (request.answer === undefined && this.#random.below(2) === 0) request.perform();
    }
    return "killed";
  }
}
