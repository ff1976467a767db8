// All that is measured with one number of people.
import { duration, startProgress } from "../running/progress.mjs";
import { measure } from "./measure.mjs";
import { median } from "./median.mjs";
import { people } from "./people.mjs";
import { services } from "./services.mjs";
import { operationTitles, variants } from "./variants.mjs";

/** @typedef {import("./variants.mjs").VariantId} VariantId */
/** @typedef {import("./variants.mjs").Operation} Operation */
/** @typedef {import("./variants.mjs").Subject} Subject */

/**
 * @typedef {object} Step
 * @property {Operation} operation
 * @property {import("./services.mjs").ServiceId} service
 * @property {Partial<Record<VariantId, number>>} runs How often each variant is run.
 * @property {string} [setting] A name for what is special about the runs.
 * @property {number} [limit] Milliseconds that a run may take, if not `timeLimit`.
 * @property {{ args?: readonly string[]; env?: Record<string, string> }} [with] What is special.
 *
 * @typedef {object} Stage
 * @property {number} n
 * @property {readonly VariantId[]} [deployed] Variants whose profiles are deployed beforehand, without being measured.
 * @property {readonly Step[]} steps
 *
 * @typedef {object} Sample
 * @property {number} n
 * @property {VariantId} variant
 * @property {Operation} operation
 * @property {import("./services.mjs").ServiceId} service
 * @property {string} [setting]
 * @property {"done" | "failed" | "over limit"} outcome
 * @property {number} seconds
 * @property {number} [cpuSeconds]
 * @property {import("./processTree.mjs").Usage["cpuByRole"]} [cpuByRole]
 * @property {number} [peakBytes]
 * @property {number} reads
 * @property {number} writes
 * @property {number} throttled
 * @property {number} [stateBytes] Of the state file after a first up.
 * @property {string} [reason] The first line of an error.
 */

/** A run may take so long, in milliseconds. */
export const timeLimit = 5 * 60_000;

/** Settings under which the CLI does not write the state after every step: for what is deployed without being measured. */
export const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "true" };

/**
 * Runs a stage, the variants in turn within each operation.
 *
 * @param {Stage} stage
 * @param {import("./service.mjs").Service} service
 * @param {(line: string) => void} log
 * @returns {Promise<Sample[]>}
 */
