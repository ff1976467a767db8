// The people whose profiles are declared, and the others of the same account.
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

export interface Profile {
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  readonly sshPublicKey: string;
}

/** The profile and the name of its resource. */
export type Person = Profile & { readonly name: string };

const account = "arn:aws:iam::123456789012:user/";

/** The first `count` people, the same ones in every run. */
export function people(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `person-${String(index + 1).padStart(5, "0")}`;
    return { name, ...profile(name, sshPublicKey(name)) };
  });
}

/**
 * Profiles of the account that nobody declares. Their ARNs sort before those of the declared
 * people, so that a sweep of the list meets the declared ones last.
 */
export function others(count: number): Profile[] {
  return Array.from({ length: count }, (_, index) =>
    profile(`other-${String(index + 1).padStart(5, "0")}`, ""),
  );
}

function profile(name: string, key: string): Profile {
  return {
    userArn: `${account}${name}`,
    displayName: `Name of ${name}`,
    emailAddress: `${name}@example.com`,
    sshPublicKey: key,
  };
}

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

function sshPublicKey(name: string): string {
  const key = Buffer.concat([pkcs8, createHash("sha256").update(name).digest()]);
  const privateKey = createPrivateKey({ key, format: "der", type: "pkcs8" });
  const point = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const parts = [Buffer.from("ssh-ed25519"), point].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString("base64")} ${name}`;
}
