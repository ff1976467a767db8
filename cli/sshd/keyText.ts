import { isPostgresUrl } from "../../service/store/postgres/address";
import type { KeySource } from "./keySource";

/**
 * The `sshPublicKey` text of a profile, `""` without a key; undefined when
 * there is no such profile.
 * @throws NoAnswer
 */
export function findKeyText(
  source: KeySource,
  userArn: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (source.endpoint.startsWith("file:") || isPostgresUrl(source.endpoint)) {
    const { findInStore } = require("./store") as typeof import("./store");
    return findInStore(source, userArn, signal);
  }
  const { findOverHttp } = require("./http") as typeof import("./http");
  return findOverHttp(source, userArn, signal);
}
