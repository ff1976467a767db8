import { type FileIdentity, identityOf } from "../../../files/fileIdentity";
import { StoreUnavailableError } from "../store";

/**
 * The files that a database is open on, as they were under their names at the opening.
 * Whoever deletes, moves or replaces one of them leaves the open database writing into a file
 * that nobody will find again.
 */
export class NotedFiles {
  readonly #files: readonly { readonly path: string; readonly identity: FileIdentity }[];

  /** Throws when one of them is not there. */
  constructor(paths: readonly string[]) {
    this.#files = paths.map((path) => ({ path, identity: identityOf(path) ?? gone(path) }));
  }

  /** Throws a StoreUnavailableError unless each is still under its name. */
  check(): void {
    for (const { path, identity } of this.#files) {
      if (lookUp(path) !== identity) gone(path);
    }
  }
}

function lookUp(path: string): FileIdentity | undefined {
  try {
    return identityOf(path);
  } catch {
    // A folder that may not be searched any more: what cannot be compared is not the same.
    return undefined;
  }
}

function gone(path: string): never {
  throw new StoreUnavailableError(
    `${path} was deleted, moved or replaced while it was open: put the file back, or restart to go on with what is there now`,
    "unreachable",
  );
}
