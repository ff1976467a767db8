// All that is measured with one number of people.
import { duration, startProgress } from "../running/progress.mjs";
import { expectDone, type Measurement, measure } from "./measure";
import { people } from "./people";
import type { Runs } from "./plan";
import { type Service, type ServiceId, services } from "./service";
import { median } from "./statistics";
import {
  type Operation,
  operationTitles,
  type Special,
  type Subject,
  type VariantId,
  variantIds,
  variants,
} from "./variants";

export interface Step {
  readonly operation: Operation;
  readonly service: ServiceId;
  readonly runs: Runs;
  /** A name for what is special about the runs. */
  readonly setting?: string;
  readonly special?: Special;
  /** Milliseconds that a run may take, if not `timeLimit`. */
  readonly limit?: number;
}

export interface Stage {
  readonly n: number;
  /** Variants whose profiles are deployed beforehand, without being measured. */
  readonly deployed?: readonly VariantId[];
  readonly steps: readonly Step[];
}

export interface Sample
  extends Omit<Measurement, "output">,
    Pick<Step, "operation" | "service" | "setting"> {
  readonly n: number;
  readonly variant: VariantId;
  /** Of the state file after a first up. */
  readonly stateBytes?: number;
  /** The line of the output that says why a run failed. */
  readonly reason?: string;
}

/** A run may take so long, in milliseconds. */
const timeLimit = 5 * 60_000;

/**
 * Settings under which the CLI does not write the state after every step: for what is
 * deployed without being measured.
 */
export const withoutCheckpoints = {
  env: { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "true" },
};

/** How many of so many profiles drift: 1 %, and one at least. */
export const driftedOf = (n: number) => Math.max(1, Math.round(n / 100));

/** Runs a stage, the variants in turn within each operation. */
export async function runStage(
  { n, deployed = [], steps }: Stage,
  service: Service,
  log: (line: string) => void,
): Promise<Sample[]> {
  const everyone = people(n);
  const ids = variantIds.filter(
    (id) => deployed.includes(id) || steps.some(({ runs }) => runs[id] !== undefined),
  );
  const subjects = new Map<VariantId, Subject>();
  const subject = (id: VariantId) => subjects.get(id) as Subject;
  const samples: Sample[] = [];
  /** Variants whose last run left something half done. */
  const broken = new Set<VariantId>();
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

  /** Deploys everyone, without its being measured. */
  async function deploy(id: VariantId) {
    const { title, region } = variants[id];
    if (!fresh.has(id)) await subject(id).clear();
    await service.reset(region);
    const progress = startProgress(`Deploying ${n} profiles: ${title}`);
    await expectDone(subject(id).command("up", withoutCheckpoints), service);
    progress.stop();
    fresh.delete(id);
    broken.delete(id);
  }

  async function runStep(step: Step) {
    const taken: Sample[] = [];
    const { title: pace } = services[step.service];
    const title = [`N = ${n}`, pace, step.setting, operationTitles[step.operation]]
      .filter(Boolean)
      .join(" · ");
    const progress = startProgress(title);
    const rounds = Math.max(...Object.values(step.runs));
    for (let round = 0; round < rounds; round++) {
      // Forth and back, so that none always runs in the wake of the same one.
      for (const id of round % 2 === 0 ? ids : [...ids].reverse()) {
        if (round >= (step.runs[id] ?? 0)) continue;
        progress.update(`${variants[id].title}, ${round + 1} of ${step.runs[id]}`);
        taken.push(await runOnce(step, id, round));
      }
    }
    log(`${title} (${duration(progress.stop())})\n  ${summary(taken)}`);
    return taken;
  }

  async function runOnce(step: Step, id: VariantId, round: number): Promise<Sample> {
    const { operation, service: pace, setting, special, limit = timeLimit } = step;
    await prepare(operation, id, round);
    await service.pace(services[pace].pace);
    const command = subject(id).command(operation, special);
    const { output, ...measured } = await measure(command, service, limit);
    fresh.delete(id);
    const done = measured.outcome === "done";
    if (!done && operation !== "preview" && operation !== "drift") broken.add(id);
    const stateBytes = operation === "up" && done ? subject(id).stateBytes() : undefined;
    return {
      ...{ n, variant: id, operation, service: pace, ...(setting !== undefined && { setting }) },
      ...measured,
      ...(stateBytes !== undefined && { stateBytes }),
      ...(measured.outcome === "failed" && { reason: reasonIn(output) }),
    };
  }

  /** Brings about what the operation starts from. */
  async function prepare(operation: Operation, id: VariantId, round: number) {
    const { region, touchesService } = variants[id];
    if (operation === "up") {
      broken.delete(id);
      if (fresh.has(id)) return;
      await subject(id).clear();
      await service.fill(region, []);
    } else if (broken.has(id)) await deploy(id);
    if (touchesService && (operation === "drift" || operation === "repair")) {
      const drifted = everyone.slice(-driftedOf(n));
      await service.drift(
        region,
        drifted.map(({ userArn }) => userArn),
      );
    }
    if (operation !== "destroy") return;
    if (round === 0) subject(id).saveState();
    else {
      broken.delete(id);
      subject(id).restoreState();
      if (touchesService) await service.fill(region, everyone);
    }
  }
}

function summary(taken: readonly Sample[]): string {
  const lines = [...new Set(taken.map(({ variant }) => variant))].map((id) => {
    const own = taken.filter(({ variant }) => variant === id);
    const done = own.filter(({ outcome }) => outcome === "done");
    const last = own.at(-1);
    const time =
      done.length > 0
        ? duration(median(done.map(({ seconds }) => seconds)))
        : `${last?.outcome}${last?.reason === undefined ? "" : ` (${last.reason})`}`;
    return `${variants[id].title} ${time}, ${last?.reads} reads, ${last?.writes} writes`;
  });
  return lines.join("\n  ");
}

/** The line of the output that says why, without what surrounds it. */
function reasonIn(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const line =
    lines.find((each) => /exception|error:|failed/i.test(each)) ?? lines.findLast(Boolean);
  return (line ?? "").slice(0, 200);
}
