import { holdsPrivateKey } from "./privateKey";
import {
  BrokenKeyBlob,
  isSshKeyType,
  readKeyBlob,
  type SshKeyType,
  sshKeyTypes,
  typeInside,
} from "./sshKeyBlob";

/** One OpenSSH public key. */
export interface SshPublicKey {
  /** The name of its type, for example `ssh-ed25519`. */
  readonly type: SshKeyType;
  /**
   * The size that `ssh-keygen -l` prints: of the modulus (RSA), of p (DSA),
   * of the curve (all others).
   */
  readonly bits: number;
  /** `SHA256:` and the hash of the blob in base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** What follows the key on its line; `""` when nothing does. */
  readonly comment: string;
}

/**
 * The keys, or what is wrong with the text. A problem is a clause that reads on after the
 * name of the field (`sshPublicKey holds a private key; …`). It never repeats any of the
 * text, which may be a secret.
 */
export type SshPublicKeysRead =
  | { readonly keys: readonly SshPublicKey[]; readonly problem?: never; readonly weak?: never }
  | {
      readonly problem: string;
      /** The text is well formed and has a key that only `allowWeakKeys` takes. */
      readonly weak: boolean;
      readonly keys?: never;
    };

export interface SshPublicKeyRules {
  /** Takes DSA keys, and RSA keys of 1024 to 2047 bits, too. */
  readonly allowWeakKeys: boolean;
}

/**
 * Reads the text of the `sshPublicKey` field: OpenSSH public keys, one on a line, with blank lines
 * and `#` comment lines as in authorized_keys. Empty text is no keys. Never throws.
 */
export function readSshPublicKeys(text: string, rules: SshPublicKeyRules): SshPublicKeysRead {
  const format = formatProblem(text);
  if (format) return { problem: format, weak: false };
  const lines = linesOf(text);
  const written = lines.filter((line) => line.trim() !== "").length;
  const keys: SshPublicKey[] = [];
  let weak: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (isCommentLine(line)) continue;
    const place = written > 1 ? `on line ${index + 1} ` : "";
    const read = readLine(line.replace(/^[ \t]+/, "").trimEnd());
    if (typeof read === "string") return { problem: place + read, weak: false };
    if (read.weakness && !rules.allowWeakKeys)
      weak ??= `${place}holds ${read.weakness}; ${stronger}`;
    keys.push(read.key);
  }
  if (weak !== undefined) return { problem: weak, weak: true };
  if (written > 0 && keys.length === 0) {
    const problem = `holds comments but no key; ${keyForm}, and "" is no key`;
    return { problem, weak: false };
  }
  return { keys };
}

/**
 * The fingerprints of all public keys that can be found in a text, weak ones too, whatever else is
 * wrong with it: where nothing may be overlooked. Lines that are comments do not count.
 */
