import { accountPrefix } from "../api/accounts";
import type { Input } from "../api/constraints";
import { ServiceError } from "../api/errors";
import { DamagedProfileError } from "../store/store";
import type { Dependencies, Scope } from "./dependencies";
import { issueToken, readToken } from "./tokens";
import { type WireDamagedSummary, type WireSummary, wireSummary } from "./wire";

/** Assumed: no source states the page size of a request that names none. */
export const defaultPageSize = 100;

export interface ListUserProfilesResult {
  readonly userProfiles: readonly (WireSummary | WireDamagedSummary)[];
  readonly nextToken?: string;
}

/**
 * Profiles in the order of their ARNs (assumed); the last page has no token. A damaged profile is
 * listed with the members that can be read, and reported.
 */
export const listUserProfiles =
  ({ store }: Pick<Dependencies, "store">) =>
  async (input: Input<"ListUserProfiles">, scope: Scope): Promise<ListUserProfilesResult> => {
    const size = input.maxResults ?? defaultPageSize;
    const after = input.nextToken === undefined ? undefined : readToken(scope, input.nextToken);
    if (input.nextToken !== undefined && after === undefined) throw ServiceError.invalidNextToken();

    // One more than the page: whether it is there decides whether there is a next page.
    const found = await store.list(scope.region, {
      ...(scope.account !== undefined && { arnPrefix: accountPrefix(scope.account) }),
      ...(after !== undefined && { after }),
      limit: size + 1,
    });
    const page = found.slice(0, size);
    const damaged = page.find((profile) => "damaged" in profile);
    if (damaged !== undefined) scope.report?.(new DamagedProfileError(damaged));
    const userProfiles = page.map(wireSummary);
    const last = page.at(-1);
    if (found.length <= size || last === undefined) return { userProfiles };
    return { userProfiles, nextToken: issueToken(scope, last.userArn) };
  };
