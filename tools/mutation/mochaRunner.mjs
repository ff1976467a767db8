// Runs mocha for Stryker: its own runner does not know the mocha of this project.
import { createRequire } from "node:module";
import { join } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { DryRunStatus, TestStatus, toMutantRunResult } from "@stryker-mutator/api/test-runner";

/** Where the instrumented code looks for what it is to do, and tells what was reached. */
const scope = /** @type {any} */ (globalThis);
scope.__stryker__ ??= {};
const context = scope.__stryker__;

// The random programs of the model are the same for each mutant, and few.
Object.assign(process.env, { CODESTAR_TEST_MODEL_SEED: "7", CODESTAR_TEST_MODEL_STEPS: "60" });

/**
 * The specs of the rooms that are mutated: they start no processes, and take some seconds in all.
 */
const specs = [
  "unit/apply",
  "unit/argumentRules",
  "unit/check",
  "unit/connection",
  "unit/drift",
  "unit/errors",
  "unit/mistake",
  "unit/nearest",
  "unit/otherProcesses",
  "unit/printable",
  "unit/privateKeyHeads",
  "unit/provider",
  "unit/providerSchema",
  "unit/reconcile",
  "unit/rosterCompare",
  "unit/rosterLifecycle",
  "unit/rosterPlan",
  "unit/rosterUntil",
  "unit/sshKeyBlob",
  "unit/sshPublicKey",
  "unit/userArn",
  "model/wholePrograms",
];

class MochaRunner {
  /** @type {any} */
  #mocha;

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    const require = createRequire(join(process.cwd(), "package.json"));
    require("ts-node/register/transpile-only");
    const { default: Mocha } = require("mocha");
    this.#mocha = new Mocha({ timeout: 20_000, reporter: /** @type {any} */ (silent) });
    this.#mocha.cleanReferencesAfterRun(false);
    for (const name of specs) {
      this.#mocha.addFile(join(process.cwd(), `test/${name}.spec.ts`));
    }
  }

  /** @param {{ coverageAnalysis: string }} options */
  async dryRun({ coverageAnalysis }) {
    this.#mocha.bail(false);
    if (coverageAnalysis === "perTest") {
      this.#mocha.suite.beforeEach(
        /** @this {any} */ function noteTest() {
          context.currentTestId = this.currentTest?.fullTitle();
        },
      );
    }
    const tests = await this.#run();
    context.currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: context.mutantCoverage };
  }

  /** @param {any} options */
  async mutantRun({ activeMutant, testFilter, disableBail, hitLimit }) {
    this.#mocha.bail(!disableBail);
    Object.assign(context, {
      activeMutant: activeMutant.id,
      hitCount: hitLimit === undefined ? undefined : 0,
      hitLimit,
    });
    const titles = testFilter && closest(testFilter, activeMutant.fileName);
    const literals = titles?.map((/** @type {string} */ title) =>
      title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    );
    this.#mocha.grep(literals ? new RegExp(`^(?:${literals.join("|")})$`) : /./);
    const tests = await this.#run();
    const { hitCount } = context;
    if (hitCount !== undefined && hitLimit !== undefined && hitCount > hitLimit) {
      return { status: "timeout", reason: `hit ${hitCount} times` };
    }
    return toMutantRunResult({ status: DryRunStatus.Complete, tests });
  }

  /** @returns {Promise<any[]>} */
  async #run() {
    /** @type {any[]} */
    const tests = [];
    await new Promise((resolve) => {
      const runner = this.#mocha.run(resolve);
      const note = (/** @type {any} */ test, /** @type {object} */ result) =>
        tests.push({
          id: test.fullTitle(),
          name: test.fullTitle(),
          fileName: test.file,
          timeSpentMs: test.duration ?? 0,
          ...result,
        });
      runner.on("pass", (/** @type {any} */ test) => note(test, { status: TestStatus.Success }));
      runner.on("pending", (/** @type {any} */ test) => note(test, { status: TestStatus.Skipped }));
      runner.on("fail", (/** @type {any} */ test, /** @type {Error} */ error) =>
        note(test, { status: TestStatus.Failed, failureMessage: error.message }),
      );
    });
    return tests;
  }
}

/**
 * What is decided about one profile has tests of its own. Whole programs, seconds of
 * them, are for the lifecycles.
 * @param {string[]} titles
 * @param {string} fileName
 */
function closest(titles, fileName) {
  const own = titles.filter((title) => !title.startsWith("whole programs"));
  return fileName.includes("/provider/lifecycle/") || own.length === 0 ? titles : own;
}

function silent() {}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, "mocha", /** @type {any} */ (MochaRunner)),
];
