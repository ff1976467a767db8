// The people whose profiles are declared, and the others of the same account.
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

/**
 * @typedef {object} Profile
 * @property {string} userArn
 * @property {string} displayName
 * @property {string} emailAddress
 * @property {string} sshPublicKey
 *
 * @typedef {Profile & { name: string }} Person The profile and the name of its resource.
 */

const account = "arn:aws:iam::123456789012:user/";

/**
 * The first `count` people, the same ones in every run.
 *
 * @param {number} count
 * @returns {Person[]}
 */
export function people(count) {
  return Array.from({ length: count }, (_, index) => {
    const name = `person-${String(index + 1).padStart(5, "0")}`;
    return { name, ...profile(name, sshPublicKey(name)) };
  });
}

/**
 * Profiles of the account that nobody declares. Their ARNs sort before those of the declared people, so that a sweep of
 * the list meets the declared ones last.
 *
 * @param {number} count
 * @returns {Profile[]}
 */
export function others(count) {
  return Array.from({ length: count }, (_, index) =>
    profile(`other-${String(index + 1).padStart(5, "0")}`, ""),
  );
}

/**
 * @param {string} name
 * @param {string} key
 * @returns {Profile}
 */
function profile(name, key) {
  return {
    userArn: `${account}${name}`,
    displayName: `Name of ${name}`,
    emailAddress: `${name}@example.com`,
    sshPublicKey: key,
  };
}

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** @param {string} name */
function sshPublicKey(name) {
  const seed = createHash("sha256").update(name).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8, seed]),
    format: "der",
    type: "pkcs8",
  });
  const point = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const parts = [Buffer.from("ssh-ed25519"), point].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString("base64")} ${name}`;
}