export function findFingerprints(text: string): string[] {
  const found: string[] = [];
  for (const line of linesOf(text)) {
    if (isCommentLine(line)) continue;
    for (const base64 of line.match(keyBlob) ?? []) {
      const type = typeInside(base64);
      if (type === undefined || !isSshKeyType(type)) continue;
      const read = readKey(type, base64);
      if (typeof read !== "string") found.push(read.key.fingerprint);
    }
  }
  return found;
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/**
 * Whether two `sshPublicKey` texts are the same but for white space around them; absent is `""`.
 */
export function sameSshPublicKey(a: string | undefined, b: string | undefined): boolean {
  return (a ?? "").trim() === (b ?? "").trim();
}

/**
 * How a message or a drift shows an `sshPublicKey` text without printing it:
 * `SHA256:… (ssh-ed25519)`, several keys joined with ", "; `(none)` when empty. Weak
 * keys are shown like others; any text may be given, and none of it is repeated when it
 * is not made of public keys.
 */
export function describeSshPublicKeys(text: string | undefined): string {
  if (text === undefined || text.trim() === "") return "(none)";
  const { keys } = readSshPublicKeys(text, { allowWeakKeys: true });
  if (!keys) return `unreadable text of ${text.length} characters`;
  return keys.map(({ fingerprint, type }) => `${fingerprint} (${type})`).join(", ");
}

/**
 * Both sides of a drift, described. Texts that differ only where a description does not reach (a
 * comment, an unreadable text) would read alike, so the live one then says that it differs.
 */
export function describeSshPublicKeyDrift(
  liveText: string | undefined,
  declaredText: string | undefined,
): { live: string; declared: string } {
  const live = describeSshPublicKeys(liveText);
  const declared = describeSshPublicKeys(declaredText);
  if (live !== declared || sameSshPublicKey(liveText, declaredText)) return { live, declared };
  const readable = readSshPublicKeys(liveText ?? "", { allowWeakKeys: true }).keys !== undefined;
  return { live: `${live}, ${readable ? "with other comments" : "another one"}`, declared };
}

const keyForm = 'write one line per key, "<type> <base64> [comment]", as in a .pub file';

const stronger = "use ssh-ed25519 or RSA of 3072 bits, or set codestar:allowWeakKeys to true";

/**
 * Texts that are not lines of keys at all, each with the way to what is wanted. Searched in the
 * whole text, so a key pasted as one line is found too.
 */
const otherFormats: readonly { sign: RegExp; problem: string }[] = [
  {
    sign: /BEGIN SSH2 PUBLIC KEY/i,
    problem:
      "holds a key in the format of RFC 4716 (SSH2 PUBLIC KEY); convert it with: ssh-keygen -i -f <file>",
  },
  {
    sign: /BEGIN (?:RSA|DSA) PUBLIC KEY/i,
    problem: "holds a key in PEM format (PKCS #1); convert it with: ssh-keygen -i -m PEM -f <file>",
  },
  {
    sign: /BEGIN (?:EC )?PUBLIC KEY/i,
    problem: "holds a key in PEM format; convert it with: ssh-keygen -i -m PKCS8 -f <file>",
  },
  {
    sign: /BEGIN PGP |BEGIN [A-Z0-9 ]{0,40}CERTIFICATE/i,
    problem: `holds a PGP key or an X.509 certificate; ${keyForm}`,
  },
];

/** What all of them hold, and keys do not. */
const formatSign = /BEGIN /i;

const privateKey =
  "holds a private key; give the public key instead (the .pub file beside it, or what ssh-keygen -y -f prints), and replace the pair if the private key was stored or sent anywhere";

function formatProblem(text: string): string | undefined {
  if (holdsPrivateKey(text)) return privateKey;
  if (!formatSign.test(text)) return undefined;
  return otherFormats.find(({ sign }) => sign.test(text))?.problem;
}

/** Blank lines too. */
function isCommentLine(line: string): boolean {
  return /^[ \t]*(#|$)/.test(line);
}

interface KeyRead {
  readonly key: SshPublicKey;
  /** Why the key gives little protection; absent for a strong one. */
  readonly weakness: string | undefined;
}

/** The key of one line without white space around it, or the problem. */
function readLine(line: string): KeyRead | string {
  const [, type = "", base64 = "", comment = ""] =
    /^([^ \t]+)(?:[ \t]+([^ \t]+))?(?:[ \t]+(.*))?$/s.exec(line) ?? [];
  if (!isSshKeyType(type)) return `holds ${withoutType(line, type, base64)}`;
  if (base64 === "") return `holds the type ${type} without a key after it; ${keyForm}`;
  const read = readKey(type, base64, comment);
  if (typeof read !== "string" && holdsKey(comment))
    return `holds a second key in the comment of the first, where it does not count; ${oneKeyALine}`;
  return read;
}

const oneKeyALine =
  "write each key on a line of its own (in YAML as an item of a list or after |, for > and quotes make one line of several)";

function readKey(type: SshKeyType, base64: string, comment = ""): KeyRead | string {
  const blob = Buffer.from(base64, "base64");
  // Buffer skips what it cannot decode; only a text that comes out the same was
  // base64, padded as OpenSSH asks.
  if (blob.toString("base64") !== base64) {
    return `holds an ${type} key that is not whole base64: cut off, wrapped or damaged; ${keyForm}`;
  }
  try {
    const { bits, weakness } = readKeyBlob(blob, type);
    const key = {
      type,
      bits,
      comment,
      get fingerprint() {
        return fingerprintOf(blob);
      },
    };
    return { key, weakness };
  } catch (error) {
    if (error instanceof BrokenKeyBlob)
      return `holds an ${type} key that ${error.message}; ${keyForm}`;
    throw error;
  }
}

/**
 * What can be the blob of a key: a length below 256, whose first three bytes are
 * AAAA, and something after it.
 */
const keyBlob = /AAAA(?!A)[A-Za-z0-9+/]{8,}={0,2}/g;

/** Whether a key stands in the text, of any type, cut off or damaged. */
function holdsKey(text: string): boolean {
  return text.match(keyBlob)?.some((base64) => typeInside(base64) !== undefined) ?? false;
}

/** What a line is that does not begin with a key type. */
function withoutType(line: string, word: string, base64: string): string {
  if (/-cert-v\d\d@openssh\.com$/.test(word)) {
    return "an OpenSSH certificate, which expires and proves itself to servers that trust its authority; give the public key that it certifies (the .pub file without -cert in its name)";
  }
  const inside = typeInside(base64);
  // What the key itself names is a type, and no secret.
  if (inside === word) {
    return `a key of the type ${word}, which this version does not know; the types are ${sshKeyTypes.join(", ")}`;
  }
  // Options (from="…", command="…") are refused, not skipped: who may log in from where, and run
  // what, is for the server that grants access to say, and a profile's owner may write this field
  // without being that server's administrator.
  if (line.split(/[ \t"]+/).some((part) => isSshKeyType(part))) {
    return `something before the type of the key; options of authorized_keys (from="…", command="…") and host names do not belong here: ${keyForm}`;
  }
  if (isSshKeyType(word.split(/\s/)[0]!)) {
    return "a key type that is followed by a special space (no-break space); use an ordinary one";
  }
  if (word.startsWith("AAAA")) return `a key without its type in front; ${keyForm}`;
  if (/^(?:SHA256|MD5):/.test(word)) return `a fingerprint, not a key; ${keyForm}`;
  if (/^(?:~|\.{0,2}[/\\]|file:|[A-Za-z]:\\)|\.pub$/.test(word)) {
    return `what looks like the path of a file; give the text of the file, for example with readFileSync(path, "utf8")`;
  }
  const meant = inside !== undefined && isSshKeyType(inside) ? ` (did you mean ${inside}?)` : "";
  return `something that does not begin with a type of key${meant}; ${keyForm}, and the types are ${sshKeyTypes.join(", ")}`;
}

function fingerprintOf(blob: Buffer): string {
  // Loaded for the first fingerprint, since it takes some milliseconds: a key that is only checked
  // shows none.
  const { hash } = require("node:crypto") as typeof import("node:crypto");
  return `SHA256:${hash("sha256", blob, "base64").replace(/=+$/, "")}`;
}
