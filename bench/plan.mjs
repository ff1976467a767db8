// What is run.
import { operations, variants } from "./variants.mjs";

/** @typedef {import("./stage.mjs").Stage} Stage */
/** @typedef {import("./stage.mjs").Step} Step */
/** @typedef {Partial<Record<import("./variants.mjs").VariantId, number>>} Runs */

/**
 * @typedef {object} Plan
 * @property {readonly Stage[]} stages
 * @property {readonly number[]} directoryNs Declared profiles, for the directory by itself.
 * @property {readonly number[]} directoryTs Profiles in the account, besides as many as are declared.
 * @property {Parameters<typeof import("./readBound.mjs").countCalls>[0]} calls
 * @property {number} readinessRuns
 * @property {readonly [stacks: number, each: number][]} manyStacks
 * @property {readonly (readonly ["up" | "preview", n: number])[]} profiles
 */

/**
 * The six operations in turn, each by every variant that has it.
 *
 * @param {import("./services.mjs").ServiceId} service
 * @param {Runs} runs
 * @returns {Step[]}
 */
function cycle(service, runs) {
  return operations.map((operation) => ({ operation, service, runs: having(operation, runs) }));
}

/** @param {import("./variants.mjs").Operation} operation @param {Runs} runs @returns {Runs} */
function having(operation, runs) {
  return Object.fromEntries(
    Object.entries(runs).filter(([id]) =>
      variants[/** @type {keyof typeof variants} */ (id)].operations.includes(operation),
    ),
  );
}

const checkpointsSkipped = {
  setting: "PULUMI_SKIP_CHECKPOINTS",
  with: { env: { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "true" } },
};
const parallelDiff = {
  setting: "PULUMI_PARALLEL_DIFF",
  with: { env: { PULUMI_PARALLEL_DIFF: "true" } },
};
/** @param {number} count */
const parallel = (count) => ({
  setting: `--parallel ${count}`,
  with: { args: ["--parallel", String(count)] },
});

/** Some half an hour on two cores. @type {Plan} */
export const full = {
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
        { operation: "up", service: "plain", runs: { barest: 1, awsCliLoop: 1 } },
        { operation: "preview", service: "plain", runs: { awsCliLoop: 1 } },
        ...cycle("plain", { doNothing: 3, usual: 3, ours: 3, sdkLoop: 3 }),
        ...cycle("latency", { doNothing: 2, usual: 1, ours: 2, sdkLoop: 1 }),
        { operation: "up", service: "latency", runs: { ours: 2 }, ...parallel(1) },
        { operation: "up", service: "latency", runs: { ours: 2 }, ...parallel(64) },
        ...cycle("limited", { doNothing: 2, usual: 1, ours: 2, sdkLoop: 1 }),
      ],
    },
    {
      n: 1000,
      steps: [
        { operation: "up", service: "plain", runs: { ours: 2 }, ...checkpointsSkipped },
        {
          operation: "up",
          service: "plain",
          runs: { doNothing: 2, usual: 1, ours: 2, native: 2, sdkLoop: 1 },
        },
        {
          operation: "preview",
          service: "plain",
          runs: { doNothing: 5, usual: 1, ours: 5, native: 5, sdkLoop: 1 },
        },
        {
          operation: "preview",
          service: "latency",
          runs: { doNothing: 3, usual: 1, ours: 3, sdkLoop: 1 },
        },
        { operation: "preview", service: "limited", runs: { doNothing: 3, ours: 3 } },
        { operation: "preview", service: "limited", runs: { usual: 1 }, limit: 3 * 60_000 },
        {
          operation: "preview",
          service: "latency",
          runs: { doNothing: 1, usual: 1, ours: 1 },
          ...parallelDiff,
        },
        { operation: "drift", service: "plain", runs: { doNothing: 1, usual: 1, ours: 1 } },
        { operation: "repair", service: "plain", runs: { doNothing: 1, ours: 1 } },
        { operation: "repair", service: "limited", runs: { ours: 1 } },
        { operation: "refresh", service: "plain", runs: { doNothing: 1, usual: 1, ours: 1 } },
        {
          operation: "destroy",
          service: "plain",
          runs: { doNothing: 1, ours: 1 },
        },
      ],
    },
    {
      n: 3000,
      deployed: ["doNothing", "ours"],
      steps: [{ operation: "preview", service: "plain", runs: { doNothing: 2, ours: 2 } }],
    },
  ],
  directoryNs: [1, 2, 3, 4, 10, 30, 100, 1000],
  directoryTs: [100, 1000, 5000, 50_000],
  calls: {
    previews: [
      [1, [100, 1000, 5000]],
      [3, [100, 1000, 5000]],
      [10, [100, 1000, 5000]],
      [100, [1000, 5000]],
    ],
    repairs: [100, [1, 7, 100]],
  },
  readinessRuns: 20,
  manyStacks: [[10, 100]],
  profiles: [
    ["preview", 100],
    ["preview", 1000],
    ["up", 300],
  ],
};

/** A minute or so: call counts and state sizes, which do not depend on the machine. @type {Plan} */
export const quick = {
  stages: [
    {
      n: 100,
      steps: [
        { operation: "up", service: "plain", runs: { doNothing: 1, ours: 1 } },
        { operation: "preview", service: "plain", runs: { doNothing: 1, ours: 1 } },
        { operation: "drift", service: "plain", runs: { ours: 1 } },
        { operation: "repair", service: "plain", runs: { ours: 1 } },
        { operation: "refresh", service: "plain", runs: { ours: 1 } },
        { operation: "destroy", service: "plain", runs: { ours: 1 } },
      ],
    },
    {
      n: 20,
      steps: [
        { operation: "up", service: "limited", runs: { usual: 1, ours: 1, sdkLoop: 1 } },
        { operation: "preview", service: "latency", runs: { usual: 1, ours: 1, sdkLoop: 1 } },
        { operation: "repair", service: "latency", runs: { usual: 1, ours: 1 } },
      ],
    },
  ],
  directoryNs: [1, 2, 3, 4, 10, 100, 1000],
  directoryTs: [100, 1000, 5000],
  calls: { previews: [[3, [5000]]], repairs: [3, [2]] },
  readinessRuns: 3,
  manyStacks: [],
  profiles: [],
};
