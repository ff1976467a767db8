import { createECDH, generateKeyPairSync, type KeyObject } from "node:crypto";

/** A length-prefixed field of a key blob (RFC 4251). */
export function field(value: Buffer | string): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive integer as RFC 4251 spells it: no leading zero but one before a set top bit. */
export function mpint(value: bigint): Buffer {
  if (value === 0n) return field("");
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  return field(Buffer.from(hex, "hex"));
}

export function blobOf(...fields: (Buffer | string)[]): Buffer {
  return Buffer.concat(fields.map((part) => (typeof part === "string" ? field(part) : part)));
}

/** A line of a .pub file. */
export function line(type: string, blob: Buffer, comment = ""): string {
  return `${type} ${blob.toString("base64")}${comment && ` ${comment}`}`;
}

export function ed25519Blob(point: Buffer): Buffer {
  return blobOf("ssh-ed25519", field(point));
}

export function rsaBlob(key: KeyObject): Buffer {
  const { n, e } = key.export({ format: "jwk" });
  return blobOf("ssh-rsa", mpint(number(e!)), mpint(number(n!)));
}

const curves = { nistp256: "prime256v1", nistp384: "secp384r1", nistp521: "secp521r1" } as const;
export type Curve = keyof typeof curves;

/** A fresh uncompressed point of the curve. */
export function pointOf(curve: Curve): Buffer {
  return createECDH(curves[curve]).generateKeys();
}

export function ecdsaBlob(curve: Curve, point = pointOf(curve)): Buffer {
  return blobOf(`ecdsa-sha2-${curve}`, curve, field(point));
}

export function newRsaKey(bits: number): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: bits }).publicKey;
}

function number(base64url: string): bigint {
  return BigInt(`0x${Buffer.from(base64url, "base64url").toString("hex")}`);
}
