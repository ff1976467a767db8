import type { ListRequest } from "./store";

/** A range of ARNs: from `start`, itself counted when `inclusive`, up to but without `end`. */
export interface ArnRange {
  readonly start: string;
  readonly inclusive: boolean;
  readonly end: string;
}

/**
 * What a list asks for, as one range of the key; of ARNs, which are ASCII, so that
 * code units sort as bytes do.
 */
export function arnRange({ arnPrefix = "", after }: ListRequest): ArnRange {
  const resumes = after !== undefined && after >= arnPrefix;
  return {
    start: resumes ? after : arnPrefix,
    inclusive: !resumes,
    end: firstBehind(arnPrefix),
  };
}

/** The first text after all that start with the prefix. */
function firstBehind(prefix: string): string {
  if (prefix === "") return "\u{10ffff}";
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}
