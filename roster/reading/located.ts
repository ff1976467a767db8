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

/**
 * The value without its places, and without what is below `x-` keys. Maps have no prototype:
 * `__proto__` is a legal IAM user name.
 */
export function plain(located: Located): unknown {
  if (located.kind === "list") return located.items.map(plain);
  if (located.kind !== "map") return located.value;
  const map = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of located.entries) {
    if (!(key in map) && !isExtension(key)) map[key] = plain(value);
  }
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
  if (map?.kind !== "map") return undefined;
  if (map.entries.length <= fewEntries)
    return map.entries.find((candidate) => candidate.key === key);
  let index = indexes.get(map.entries);
  if (index === undefined) {
    index = new Map(map.entries.toReversed().map((candidate) => [candidate.key, candidate]));
    indexes.set(map.entries, index);
  }
  return index.get(key);
}

/** Up to here a search is faster than an index. */
const fewEntries = 12;
const indexes = new WeakMap<readonly LocatedEntry[], ReadonlyMap<string, LocatedEntry>>();

/**
 * The entries whose key came before in the same map, at any depth, but for what is below `x-` keys.
 */
export function repeatedEntries(located: Located): LocatedEntry[] {
  const repeated: LocatedEntry[] = [];
  addRepeated(located, repeated);
  return repeated;
}

function addRepeated(located: Located, repeated: LocatedEntry[]): void {
  if (located.kind === "list") for (const item of located.items) addRepeated(item, repeated);
  if (located.kind !== "map") return;
  const seen = new Set<string>();
  for (const one of located.entries) {
    if (seen.has(one.key)) repeated.push(one);
    seen.add(one.key);
    if (!isExtension(one.key)) addRepeated(one.value, repeated);
  }
}

/** A place for anchors, and for fields of other tools. */
export function isExtension(key: string): boolean {
  return key.startsWith("x-");
}