export async function runStage({ n, deployed = [], steps }, service, log) {
  const everyone = people(n);
  const ids = /** @type {VariantId[]} */ (
    Object.keys(variants).filter(
      (id) =>
        deployed.includes(/** @type {VariantId} */ (id)) ||
        steps.some(({ runs }) => runs[/** @type {VariantId} */ (id)]),
    )
  );
  /** @type {Map<VariantId, Subject>} */
  const subjects = new Map();
  /** @type {Sample[]} */
  const samples = [];
  /** Variants whose last run left something half done. @type {Set<VariantId>} */
  const broken = new Set();
  /** @type {Set<VariantId>} */
  const fresh = new Set(ids);
  try {
    for (const id of ids) {
      const { open, region } = variants[id];
      subjects.set(id, await open({ people: everyone, url: service.url, region }));
      await service.fill(region, []);
    }
    for (const id of deployed) await deploy(id);
    for (const step of steps) samples.push(...(await runStep(step)));
  } finally {
    for (const each of subjects.values()) each.remove();
  }
  return samples;

  /** @param {VariantId} id */
  function subject(id) {
    return /** @type {Subject} */ (subjects.get(id));
  }

  /** Deploys everyone, without its being measured. @param {VariantId} id */
  async function deploy(id) {
    const { title, region } = variants[id];
    await service.pace({});
    if (!fresh.has(id)) await subject(id).clear();
    await service.fill(region, []);
    const progress = startProgress(`Deploying ${n} profiles: ${title}`);
    const { outcome, output } = await measure(
      subject(id).command("up", { env: withoutCheckpoints }),
      service,
    );
    progress.stop();
    if (outcome !== "done") throw new Error(`deploying ${n} profiles failed:\n${output}`);
    fresh.delete(id);
    broken.delete(id);
  }

  /** @param {Step} step */
  async function runStep(step) {
    /** @type {Sample[]} */
    const taken = [];
    const title = [`N = ${n}`, services[step.service].title, step.setting, titleOf(step.operation)]
      .filter(Boolean)
      .join(" · ");
    const progress = startProgress(title);
    const rounds = Math.max(...Object.values(step.runs));
    for (let round = 0; round < rounds; round++) {
      // Each round begins with another variant, so that none always runs in the wake of the same one.
      const order = ids.map(
        (_, index) => /** @type {VariantId} */ (ids[(index + round) % ids.length]),
      );
      for (const id of order) {
        if (round >= (step.runs[id] ?? 0)) continue;
        progress.update(`${variants[id].title}, ${round + 1} of ${step.runs[id]}`);
        taken.push(await runOnce(step, id, round));
      }
    }
    log(`${title} (${duration(progress.stop())})\n  ${summary(taken)}`);
    return taken;
  }

  /**
   * @param {Step} step
   * @param {VariantId} id
   * @param {number} round
   * @returns {Promise<Sample>}
   */
  async function runOnce(step, id, round) {
    const { operation, service: pace, setting } = step;
    /** @type {Pick<Sample, "n" | "variant" | "operation" | "service" | "setting">} */
    const what = { n, variant: id, operation, service: pace, ...(setting && { setting }) };
    await prepare(operation, id, round);
    await service.pace(services[pace].pace);
    const command = subject(id).command(operation, step.with);
    const { output, ...measured } = await measure(command, service, step.limit ?? timeLimit);
    fresh.delete(id);
    const { outcome } = measured;
    if (outcome !== "done" && operation !== "preview" && operation !== "drift") broken.add(id);
    const stateBytes =
      operation === "up" && outcome === "done" ? subject(id).stateBytes() : undefined;
    return {
      ...what,
      ...measured,
      ...(stateBytes !== undefined && { stateBytes }),
      ...(outcome === "failed" && { reason: reasonIn(output) }),
    };
  }

  /**
   * Brings about what the operation starts from.
   *
   * @param {Operation} operation
   * @param {VariantId} id
   * @param {number} round
   */
  async function prepare(operation, id, round) {
    const { region, touchesService } = variants[id];
    if (operation === "up") {
      broken.delete(id);
      if (fresh.has(id)) return;
      await subject(id).clear();
      await service.fill(region, []);
    }
    if (operation !== "up" && broken.has(id)) await deploy(id);
    if (!touchesService) return;
    if (operation === "drift" || operation === "repair") {
      await service.drift(region, drifted(n));
    }
    if (operation === "destroy") {
      if (round === 0) subject(id).saveState();
      else {
        broken.delete(id);
        subject(id).restoreState();
        await service.fill(region, everyone);
      }
    }
  }

  /** @param {number} count */
  function drifted(count) {
    return everyone.slice(-driftedOf(count)).map(({ userArn }) => userArn);
  }
}

/** How many of so many profiles drift: 1 %, and one at least. @param {number} n */
export const driftedOf = (n) => Math.max(1, Math.round(n / 100));

/** @param {Operation} operation */
const titleOf = (operation) => operationTitles[operation];

/** @param {readonly Sample[]} taken */
function summary(taken) {
  const ids = [...new Set(taken.map(({ variant }) => variant))];
  return ids
    .map((id) => {
      const own = taken.filter(({ variant }) => variant === id);
      const done = own.filter(({ outcome }) => outcome === "done");
      const last = own.at(-1);
      const time =
        done.length > 0
          ? duration(median(done.map(({ seconds }) => seconds)))
          : `${last?.outcome}${last?.reason ? ` (${last.reason})` : ""}`;
      return `${variants[id].title} ${time}, ${last?.reads} reads, ${last?.writes} writes`;
    })
    .join("\n  ");
}

/** The line of the output that says why, without what surrounds it. @param {string} output */
function reasonIn(output) {
  const lines = output.split("\n").map((line) => line.trim());
  return (
    lines.find((line) => /exception|error:|failed/i.test(line)) ??
    lines.findLast(Boolean) ??
    ""
  ).slice(0, 200);
}
