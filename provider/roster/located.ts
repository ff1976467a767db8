import type { Span } from "./sourceText";

/** A value read from a file, which remembers where every part of it stands. */
export type Located = LocatedText | LocatedMap | LocatedList | LocatedOther;

export interface LocatedText {
  readonly kind: "text";
  readonly value: string;
  readonly span: Span;
}

export interface LocatedMap {
  readonly kind: "map";
  /** In the order of the file. A key may come twice: who reads the map reports it. */
  readonly entries: readonly LocatedEntry[];
  readonly span: Span;
}

export interface LocatedEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: Located;
}

export interface LocatedList {
  readonly kind: "list";
  readonly items: readonly Located[];
  readonly span: Span;
}

/** A number, boolean or null: nothing that a roster can use, kept to be reported. */
export interface LocatedOther {
  readonly kind: "other";
  readonly value: unknown;
  readonly span: Span;
}

/** The value without its places. Maps have no prototype: `__proto__` is a legal IAM user name. */
export function plain(located: Located): unknown {
  if (located.kind === "list") return located.items.map(plain);
  if (located.kind !== "map") return located.value;
  const map = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of located.entries) if (!(key in map)) map[key] = plain(value);
  return map;
}

/** The part at the path; the nearest part around it when there is none. */
export function at(located: Located, path: readonly PropertyKey[]): Located {
  const [step, ...rest] = path;
  if (step === undefined) return located;
  const part =
    located.kind === "map"
      ? entry(located, String(step))?.value
      : located.kind === "list"
        ? located.items[Number(step)]
        : undefined;
  return part ? at(part, rest) : located;
}

export function entry(map: Located | undefined, key: string): LocatedEntry | undefined {
  return map?.kind === "map" ? map.entries.find((candidate) => candidate.key === key) : undefined;
}
