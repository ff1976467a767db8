import type { FileIdentity } from "../../../files/fileIdentity";
import { CodeStarError } from "../../../profile/codeStarError";
import type { ListRequest, ProfileChange, ProfileStore, StoredProfile } from "../store";
import { ensureDatabaseFile, type FileOptions } from "./file";
import { openSqliteStore, type SqliteStore } from "./store";

/** One open database and how many use it. */
interface Shared {
  readonly opened: Promise<SqliteStore>;
  users: number;
}

/**
 * By the file itself: a program with profiles in several regions opens its
 * file once, by whatever names.
 */
const openFiles = new Map<FileIdentity, Shared>();

/**
 * As `openSqliteStore`, but those who open a file that this process has open already share the one
 * that is open; the last to close it closes the database.
 */
export async function openSharedSqliteStore(
  path: string,
  options: FileOptions = {},
): Promise<ProfileStore> {
  const identity = ensureDatabaseFile(path, options);
  let shared = openFiles.get(identity);
  if (shared === undefined) {
    shared = { opened: openSqliteStore(path, options), users: 0 };
    openFiles.set(identity, shared);
  }
  shared.users++;
  const leave = () => {
    shared.users--;
    if (shared.users > 0) return false;
    openFiles.delete(identity);
    return true;
  };
  try {
    return new SharedStore(path, await shared.opened, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

/** One user's part in an open database. */
class SharedStore implements ProfileStore {
  #store: SqliteStore | undefined;

  readonly #path: string;
  readonly #leave: () => boolean;

  constructor(
    path: string,
    store: SqliteStore,
    /** Answers whether this was the last user. */
    leave: () => boolean,
  ) {
    this.#path = path;
    this.#leave = leave;

    this.#store = store;
  }

  async create(region: string, profile: StoredProfile) {
    return this.#opened().create(region, profile);
  }

  async find(region: string, userArn: string) {
    return this.#opened().find(region, userArn);
  }

  async update(region: string, userArn: string, change: ProfileChange, modifiedAt: number) {
    return this.#opened().update(region, userArn, change, modifiedAt);
  }

  async delete(region: string, userArn: string) {
    return this.#opened().delete(region, userArn);
  }

  async list(region: string, request: ListRequest) {
    return this.#opened().list(region, request);
  }

  async health() {
    return this.#opened().health();
  }

  async close() {
    const store = this.#store;
    if (store === undefined) return;
    this.#store = undefined;
    if (this.#leave()) await store.close();
    else await store.idle();
  }

  #opened(): SqliteStore {
    if (this.#store === undefined) {
      throw new CodeStarError(`the profile database ${this.#path} is closed`);
    }
    return this.#store;
  }
}
