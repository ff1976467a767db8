import { holdsPrivateKey } from "../../profile/keys/privateKey";
import { readSshPublicKeys } from "../../profile/keys/sshPublicKey";

/**
 * The lines of an authorized_keys file that a profile's `sshPublicKey` text stands for: for each
 * strong key on a line of its own, its type, its base64 and `comment`. Nothing else of the text
 * comes through: no option, no comment, no weak or damaged key. A text with a private key in it
 * gives no lines at all, for whoever reads profiles then holds that key.
 */
export function authorizedKeyLines(text: string, comment: string): string[] {
  if (holdsPrivateKey(text)) return [];
  const keys = new Set<string>();
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, type, base64] = lineStart.exec(line) ?? [];
    if (type === undefined || base64 === undefined) continue;
    // What is printed has itself been read, without what stands after it on its line.
    const key = `${type} ${base64}`;
    if (readSshPublicKeys(key, { allowWeakKeys: false }).keys) keys.add(key);
  }
  return [...keys].map((key) => `${key} ${comment}`);
}

const lineStart = /^[ \t]*([^ \t]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t]|$)/;
