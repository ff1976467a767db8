// Servers under the same load, in alternation.
import type { Process } from "../processes";
import { count, table, type Verdict } from "../report/format";
import { median } from "../statistics";
import type { Load, Outcome } from "./client";

export interface Contender {
  /** What the load is, in the report. */
  readonly title: string;
  /** Each server has a client of its own, with its share of the connections. */
  readonly ports: readonly number[];
  readonly requests: readonly string[];
  readonly connections: number;
}

export interface Sample extends Outcome {
  readonly writesPerTransaction?: number;
}
type Figure = "perSecond" | "p50" | "p99" | "writesPerTransaction";

/** Those of one contender, by round. */
export interface Entry extends Contender {
  readonly samples: Sample[];
}
export type Entries = ReadonlyMap<string, Entry>;

/** The contenders in the order in which they are entered. */
export class Contenders extends Map<string, Contender> {
  enter(
    id: string,
    title: string,
    servers: readonly { readonly port: number }[],
    requests: readonly string[],
    together = connections,
  ): void {
    const ports = servers.map(({ port }) => port);
    this.set(id, { title, ports, requests, connections: together });
  }
}

export const connections = 32;
/** How many profiles a store holds that is not the large one. */
export const few = 1000;

/**
 * `run` puts the load on one contender, and may do more around it. The first round
 * warms up and is not counted.
 */
export async function contest(
  contenders: ReadonlyMap<string, Contender>,
  rounds: number,
  run: (contender: Contender, id: string) => Promise<Sample>,
): Promise<Entries> {
  const entries = new Map<string, Entry>();
  for (const [id, contender] of contenders) entries.set(id, { ...contender, samples: [] });
  for (let round = 0; round <= rounds; round++) {
    // Forth and back, so that a machine that grows slower does so for all.
    const order = round % 2 === 0 ? [...entries] : [...entries].reverse();
    for (const [id, entry] of order) {
      const sample = await run(entry, id);
      if (round > 0) entry.samples.push(sample);
    }
    if (round > 0) console.error(`Round ${round} of ${rounds} is done.`);
  }
  return entries;
}

export async function load(
  clients: readonly Process[],
  { ports, requests, connections: together }: Contender,
  milliseconds: number,
): Promise<Outcome> {
  const share = { requests, connections: together / ports.length, milliseconds };
  const outcomes = await Promise.all(
    ports.map((port, index) =>
      (clients[index] as Process).ask<Outcome>({ port, ...share } satisfies Load),
    ),
  );
  const sum = (figure: "perSecond" | "failures") =>
    outcomes.reduce((all, outcome) => all + outcome[figure], 0);
  return {
    perSecond: sum("perSecond"),
    p50: Math.max(...outcomes.map(({ p50 }) => p50)),
    p99: Math.max(...outcomes.map(({ p99 }) => p99)),
    failures: sum("failures"),
  };
}

/** The median over the rounds; undefined of a contender that did not take part. */
export function medianOf(entries: Entries, id: string, figure: Figure): number | undefined {
  const values = entries.get(id)?.samples.flatMap((sample) => sample[figure] ?? []) ?? [];
  return values.length === 0 ? undefined : median(values);
}

/**
 * A figure beside another's: requests per second are to be at least so
 * many times it, times at most.
 */
export function judgeRatio(
  entries: Entries,
  what: string,
  [id, base]: readonly [string, string],
  [figure, bound]: readonly ["perSecond" | "p50", number],
  target: string,
): Verdict[] {
  const ours = medianOf(entries, id, figure);
  const theirs = medianOf(entries, base, figure);
  if (ours === undefined || theirs === undefined) return [];
  const ratio = ours / theirs;
  const met = figure === "p50" ? ratio <= bound : ratio >= bound;
  return [{ what, target, measured: `${ratio.toFixed(2)} ×`, met }];
}

export function judgeFailures(entries: Entries): Verdict {
  const samples = [...entries.values()].flatMap((entry) => entry.samples);
  const failures = samples.reduce((sum, sample) => sum + sample.failures, 0);
  return {
    what: "Failed requests",
    target: "none",
    measured: String(failures),
    met: failures === 0,
  };
}

/** What was measured of each, with a column of the report's own before it or after it. */
export function figures(
  entries: Entries,
  own: { readonly title: string; readonly first: boolean; of(entry: Entry): string },
): string {
  const row = (cell: string, cells: readonly string[]) =>
    own.first ? [cell, ...cells] : [...cells, cell];
  const rows = [...entries].map(([id, entry]) => {
    const figure = (name: Figure) => medianOf(entries, id, name) ?? Number.NaN;
    const rate = count(Math.round(figure("perSecond")));
    const times = [rate, `${figure("p50").toFixed(2)} ms`, `${figure("p99").toFixed(2)} ms`];
    return [entry.title, ...row(own.of(entry), times)];
  });
  return table(["", ...row(own.title, ["requests per second", "p50", "p99"])], rows);
}
