// The benchmark from beginning to end.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onInterrupt } from "../running/interruption.mjs";
import { duration } from "../running/progress.mjs";
import { repository } from "../running/repository.mjs";
import { awsCliObstacle } from "./loop.mjs";
import { describeMachine } from "./machine.mjs";
import { measureManyStacks } from "./manyStacks.mjs";
import { full, quick } from "./plan.mjs";
import { profileOperation } from "./profile.mjs";
import { countCalls, countDirectoryReads } from "./readBound.mjs";
import { measureReadiness } from "./readiness.mjs";
import { writeDocs } from "./report/docs.mjs";
import { markdown } from "./report/markdown.mjs";
import { plot } from "./report/plot.mjs";
import { startService } from "./service.mjs";
import { runStage } from "./stage.mjs";
import { judge } from "./targets.mjs";

/**
 * @typedef {object} Results
 * @property {boolean} quick
 * @property {import("./machine.mjs").Machine} machine
 * @property {string} date
 * @property {number} minutes That the run took.
 * @property {string[]} notes What was left out, and why.
 * @property {import("./stage.mjs").Sample[]} samples
 * @property {import("./readBound.mjs").ReadCount[]} reads
 * @property {import("./readBound.mjs").RepairCount[]} repairs
 * @property {import("./readiness.mjs").Readiness} [readiness]
 * @property {import("./manyStacks.mjs").ManyStacks[]} manyStacks
 * @property {import("./profile.mjs").Profile[]} profiles
 */

const resultsFolder = fileURLToPath(new URL("results", import.meta.url));

/**
 * Runs everything, writes the results and answers the exit code: 1 when a promise was broken. Of a quick run, times
 * break none.
 *
 * @param {{ quick: boolean; log?: (line: string) => void }} options
 */
export async function runBenchmark({ quick: isQuick, log = console.log }) {
  const plan = isQuick ? quick : full;
  const begun = Date.now();
  /** @type {Results} */
  const results = {
    quick: isQuick,
    machine: await describeMachine(),
    date: new Date(begun).toISOString().slice(0, 10),
    minutes: 0,
    notes: [],
    samples: [],
    reads: [],
    repairs: [],
    manyStacks: [],
    profiles: [],
  };
  const folder = isQuick ? join(resultsFolder, "quick") : resultsFolder;
  mkdirSync(folder, { recursive: true });
  const partial = join(resultsFolder, "partial.json");
  // An hour's measurements are worth keeping when the run is interrupted.
  const keep = () => writeFileSync(partial, JSON.stringify(results));
  const forget = isQuick ? () => {} : onInterrupt(keep);

  const service = await startService();
  try {
    const stages = await possibleStages(plan.stages);
    results.reads.push(...(await countDirectoryReads(plan.directoryNs, plan.directoryTs)));
    const counted = await countCalls(plan.calls, service, log);
    results.reads.push(...counted.reads);
    results.repairs.push(...counted.writes);
    results.readiness = await measureReadiness(plan.readinessRuns, service, log);
    for (const [operation, n] of plan.profiles) {
      results.profiles.push(await profileOperation(operation, n, service, log));
    }
    for (const stage of stages) {
      results.samples.push(...(await runStage(stage, service, log)));
      if (!isQuick) keep();
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
  const write = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFileSync(join(folder, name), text);
  write("results.json", `${JSON.stringify({ ...results, verdicts }, undefined, 1)}\n`);
  write("results.md", markdown(results, verdicts));
  write("plot.svg", plot(results));
  if (!isQuick) {
    writeDocs(results, verdicts);
    rmSync(partial, { force: true });
  }
  return conclude();

  /**
   * Without the AWS CLI there is no loop over it, and that is said.
   *
   * @param {readonly import("./stage.mjs").Stage[]} stages
   */
  async function possibleStages(stages) {
    if (!stages.some(({ steps }) => steps.some(({ runs }) => runs.awsCliLoop))) return stages;
    const obstacle = await awsCliObstacle(service.url);
    if (obstacle === undefined) return stages;
    const note = `The shell loop over the AWS CLI was left out: ${obstacle}.`;
    results.notes.push(note);
    log(note);
    return stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map(({ runs: { awsCliLoop: _, ...runs }, ...step }) => ({
        ...step,
        runs,
      })),
    }));
  }

  function conclude() {
    log("");
    for (const { what, target, measured, met, timed } of verdicts) {
      const mark = isQuick && timed ? "time" : met ? "ok  " : "MISS";
      log(`${mark} ${what}: ${measured} (${target})`);
    }
    const judged = verdicts.filter(({ timed }) => !(isQuick && timed));
    const missed = judged.filter(({ met }) => !met);
    const seconds = (Date.now() - begun) / 1000;
    log(
      `\nbench: ${judged.length - missed.length} of ${judged.length} targets met in ${duration(seconds)}; results in ${relative(repository, folder)}`,
    );
    return missed.length > 0 ? 1 : 0;
  }
}
