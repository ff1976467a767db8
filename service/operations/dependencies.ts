import type { ProfileStore } from "../store/store";
import type { ListScope } from "../tokens";

/** What operations may depend on; each names what it takes. */
export interface Dependencies {
  readonly store: ProfileStore;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** The name space that a request works in: a region, and an account when the caller has one. */
export type Scope = ListScope;
