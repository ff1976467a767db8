import { incompleteSignature } from "./rejection";

/**
 * The headers of a request as they came over the wire. Made from node's `rawHeaders`, since its map of
 * headers keeps only the first of a repeated `Host` or `Authorization`: what is verified would not be
 * what another reader of the request sees.
 */
export class ReceivedHeaders {
  readonly #values = new Map<string, string[]>();

  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = rawHeaders[index]!.toLowerCase();
      const value = rawHeaders[index + 1]!;
      const values = this.#values.get(name);
      if (values) values.push(value);
      else this.#values.set(name, [value]);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of a header that may be given once; undefined when absent. */
  single(name: string): string | undefined {
    const values = this.#values.get(name);
    if (values && values.length > 1) {
      throw incompleteSignature(`Header '${name}' may be given only once.`);
    }
    return values?.[0];
  }

  /** All values of a header in the order received, joined as SigV4 wants them; undefined when absent. */
  joined(name: string): string | undefined {
    const values = this.#values.get(name);
    return values && (values.length === 1 ? values[0] : values.join(","));
  }
}
