import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CodeStarError } from "../../profile/codeStarError";
import { MemoryStore } from "./memory";
import { isPostgresUrl } from "./postgres/address";
import type { FileOptions } from "./sqlite/file";
import type { ProfileStore } from "./store";

export const storeForms = "file:path, postgres://host/database, dynamodb://table or memory:";

/**
 * Opens the store that a URL names: `file:path` (relative to the working directory, or absolute),
 * `postgres://host/database`, `dynamodb://table`, or `memory:` (a new, empty one each time). Only
 * then is that store's library loaded. One file is open once in a process, however often it is
 * opened here. Rejects with one sentence when it cannot be used. The options count for files alone.
 *
 * @example
 * const store = await openStore("file:profiles.db");
 * const page = await store.list("us-east-1", { limit: 100 });
 * await store.close();
 */
export async function openStore(url: string, options: FileOptions = {}): Promise<ProfileStore> {
  if (url === "memory:") return new MemoryStore();
  if (url.startsWith("file:")) {
    const { openSharedSqliteStore } =
      require("./sqlite/sharedStore") as typeof import("./sqlite/sharedStore");
    return openSharedSqliteStore(pathOf(url), options);
  }
  if (url.startsWith("dynamodb:")) {
    const { openDynamoDbStore } = require("./dynamodb/store") as typeof import("./dynamodb/store");
    return openDynamoDbStore(url);
  }
  if (isPostgresUrl(url)) {
    const { openPostgresStore } = require("./postgres/store") as typeof import("./postgres/store");
    return openPostgresStore(url);
  }
  throw new CodeStarError(`a store is named by ${storeForms}`);
}

/**
 * The file that a `file:` URL names, as an absolute path. Throws one sentence for any other store.
 */
export function filePathOf(url: string): string {
  if (!url.startsWith("file:")) throw new CodeStarError("only a file: store is one file");
  return pathOf(url);
}

function pathOf(url: string): string {
  if (url.startsWith("file://")) return fileURLToPath(url);
  const path = url.slice("file:".length);
  if (path === "") {
    throw new CodeStarError("the store file: lacks the path of its file, as in file:profiles.db");
  }
  return resolve(path);
}
