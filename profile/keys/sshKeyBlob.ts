import { CodeStarError } from "../codeStarError";

/** What a key blob turned out to be. */
export interface SshKeyBlob {
  /**
   * Of the modulus (RSA), of p (DSA), of the curve (all others);
   * ssh-mldsa44-ed25519 counts as its curve.
   */
  readonly bits: number;
  /** Why the key gives little protection; absent for a strong one. */
  readonly weakness?: string;
}

/**
 * A blob that is not the key it is said to be. The message completes "a key that …" and
 * holds no part of the blob.
 */
export class BrokenKeyBlob extends CodeStarError {}

/**
 * Reads the blob of a public key (RFC 4253, section 6.6) that is said to be of `type`, to
 * its last byte. Throws `BrokenKeyBlob` when anything in it disagrees with that type. It
 * takes no more than OpenSSH takes.
 */
export function readKeyBlob(blob: Buffer, type: SshKeyType): SshKeyBlob {
  const fields = new Fields(blob);
  const named = fields.string("its type").toString("latin1");
  if (named !== type) {
    throw new BrokenKeyBlob(
      isSshKeyType(named)
        ? `is of another type inside (${named})`
        : "does not repeat its type inside, so it is damaged",
    );
  }
  const key = readers[type](fields);
  fields.end();
  return key;
}

export type SshKeyType =
  | "ssh-ed25519"
  | "ecdsa-sha2-nistp256"
  | "ecdsa-sha2-nistp384"
  | "ecdsa-sha2-nistp521"
  | "sk-ssh-ed25519@openssh.com"
  | "sk-ecdsa-sha2-nistp256@openssh.com"
  | "ssh-mldsa44-ed25519@openssh.com"
  | "ssh-rsa"
  | "ssh-dss";

/**
 * RFC 8709; RFC 5656; OpenSSH's PROTOCOL.u2f and ssh-mldsa-eddsa.c (of 10.5); RFC 4253. The order
 * is the one in which they are offered to the reader of a message.
 */
const readers: Record<SshKeyType, (fields: Fields) => SshKeyBlob> = {
  "ssh-ed25519": (fields) => readPoint(fields, ed25519Bytes),
  "ecdsa-sha2-nistp256": (fields) => readEcdsa(fields, "nistp256"),
  "ecdsa-sha2-nistp384": (fields) => readEcdsa(fields, "nistp384"),
  "ecdsa-sha2-nistp521": (fields) => readEcdsa(fields, "nistp521"),
  "sk-ssh-ed25519@openssh.com": (fields) =>
    readApplication(fields, readPoint(fields, ed25519Bytes)),
  "sk-ecdsa-sha2-nistp256@openssh.com": (fields) =>
    readApplication(fields, readEcdsa(fields, "nistp256")),
  "ssh-mldsa44-ed25519@openssh.com": (fields) => readPoint(fields, mldsa44Bytes + ed25519Bytes),
  "ssh-rsa": readRsa,
  "ssh-dss": readDsa,
};

export const sshKeyTypes = Object.keys(readers) as readonly SshKeyType[];

export function isSshKeyType(name: string): name is SshKeyType {
  return Object.hasOwn(readers, name);
}

const ed25519Bytes = 32;
/** FIPS 204, table 2. */
const mldsa44Bytes = 1312;

/** A public key of a fixed length, in which every value is one. */
function readPoint(fields: Fields, bytes: number): SshKeyBlob {
  const { length } = fields.string("its public key");
  if (length !== bytes) {
    throw new BrokenKeyBlob(`has a public key of ${length} bytes where ${bytes} are right`);
  }
  return { bits: 256 };
}

/**
 * The curves y² = x³ − 3x + b over the integers modulo p (SP 800-186, sections 3.2.1.3 to 3.2.1.5).
 */
