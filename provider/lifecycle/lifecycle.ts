import { CodeStarError } from "../../profile/codeStarError";
import type { Knowledge } from "./knowledge";

export type Props = Record<string, unknown>;

export interface CheckContext {
  /** False as well where the host cannot tell. */
  readonly isPreview: boolean;
  /**
   * Fields whose values the program's `hideDiffs` keeps out of sight; undefined when it names none.
   */
  readonly hidden?: readonly string[] | undefined;
  /**
   * Undefined when no program tells, or the engine has put recorded inputs
   * in place of the program's.
   */
  readonly knowledge?: Knowledge | undefined;
}

/**
 * Inputs to go on with, possibly with values that are not known yet; or why they are refused, a
 * sentence each. `shown` is what a preview shows beside them.
 */
export type Checked<Shown> =
  | { readonly inputs: Props; readonly shown?: Shown }
  | { readonly refused: readonly string[] };

export interface Difference {
  /** Also for what check found, which no two values show. */
  readonly changed: boolean;
  /** Names of what differs. */
  readonly differing: readonly string[];
  /** Names of what differs and cannot be changed: another resource takes the place of this one. */
  readonly replaces: readonly string[];
}

/**
 * What the engine asks of a resource, whatever the way it is hosted. Inputs and states
 * are plain values, without marks of a host. Methods reject with any error of the
 * service; the host phrases it.
 */
export interface Lifecycle<Inputs, State, Shown> {
  check(olds: Partial<Inputs>, news: Props, context: CheckContext): Promise<Checked<Shown>>;
  /** Compares without any call. In a refresh the engine swaps the roles: live values come first. */
  diff(olds: State, news: Inputs): Difference;
  create(news: Inputs): Promise<{ readonly id: string; readonly state: State }>;
  /** Resolves to undefined when the resource is confirmed to be gone. */
  read(id: string, recorded: State): Promise<State | undefined>;
  update(id: string, olds: State, news: Inputs): Promise<State>;
  delete(id: string, recorded: State): Promise<void>;
}

/**
 * A create or update of which a part is done: what the state has to
 * record, and why the rest is not.
 */
export class PartlyDone<State> extends CodeStarError {
  override name = "PartlyDone";

  constructor(
    message: string,
    readonly id: string,
    readonly state: State,
    /** A sentence each. */
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}
