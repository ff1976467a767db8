// Somebody who changes profiles with the AWS SDK and does not know of Pulumi.
import { createHash, generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { region, store } from "./stack.mjs";

const require = createRequire(import.meta.url);

/**
 * @typedef {object} Outsider
 * @property {() => Promise<Profile[]>} list Every profile, by ARN.
 * @property {(userArn: string, values: Partial<Profile>) => Promise<void>} update
 * @property {() => void} close
 *
 * @typedef {{ userArn: string; displayName?: string; emailAddress?: string; sshPublicKey?: string }} Profile
 */

/** @returns {Outsider} */
export function outsider() {
  // Loaded here, for neither is there before the packages are installed
  // and the service is compiled.
  const sdk = require("@aws-sdk/client-codestar");
  const { embeddedRequestHandler } = require("../../dist/service/embedded.js");
  const client = new sdk.CodeStarClient({
    region,
    // The service in process serves whoever can read its file; the SDK wants some
    // credentials to sign with.
    credentials: { accessKeyId: "demo", secretAccessKey: "demo" },
    requestHandler: embeddedRequestHandler({ store }),
  });
  return {
    async list() {
      const { userProfiles } = await client.send(new sdk.ListUserProfilesCommand({}));
      const profiles = /** @type {Profile[]} */ (userProfiles);
      return profiles.sort((a, b) => (a.userArn < b.userArn ? -1 : 1));
    },
    async update(userArn, values) {
      await client.send(new sdk.UpdateUserProfileCommand({ userArn, ...values }));
    },
    close: () => client.destroy(),
  };
}

/**
 * A new key as `ssh-keygen -t ed25519` makes it; its private half is forgotten at once.
 *
 * @param {string} comment
 */
export function newSshPublicKey(comment) {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const parts = [Buffer.from("ssh-ed25519"), Buffer.from(x, "base64url")];
  const blob = Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
  return `ssh-ed25519 ${blob.toString("base64")} ${comment}`;
}

/**
 * The fingerprint as `ssh-keygen -l` prints it.
 *
 * @param {string} sshPublicKey
 */
export function fingerprint(sshPublicKey) {
  const [, blob = ""] = sshPublicKey.split(" ");
  const hash = createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}