const curves = {
  nistp256: {
    bits: 256,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  nistp384: {
    bits: 384,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  nistp521: {
    bits: 521,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
} as const;

function readEcdsa(fields: Fields, curve: keyof typeof curves): SshKeyBlob {
  if (fields.string("its curve").toString("latin1") !== curve) {
    throw new BrokenKeyBlob(`does not name the curve ${curve} inside`);
  }
  const { bits, p, b } = curves[curve];
  const point = fields.string("its point");
  const coordinate = Math.ceil(bits / 8);
  // RFC 5656 allows compressed points, but OpenSSH neither writes nor takes them.
  if (point.length !== 1 + 2 * coordinate || point[0] !== 4) {
    throw new BrokenKeyBlob(
      `has a malformed point (right is the byte 04 and two coordinates of ${coordinate} bytes)`,
    );
  }
  const x = integer(point.subarray(1, 1 + coordinate));
  const y = integer(point.subarray(1 + coordinate));
  if (x >= p || y >= p || (y * y - (x * x - 3n) * x - b) % p !== 0n) {
    throw new BrokenKeyBlob(`has a point that does not lie on the curve ${curve}`);
  }
  return { bits };
}

function integer(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** The relying party of a key in a security key, for example `ssh:`. */
function readApplication(fields: Fields, key: SshKeyBlob): SshKeyBlob {
  const application = fields.string("its application").toString("latin1");
  if (!/^[\x21-\x7e]+$/.test(application)) {
    throw new BrokenKeyBlob('has no readable application (usual is "ssh:")');
  }
  return key;
}

/**
 * OpenSSH uses no RSA key below 1024 bits since release 7.6, and reads no integer above 16384 bits.
 */
const rsaBits = { least: 1024, strong: 2048, most: 16384 };

function readRsa(fields: Fields): SshKeyBlob {
  const exponent = fields.positive("its exponent");
  const modulus = fields.positive("its modulus");
  const { bits } = modulus;
  if (bits < rsaBits.least || bits > rsaBits.most) {
    throw new BrokenKeyBlob(
      `has a modulus of ${bits} bits; OpenSSH takes ${rsaBits.least} to ${rsaBits.most}`,
    );
  }
  const { value: e } = exponent;
  const { value: n } = modulus;
  if (n % 2n === 0n || e % 2n === 0n || e < 3n || e >= n) {
    throw new BrokenKeyBlob("has a modulus and an exponent that no RSA key has");
  }
  if (bits < rsaBits.strong) {
    return { bits, weakness: `an RSA key of ${bits} bits, fewer than ${rsaBits.strong}` };
  }
  return { bits };
}

/**
 * RFC 4253: the signature is two numbers of 160 bits, so q has 160. OpenSSH made p of 1024 bits;
 * 3072 is the most of FIPS 186-4.
 */
const dsaBits = { least: 1024, most: 3072, q: 160 };

function readDsa(fields: Fields): SshKeyBlob {
  const p = fields.positive("its p");
  const q = fields.positive("its q");
  const g = fields.positive("its g");
  const y = fields.positive("its y");
  if (p.bits < dsaBits.least || p.bits > dsaBits.most || q.bits !== dsaBits.q) {
    throw new BrokenKeyBlob(
      `has a p of ${p.bits} bits and a q of ${q.bits}; right are 1024 and 160`,
    );
  }
  const inRange = [g, y].every(({ value }) => value > 1n && value < p.value);
  if (p.value % 2n === 0n || q.value % 2n === 0n || !inRange) {
    throw new BrokenKeyBlob("has numbers that no DSA key has");
  }
  return { bits: p.bits, weakness: "a DSA key, a type that OpenSSH has given up" };
}

/**
 * What the blob of a key in base64 names as its type, known or not, whole or cut off after it;
 * undefined when it is no key.
 */
export function typeInside(base64: string): string | undefined {
  const head = Buffer.from(base64.slice(0, longestHead), "base64");
  if (head.length < 4) return undefined;
  const length = head.readUInt32BE(0);
  const name = head.subarray(4, 4 + length).toString("latin1");
  return name.length === length && keyTypeName.test(name) ? name : undefined;
}

/**
 * RFC 4251, section 6: printable ASCII without a comma, at most 64 characters. No
 * type is shorter than four.
 */
const keyTypeName = /^[!-+\--~]{4,64}$/;
/** A length and the longest name, in base64. */
const longestHead = 92;

/** The length-prefixed fields of a blob (RFC 4251, section 5), read in order. */
class Fields {
  #offset = 0;

  readonly #blob: Buffer;

  constructor(blob: Buffer) {
    this.#blob = blob;
  }

  string(what: string): Buffer {
    const start = this.#offset + 4;
    if (start > this.#blob.length) throw this.#cutOff(what);
    const end = start + this.#blob.readUInt32BE(this.#offset);
    if (end > this.#blob.length) throw this.#cutOff(what);
    this.#offset = end;
    return this.#blob.subarray(start, end);
  }

  /** An mpint above zero in its one legal spelling. */
  positive(what: string): { value: bigint; bits: number } {
    const bytes = this.string(what);
    const [first = 0, second = 0] = bytes;
    const padded = first === 0 && bytes.length > 0;
    if (first >= 0x80 || (padded && second < 0x80)) {
      throw new BrokenKeyBlob(`spells ${what} in a way that no program writes`);
    }
    if (bytes.length === 0) throw new BrokenKeyBlob(`has zero for ${what}`);
    const value = integer(bytes);
    const leading = padded ? second : first;
    const bits = (bytes.length - (padded ? 2 : 1)) * 8 + 32 - Math.clz32(leading);
    return { value, bits };
  }

  end(): void {
    const rest = this.#blob.length - this.#offset;
    if (rest > 0) throw new BrokenKeyBlob(`goes on for ${rest} bytes after its last part`);
  }

  #cutOff(what: string): BrokenKeyBlob {
    return new BrokenKeyBlob(`ends in the middle of ${what}: cut off, wrapped or damaged`);
  }
}
