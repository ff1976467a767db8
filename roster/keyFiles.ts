import { lstatSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { holdsPrivateKey } from "../profile/keys/privateKey";

export type KeyFileRead =
  | { readonly keys: string; readonly problem?: never }
  | { readonly problem: string; readonly keys?: never };

/** The API takes at most 16,384 characters of keys; comments and blank lines are not sent. */
const mostBytes = 65_536;

/** Public key files named by a roster file, each read once. Nothing of them is ever shown. */
export class KeyFiles {
  readonly #folder: string;
  readonly #known = new Map<string, KeyFileRead>();

  constructor(rosterPath: string) {
    this.#folder = dirname(rosterPath);
  }

  /** @param name as the roster has it, relative to the roster's folder. */
  read(name: string): KeyFileRead {
    let result = this.#known.get(name);
    if (result === undefined) {
      result = readKeyFile(this.#folder, name);
      this.#known.set(name, result);
    }
    return result;
  }
}

function readKeyFile(folder: string, name: string): KeyFileRead {
  if (isAbsolute(name) || /^(?:[/~\\]|[a-z]:)/i.test(name)) {
    return {
      problem:
        "sshPublicKeyFile must be relative to this file, so that it is there on every machine",
    };
  }
  const path = resolve(folder, name);
  try {
    const status = statSync(path);
    if (!status.isFile()) return { problem: "sshPublicKeyFile names something that is not a file" };
    if (status.size > mostBytes) {
      return { problem: `sshPublicKeyFile names a file of more than ${mostBytes} bytes` };
    }
    const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    if (holdsPrivateKey(text)) {
      return { problem: "sshPublicKeyFile names a private key; name the .pub file beside it" };
    }
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    const keys = lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n");
    return keys === "" ? { problem: "sshPublicKeyFile names a file without a key" } : { keys };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && isBrokenLink(path)) {
      return { problem: "sshPublicKeyFile names a symbolic link to nothing" };
    }
    const clause = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    return { problem: `sshPublicKeyFile names a file that ${clause}` };
  }
}

function isBrokenLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
