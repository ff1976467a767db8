/*
 * What a program tells the provider of a resource beside its arguments, since only the program
 * knows. It goes along as an input that check takes out again: it is not recorded, and a
 * change of it plans nothing.
 */

/** Keys are those of profileKey; a region that the program does not know is left empty. */
export interface Knowledge {
  /**
   * The resource's profiles that other resources of the stack had before the
   * update: they are no conflict.
   */
  readonly own: readonly string[];
  /** The profiles of the other resources of the program. For rosters alone. */
  readonly elsewhere?: readonly string[];
  /**
   * Whether the engine keeps the recorded people, whatever the program declares. For rosters alone.
   */
  readonly isIgnored?: boolean;
  /** Whether the program declares further profiles, whose ARNs are not known yet. */
  readonly isUnknownElsewhere?: boolean;
}

/**
 * Undefined when the engine has put the recorded inputs in place of the
 * program's, or passes no value.
 */
export function readKnowledge(value: unknown): Knowledge | undefined {
  return typeof value === "object" && value !== null ? (value as Knowledge) : undefined;
}
