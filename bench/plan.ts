// What is run.
import type { ServiceId } from "./service";
import { type Stage, type Step, withoutCheckpoints } from "./stage";
import { type Operation, operations, type VariantId, variants } from "./variants";

/** How often each variant is run. */
export type Runs = Partial<Record<VariantId, number>>;

export interface Plan {
  readonly stages: readonly Stage[];
  /** Stacks of so many, in accounts of as many and of so many. */
  readonly previews: readonly (readonly [declared: number, accounts: readonly number[]])[];
  /** Of a stack that is among the previews, so many drifted. */
  readonly repairs: readonly [declared: number, drifted: readonly number[]];
  readonly readinessRuns: number;
  readonly manyStacks: readonly (readonly [stacks: number, each: number])[];
}

const step = (
  operation: Operation,
  service: ServiceId,
  runs: Runs,
  more: Pick<Step, "setting" | "special" | "limit"> = {},
): Step => ({ operation, service, runs, ...more });

/** The six operations in turn, each by every variant that has it. */
const cycle = (service: ServiceId, runs: Runs): Step[] =>
  operations.map((operation) => {
    const able = Object.entries(runs).filter(([id]) =>
      variants[id as VariantId].operations.includes(operation),
    );
    return step(operation, service, Object.fromEntries(able));
  });

const checkpointsSkipped = {
  setting: "PULUMI_SKIP_CHECKPOINTS",
  special: withoutCheckpoints,
};
const parallelDiff = {
  setting: "PULUMI_PARALLEL_DIFF",
  special: { env: { PULUMI_PARALLEL_DIFF: "true" } },
};
const parallel = (count: number) => ({
  setting: `--parallel ${count}`,
  special: { args: ["--parallel", String(count)] },
});

/** Half an hour to an hour on two cores. */
export const full: Plan = {
  stages: [
    {
      n: 10,
      steps: [
        ...cycle("plain", { doNothing: 2, usual: 2, ours: 2, sdkLoop: 2, awsCliLoop: 1 }),
        ...cycle("latency", { doNothing: 1, usual: 1, ours: 1, sdkLoop: 1 }),
        ...cycle("limited", { doNothing: 1, usual: 1, ours: 1, sdkLoop: 1 }),
      ],
    },
    {
      n: 100,
      steps: [
        step("up", "plain", { barest: 1, awsCliLoop: 1 }),
        step("preview", "plain", { awsCliLoop: 1 }),
        ...cycle("plain", { doNothing: 3, usual: 3, ours: 3, sdkLoop: 3 }),
        ...cycle("latency", { doNothing: 2, usual: 1, ours: 2, sdkLoop: 1 }),
        step("up", "latency", { ours: 2 }, parallel(1)),
        step("up", "latency", { ours: 2 }, parallel(64)),
        ...cycle("limited", { doNothing: 2, usual: 1, ours: 2, sdkLoop: 1 }),
      ],
    },
    {
      n: 1000,
      steps: [
        step("up", "plain", { ours: 2 }, checkpointsSkipped),
        step("up", "plain", { doNothing: 2, usual: 1, ours: 2, native: 2, sdkLoop: 1 }),
        step("preview", "plain", { doNothing: 5, usual: 1, ours: 5, native: 5, sdkLoop: 1 }),
        step("preview", "latency", { doNothing: 3, usual: 1, ours: 3, sdkLoop: 1 }),
        step("preview", "limited", { doNothing: 3, ours: 3 }),
        step("preview", "limited", { usual: 1 }, { limit: 3 * 60_000 }),
        step("preview", "latency", { doNothing: 1, usual: 1, ours: 1 }, parallelDiff),
        step("drift", "plain", { doNothing: 1, usual: 1, ours: 1 }),
        step("repair", "plain", { doNothing: 1, ours: 1 }),
        step("repair", "limited", { ours: 1 }),
        step("refresh", "plain", { doNothing: 1, usual: 1, ours: 1 }),
        step("destroy", "plain", { doNothing: 1, ours: 1 }),
      ],
    },
    {
      n: 3000,
      deployed: ["doNothing", "ours"],
      steps: [step("preview", "plain", { doNothing: 2, ours: 2 })],
    },
  ],
  previews: [
    [1, [100, 1000, 5000]],
    [3, [100, 1000, 5000]],
    [10, [100, 1000, 5000]],
    [100, [1000, 5000]],
  ],
  repairs: [100, [1, 7, 100]],
  readinessRuns: 20,
  manyStacks: [[10, 100]],
};

/** A minute or so: call counts and state sizes, which do not depend on the machine. */
export const quick: Plan = {
  stages: [
    {
      n: 100,
      steps: [
        step("up", "plain", { doNothing: 1, ours: 1 }),
        step("preview", "plain", { doNothing: 1, ours: 1 }),
        step("drift", "plain", { ours: 1 }),
        step("repair", "plain", { ours: 1 }),
        step("refresh", "plain", { ours: 1 }),
        step("destroy", "plain", { ours: 1 }),
      ],
    },
    {
      n: 20,
      steps: [
        step("up", "limited", { usual: 1, ours: 1, sdkLoop: 1 }),
        step("preview", "latency", { usual: 1, ours: 1, sdkLoop: 1 }),
        step("repair", "latency", { usual: 1, ours: 1 }),
      ],
    },
  ],
  previews: [[3, [5000]]],
  repairs: [3, [2]],
  readinessRuns: 3,
  manyStacks: [],
};
