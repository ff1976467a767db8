import type { ProfileStore } from "../store/store";
import type { ListScope } from "./tokens";

/** What operations may depend on; each names what it takes. */
export interface Dependencies {
  readonly store: ProfileStore;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** The name space that a request works in: a region, and an account when the caller has one. */
export interface Scope extends ListScope {
  /** Told of what is wrong inside while the request can be answered all the same. */
  readonly report?: (cause: Error) => void;
}
