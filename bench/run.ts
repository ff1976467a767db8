// The benchmark of the provider from beginning to end.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { onInterrupt } from "../running/interruption.mjs";
import { duration } from "../running/progress.mjs";
import { repository } from "../running/repository.mjs";
import { countCalls, type ReadCount, type RepairCount } from "./calls";
import { awsCliObstacle } from "./loop";
import { describeMachine, type PulumiMachine } from "./machine";
import { type ManyStacks, measureManyStacks } from "./manyStacks";
import { full, quick } from "./plan";
import { measureReadiness, type Readiness } from "./readiness";
import { writeDocs } from "./report/docs";
import { markdown } from "./report/markdown";
import { plot } from "./report/plot";
import { startService } from "./service";
import { runStage, type Sample, type Stage } from "./stage";
import { judge, type TimedVerdict } from "./targets";

export interface Results {
  readonly quick: boolean;
  readonly machine: PulumiMachine;
  readonly date: string;
  /** That the run took. */
  minutes: number;
  /** What was left out, and why. */
  readonly notes: string[];
  readonly samples: Sample[];
  readonly reads: ReadCount[];
  readonly repairs: RepairCount[];
  readiness?: Readiness;
  readonly manyStacks: ManyStacks[];
}

const resultsFolder = join(__dirname, "results");
const log = (line: string) => console.log(line);

/**
 * Runs everything, writes the results and answers the exit code: 1 when a promise was broken. Of a
 * quick run, times break none.
 */
export async function runBenchmark(isQuick: boolean): Promise<number> {
  const plan = isQuick ? quick : full;
  const begun = Date.now();
  const results: Results = {
    quick: isQuick,
    machine: await describeMachine(),
    date: new Date(begun).toISOString().slice(0, 10),
    minutes: 0,
    notes: [],
    samples: [],
    reads: [],
    repairs: [],
    manyStacks: [],
  };
  const folder = isQuick ? join(resultsFolder, "quick") : resultsFolder;
  mkdirSync(folder, { recursive: true });
  const partial = join(resultsFolder, "partial.json");
  // An hour's measurements are worth keeping when the run is interrupted.
  const keep = () => (isQuick ? undefined : writeFileSync(partial, JSON.stringify(results)));
  const forget = onInterrupt(keep);

  const service = await startService();
  try {
    const obstacle = usesAwsCli(plan.stages) ? await awsCliObstacle(service.url) : undefined;
    if (obstacle !== undefined) {
      results.notes.push(`The shell loop over the AWS CLI was left out: ${obstacle}.`);
      log(results.notes.join("\n"));
    }
    const stages = obstacle === undefined ? plan.stages : plan.stages.map(withoutAwsCli);
    const counted = await countCalls(plan, service, log);
    results.reads.push(...counted.reads);
    results.repairs.push(...counted.repairs);
    results.readiness = await measureReadiness(plan.readinessRuns, service, log);
    for (const stage of stages) {
      results.samples.push(...(await runStage(stage, service, log)));
      keep();
    }
    for (const [stacks, each] of plan.manyStacks) {
      results.manyStacks.push(await measureManyStacks(stacks, each, service, log));
    }
  } finally {
    forget();
    service.stop();
  }
  results.minutes = Math.round((Date.now() - begun) / 6_000) / 10;

  const verdicts = judge(results);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("results.json", `${JSON.stringify({ ...results, verdicts }, undefined, 1)}\n`);
  write("results.md", markdown(results, verdicts));
  write("plot.svg", plot(results));
  if (!isQuick) {
    writeDocs(results, verdicts);
    rmSync(partial, { force: true });
  }
  const judged = conclude(verdicts, isQuick);
  const met = judged.filter((verdict) => verdict.met).length;
  const took = duration((Date.now() - begun) / 1000);
  const where = relative(repository, folder);
  log(`\nbench: ${met} of ${judged.length} targets met in ${took}; results in ${where}`);
  return met < judged.length ? 1 : 0;
}

const usesAwsCli = (stages: readonly Stage[]) =>
  stages.some(({ steps }) => steps.some(({ runs }) => runs.awsCliLoop !== undefined));

const withoutAwsCli = ({ steps, ...stage }: Stage): Stage => ({
  ...stage,
  steps: steps.map(({ runs: { awsCliLoop: _, ...runs }, ...step }) => ({ ...step, runs })),
});

/** Says what became of each target; answers those that count. */
function conclude(verdicts: readonly TimedVerdict[], isQuick: boolean): TimedVerdict[] {
  log("");
  for (const { what, target, measured, met, timed } of verdicts) {
    const mark = isQuick && timed ? "time" : met ? "ok  " : "MISS";
    log(`${mark} ${what}: ${measured} (${target})`);
  }
  return verdicts.filter(({ timed }) => !(isQuick && timed));
}
