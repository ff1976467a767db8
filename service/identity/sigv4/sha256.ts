import { createHash, createHmac, type Hash, type Hmac, hash } from "node:crypto";

type Key = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or HMAC-SHA-256 when given a key, in the form that the AWS SDK's signer asks for. */
export class Sha256 {
  readonly #key: Key | undefined;
  #hash: Hash | Hmac;

  constructor(key?: Key) {
    this.#key = key;
    this.#hash = start(key);
  }

  update(chunk: string | Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = start(this.#key);
  }
}

function start(key: Key | undefined): Hash | Hmac {
  if (key === undefined) return createHash("sha256");
  return createHmac("sha256", typeof key === "string" ? key : bytesOf(key));
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export function sha256Hex(data: Uint8Array): string {
  return hash("sha256", data, "hex");
}
