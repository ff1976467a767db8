import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import {
  type Credential,
  type CredentialSource,
  credentialsOf,
  type PrincipalsDocument,
  PrincipalsFileError,
  parsePrincipals,
} from "./principalsDocument";
import { readSecretFile, SecretFileError } from "./secretFile";

/** A principals file of a hundred thousand users is 30 MB. */
const maxBytes = 64 * 1024 * 1024;

export interface PrincipalsFileOptions {
  readonly path: string;
  /** Told after every reload: how many keys are known now, or why the file was not taken. */
  readonly onReload?: (outcome: ReloadOutcome) => void;
  /** Milliseconds between two looks at the file. */
  readonly pollInterval?: number;
}

/** A refused file leaves the principals as they were. */
export type ReloadOutcome =
  | { readonly keys: number }
  | { readonly refused: PrincipalsFileError; readonly keys: number };

export interface PrincipalsFile extends CredentialSource {
  /** Whether what is in force is what the file holds, as far as the last look at it tells. */
  readonly usable: boolean;
  /** Reads the file now; settles when its content, or its refusal, is in force. */
  reload(): Promise<ReloadOutcome>;
  close(): void;
}

/**
 * Opens a principals file and follows its changes until closed. Throws PrincipalsFileError when the
 * file cannot be used at first; later a file that cannot be used changes nothing. Requests under
 * way keep the credential they found.
 *
 * The file is looked at by its status, not watched for events: those are lost when the file is
 * replaced, when a link to it is turned (mounted Kubernetes secrets), and on network file systems.
 * Each look compares what lies there with what was read last, so that a reading that failed is
 * repeated until one succeeds.
 */
export async function openPrincipalsFile(options: PrincipalsFileOptions): Promise<PrincipalsFile> {
  const { path, onReload, pollInterval = 1000 } = options;
  const first = await read(path);
  if ("refused" in first) throw first.refused;
  let credentials: ReadonlyMap<string, Credential> = first.credentials;
  let last: Reading = first;
  let looking = Promise.resolve();
  let closed = false;

  // One after the other, so that an older content never replaces a newer one.
  function next<T>(work: () => Promise<T>): Promise<T> {
    const done = looking.then(work);
    looking = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  async function load({ asked }: { readonly asked: boolean }): Promise<ReloadOutcome> {
    const before = last;
    last = await read(path);
    if ("credentials" in last) credentials = last.credentials;
    const outcome =
      "refused" in last
        ? { refused: last.refused, keys: credentials.size }
        : { keys: credentials.size };
    // The same failure again, at each look until the file can be read, is told once.
    if (asked || !isSameFailure(before, last)) onReload?.(outcome);
    return outcome;
  }

  async function look(): Promise<void> {
    const now = await stat(path, { bigint: true }).catch(() => undefined);
    if (!closed && !isSameFile(last.status, now)) await load({ asked: false });
    waiting = false;
  }

  let waiting = false;
  const timer = setInterval(() => {
    if (!waiting) void next(look);
    waiting = true;
  }, pollInterval);
  timer.unref();
  return {
    get: (accessKeyId) => credentials.get(accessKeyId),
    get usable() {
      return "credentials" in last;
    },
    reload: () => next(() => load({ asked: true })),
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}

/** One reading of the file; without a status when the file itself could not be read. */
type Reading =
  | { readonly status: BigIntStats; readonly credentials: ReadonlyMap<string, Credential> }
  | { readonly status: BigIntStats | undefined; readonly refused: PrincipalsFileError };

async function read(path: string): Promise<Reading> {
  let status: BigIntStats | undefined;
  try {
    const file = await readGuarded(path);
    status = file.status;
    return { status, credentials: credentialsOf(parsePrincipals(file.text, path)) };
  } catch (error) {
    if (!(error instanceof PrincipalsFileError)) throw error;
    return { status, refused: error };
  }
}

/** Reads and checks a principals file; every failure is a PrincipalsFileError. */
export async function readPrincipalsFile(path: string): Promise<PrincipalsDocument> {
  return parsePrincipals((await readGuarded(path)).text, path);
}

async function readGuarded(path: string) {
  try {
    return await readSecretFile(path, maxBytes);
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    throw new PrincipalsFileError(`Principals file ${path}: ${error.message}`);
  }
}

/** False when either is not known: what was not read is to be read. */
function isSameFile(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs
  );
}

function isSameFailure(one: Reading, other: Reading): boolean {
  return "refused" in one && "refused" in other && one.refused.message === other.refused.message;
}
