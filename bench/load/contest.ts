// Servers under the same load, in alternation.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onInterrupt } from "../../running/interruption.mjs";
import { type Process, startProcess } from "../processes";
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

/** The servers and clients of a contest, which end in the reverse order. */
export class Servers {
  readonly #started: { stop(): unknown }[] = [];
  readonly #forget = onInterrupt(() => this.stop());

  /** `script` is a file of this folder, without its ending. */
  async start(script: string, ...args: string[]): Promise<Process> {
    return this.add(await startProcess(`load/${script}.ts`, args));
  }

  /** One that was started otherwise. */
  add<Server extends { stop(): unknown }>(server: Server): Server {
    this.#started.push(server);
    return server;
  }

  async stop(): Promise<void> {
    this.#forget();
    for (const server of this.#started.reverse()) await server.stop();
  }
}

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
export function medianOf(entry: Entry | undefined, figure: Figure): number | undefined {
  const values = entry?.samples.flatMap((sample) => sample[figure] ?? []) ?? [];
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
  const ours = medianOf(entries.get(id), figure);
  const theirs = medianOf(entries.get(base), figure);
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
  const rows = [...entries.values()].map((entry) => {
    const figure = (name: Figure) => medianOf(entry, name) ?? Number.NaN;
    const rate = count(Math.round(figure("perSecond")));
    const times = [rate, `${figure("p50").toFixed(2)} ms`, `${figure("p99").toFixed(2)} ms`];
    return [entry.title, ...row(own.of(entry), times)];
  });
  return table(["", ...row(own.title, ["requests per second", "p50", "p99"])], rows);
}

/**
 * Prints and writes the report; answers the exit status. A short run, whose results have a folder
 * of their own, is too short to be judged by its times.
 */
export function conclude(
  name: string,
  quick: boolean,
  files: Readonly<Record<string, string>> & { readonly "results.md": string },
  verdicts: readonly Verdict[],
): number {
  const folder = join(__dirname, `../results/${name}${quick ? "-quick" : ""}`);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  process.stdout.write(files["results.md"]);
  return quick || verdicts.every(({ met }) => met) ? 0 : 1;
}
