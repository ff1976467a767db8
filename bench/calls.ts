// How many calls reading live profiles takes, and repairing them. The directory by itself, on every
// kind of list, is the matter of test/model/directory.spec.ts.
import { duration, startProgress } from "../running/progress.mjs";
import { expectDone } from "./measure";
import { others, people } from "./people";
import type { Plan } from "./plan";
import type { Service } from "./service";
import { withoutCheckpoints } from "./stage";
import { variants } from "./variants";

export interface ReadCount {
  /** Profiles that are declared. */
  readonly n: number;
  /** Profiles in the account. */
  readonly t: number;
  readonly reads: number;
  readonly bound: number;
}

export interface RepairCount {
  readonly n: number;
  readonly drifted: number;
  readonly writes: number;
}

/** The promise. An empty account has one page too. */
export const readBound = (n: number, t: number) =>
  2 * Math.min(n, Math.max(1, Math.ceil(t / 100))) + 2;

const accountsFor = (ns: readonly number[], n: number) =>
  [...new Set([n, ...ns])].filter((t) => t >= n).sort((a, b) => a - b);

/** Real no-op previews of stacks in accounts, and real repairs. */
export async function countCalls(
  { previews, repairs: [repaired, drifts] }: Pick<Plan, "previews" | "repairs">,
  service: Service,
  log: (line: string) => void,
): Promise<{ reads: ReadCount[]; repairs: RepairCount[] }> {
  const reads: ReadCount[] = [];
  const repairs: RepairCount[] = [];
  const lines: string[] = [];
  const { region, open } = variants.ours;
  const progress = startProgress("Read calls by stack and account");
  for (const [n, ts] of previews) {
    const everyone = people(n);
    await service.reset(region);
    const subject = await open({ people: everyone, url: service.url, region });
    try {
      await expectDone(subject.command("up", withoutCheckpoints), service);
      for (const t of accountsFor(ts, n)) {
        progress.update(`preview of ${n} in ${t}`);
        await service.fill(region, [...everyone, ...others(t - n)]);
        const { reads: made } = await expectDone(subject.command("preview"), service);
        const bound = readBound(n, t);
        reads.push({ n, t, reads: made, bound });
        lines.push(`preview of ${n} in an account of ${t}: ${made} reads, at most ${bound}`);
      }
      for (const drifted of repaired === n ? drifts : []) {
        progress.update(`repair of ${drifted} in ${n}`);
        const arns = everyone.slice(0, drifted).map(({ userArn }) => userArn);
        await service.drift(region, arns);
        const { writes } = await expectDone(subject.command("repair"), service);
        repairs.push({ n, drifted, writes });
        lines.push(`repair of ${drifted} drifted of ${n}: ${writes} writes`);
      }
    } finally {
      subject.remove();
    }
  }
  log([`Read calls by stack and account (${duration(progress.stop())})`, ...lines].join("\n  "));
  return { reads, repairs };
}
