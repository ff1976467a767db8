import { incompleteSignature } from "./rejection";

/**
 * The headers of a request as they came over the wire. Made from node's `rawHeaders`, since its map
 * of headers keeps only the first of a repeated `Host` or `Authorization`: what is verified would
 * not be what another reader of the request sees.
 */
export class ReceivedHeaders {
  readonly #values = new Map<string, string>();
  #repeated: Set<string> | undefined;

  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = rawHeaders[index]!.toLowerCase();
      const value = rawHeaders[index + 1]!;
      const earlier = this.#values.get(name);
      if (earlier === undefined) {
        this.#values.set(name, value);
        continue;
      }
      this.#repeated ??= new Set();
      this.#repeated.add(name);
      this.#values.set(name, `${earlier},${value}`);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of a header that may be given once; undefined when absent. */
  single(name: string): string | undefined {
    if (this.#repeated?.has(name)) {
      throw incompleteSignature(`Header '${name}' may be given only once.`);
    }
    return this.#values.get(name);
  }

  /**
   * All values of a header in the order received, joined as SigV4 wants
   * them; undefined when absent.
   */
  joined(name: string): string | undefined {
    return this.#values.get(name);
  }
}
