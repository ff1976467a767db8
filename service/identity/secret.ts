import { inspect } from "node:util";

/**
 * A text that shows as `[secret]` wherever it is printed, logged or serialized; `reveal` alone
 * gives it away. The private field keeps it out of `util.inspect` with `showHidden` too.
 *
 * @example
 * const secret = new Secret(process.env.ADAS_SECRET!);
 * console.log(`${secret}`); // [secret]
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
