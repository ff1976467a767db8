import { type Stats, unwatchFile, watchFile } from "node:fs";
import { open } from "node:fs/promises";
import {
  type Credential,
  type CredentialSource,
  credentialsOf,
  type PrincipalsDocument,
  PrincipalsFileError,
  parsePrincipals,
} from "./principals";

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
  /** Reads the file now; settles when its content, or its refusal, is in force. */
  reload(): Promise<ReloadOutcome>;
  close(): void;
}

/**
 * Opens a principals file and follows its changes until closed. Throws PrincipalsFileError when the file
 * cannot be used at first; later a file that cannot be used changes nothing. Requests under way keep
 * the credential they found.
 *
 * The file is looked at by its status, not watched for events: those are lost when the file is replaced,
 * when a link to it is turned (mounted Kubernetes secrets), and on network file systems.
 */
export async function openPrincipalsFile(options: PrincipalsFileOptions): Promise<PrincipalsFile> {
  const { path, onReload, pollInterval = 1000 } = options;
  let credentials: ReadonlyMap<string, Credential> = new Map();
  let reloading: Promise<unknown> = Promise.resolve();
  const listener = () => void reload();
  // Before the first reading, so that no change after it goes unseen.
  watchFile(path, { interval: pollInterval, persistent: false }, listener);
  try {
    credentials = credentialsOf(await readPrincipalsFile(path));
  } catch (err) {
    unwatchFile(path, listener);
    throw err;
  }

  // One after the other, so that an older content never replaces a newer one.
  function reload(): Promise<ReloadOutcome> {
    const next = reloading.then(load);
    reloading = next.catch(() => undefined);
    return next;
  }

  async function load(): Promise<ReloadOutcome> {
    const outcome = await attempt();
    onReload?.(outcome);
    return outcome;
  }

  async function attempt(): Promise<ReloadOutcome> {
    try {
      credentials = credentialsOf(await readPrincipalsFile(path));
      return { keys: credentials.size };
    } catch (err) {
      if (!(err instanceof PrincipalsFileError)) throw err;
      return { refused: err, keys: credentials.size };
    }
  }

  return {
    get: (accessKeyId) => credentials.get(accessKeyId),
    reload,
    close: () => unwatchFile(path, listener),
  };
}

/** Reads and checks a principals file; every failure is a PrincipalsFileError. */
export async function readPrincipalsFile(path: string): Promise<PrincipalsDocument> {
  return parsePrincipals(await readGuarded(path), path);
}

/** Status and content are of one and the same open file, whatever the name points to meanwhile. */
async function readGuarded(path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      checkStatus(await file.stat(), path);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (err) {
    if (err instanceof PrincipalsFileError) throw err;
    const code = (err as NodeJS.ErrnoException).code ?? "unknown error";
    throw new PrincipalsFileError(`Principals file ${path}: cannot be read (${code})`);
  }
}

function checkStatus(status: Stats, path: string): void {
  if (!status.isFile()) {
    throw new PrincipalsFileError(`Principals file ${path}: is not a file`);
  }
  if (status.size > maxBytes) {
    throw new PrincipalsFileError(`Principals file ${path}: is larger than ${maxBytes} bytes`);
  }
  // Reading by the group is allowed: that is how a secret is mounted for a service's own group.
  if (process.platform !== "win32" && (status.mode & 0o027) !== 0) {
    throw new PrincipalsFileError(
      `Principals file ${path}: holds secrets but other users may read or change it; run chmod 600 on it`,
    );
  }
}
