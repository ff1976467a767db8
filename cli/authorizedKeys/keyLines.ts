import { readSshPublicKeys } from "../../provider/sshPublicKey";

/**
 * The lines of an authorized_keys file that a profile's `sshPublicKey` text stands for: for each strong key
 * on a line of its own, its type, its base64 and `comment`. Nothing else of the text comes through: no
 * option, no comment, no weak or damaged key. A text with a private key in it gives no lines at all, for
 * whoever reads profiles then holds that key.
 */
export function authorizedKeyLines(text: string, comment: string): string[] {
  const keys = new Set<string>();
  for (const line of text.split(/\r\n|\n|\r/)) {
    const { keys: read, problem } = readSshPublicKeys(line, rules);
    if (problem?.includes("private key")) return [];
    const [key] = read ?? [];
    const [, type, base64] = /^[ \t]*([^ \t]+)[ \t]+([A-Za-z0-9+/=]+)/.exec(line) ?? [];
    if (key === undefined || type !== key.type) continue;
    // What is printed has itself been read, and is the key that was found.
    const written = `${type} ${base64}`;
    const [again] = readSshPublicKeys(written, rules).keys ?? [];
    if (again?.fingerprint === key.fingerprint) keys.add(written);
  }
  return [...keys].map((key) => `${key} ${comment}`);
}

const rules = { allowWeakKeys: false };
