// npm test: everything the tests need, then every suite; or only some:
//   npm test -- unit engine --grep drift
// Names before the first option choose suites; options go to mocha.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../running/children.mjs";
import { onInterrupt } from "../running/interruption.mjs";
import { duration } from "../running/progress.mjs";
import { cliEnvironment, obtainPulumi } from "../running/pulumiCli.mjs";
import { repository } from "../running/repository.mjs";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";
import { sources } from "./sources.mjs";

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {readonly string[]} failures What failed, each with why.
 * @property {number} skipped
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {boolean} [usesCli]
 * @property {(context: Context) => Promise<Counts>} test
 *
 * @typedef {object} Context
 * @property {NodeJS.ProcessEnv} env
 * @property {string} folder For files that last as long as the run.
 * @property {readonly string[]} options For mocha.
 */

/**
 * Longer than any suite takes, in milliseconds: a suite that hangs fails instead
 * of holding up the others.
 */
const suiteLimit = Number(process.env.CODESTAR_TEST_SUITE_MINUTES ?? 45) * 60_000;

/** @type {readonly Suite[]} */
const suites = [
  check("lint", [
    ["@biomejs/biome/bin/biome", "check", "."],
    // By itself: it reads the types of every package, which takes far longer
    // than all the other rules.
    ["@biomejs/biome/bin/biome", "lint", "--only=nursery/noFloatingPromises", ...sources],
  ]),
  check("types", [
    ["typescript/bin/tsc", "-p", "tsconfig.json", "--noEmit"],
    ["typescript/bin/tsc", "-p", "tools/tsconfig.json"],
    ["typescript/bin/tsc", "-p", "bench/tsconfig.json"],
  ]),
  mocha("unit", ["test/unit/**/*.spec.ts", "--parallel", "--jobs", "2"]),
  mocha("model", ["test/model/**/*.spec.ts", "--parallel", "--jobs", "2"]),
  mocha("command", ["test/command/**/*.spec.ts"]),
  mocha("architecture", ["test/*.spec.ts"]),
  mocha("service", ["test/service/**/*.spec.ts"]),
  {
    ...mocha("engine", ["test/engine/**/*.spec.ts", "--parallel", "--jobs", "2"]),
    usesCli: true,
  },
  mocha("interop", ["test/interop/**/*.spec.ts"]),
  // Call counts and state sizes, which no machine changes; of times it asserts none.
  { ...check("bench", [["../tools/bench.mjs", "--quick"]]), usesCli: true },
];

/**
 * A suite of programs that each must exit with 0; it counts as one test.
 *
 * @param {string} name
 * @param {readonly (readonly [script: string, ...args: string[]])[]} programs
 * @returns {Suite}
 */
function check(name, programs) {
  return {
    name,
    test: async ({ env }) => {
      const failed = [];
      for (const [script, ...args] of programs) {
        const { code, signal } = await runScript(script, args, env);
        if (code !== 0) failed.push(`${[script, ...args].join(" ")}: status ${code ?? signal}`);
      }
      return failed.length === 0
        ? { passed: 1, failures: [], skipped: 0 }
        : { passed: 0, failures: [failed.join("\n")], skipped: 0 };
    },
  };
}

/**
 * A mocha process of its own. Besides its failed tests, a crash and a run without a
 * single test count as failed.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Suite}
 */
function mocha(name, args) {
  return {
    name,
    test: async ({ env, folder, options }) => {
      const file = join(folder, `${name}.json`);
      const reporter = [
        "--reporter",
        "test/support/reporter.cjs",
        "--reporter-option",
        `counts=${file}`,
      ];
      const outcome = await runScript(
        "mocha/bin/mocha.js",
        [...args, "--forbid-only", ...reporter, ...options],
        env,
      );
      const counts = readCounts(file);
      if (counts === undefined) {
        return nothingRan(
          outcome.timedOut ? "was ended: it took too long" : "ended before its tests had run",
        );
      }
      if (counts.failures.length > 0) return counts;
      if (outcome.code !== 0) {
        return { ...counts, failures: [`mocha exited with ${outcome.code ?? outcome.signal}`] };
      }
      if (counts.passed + counts.skipped === 0 && options.length === 0) {
        return nothingRan("has no tests");
      }
      return counts;
    },
  };
}

/**
 * @param {string} script Inside node_modules.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function runScript(script, args, env) {
  return run(process.execPath, [join(repository, "node_modules", script), ...args], {
    cwd: repository,
    env,
    inherit: true,
    limit: suiteLimit,
  });
}

/**
 * @param {string} what
 * @returns {Counts}
 */
function nothingRan(what) {
  return { passed: 0, failures: [`mocha ${what}`], skipped: 0 };
}

/**
 * @param {string} file
 * @returns {Counts | undefined}
 */
function readCounts(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {readonly string[]} args
 * @returns {{ chosen: readonly Suite[]; options: readonly string[] }}
 */
function choose(args) {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const names = firstOption === -1 ? args : args.slice(0, firstOption);
  const unknown = names.find((name) => suites.every((suite) => suite.name !== name));
  if (unknown !== undefined) {
    const known = suites.map((suite) => suite.name).join(", ");
    throw new Error(`There is no suite "${unknown}"; there are ${known}.`);
  }
  const options = firstOption === -1 ? [] : args.slice(firstOption);
  const chosen = suites.filter((suite) => names.length === 0 || names.includes(suite.name));
  return { chosen, options };
}

/**
 * @param {readonly Suite[]} chosen
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function prepare(chosen) {
  await ensureDependencies();
  const env = chosen.some((suite) => suite.usesCli)
    ? cliEnvironment(await obtainPulumi())
    : process.env;
  await ensureBuilt();
  return env;
}

/**
 * Runs the chosen suites one after another. What failed is printed once more behind the table, so
 * that the end of a log is enough to know.
 *
 * @param {string} folder
 * @returns {Promise<Counts>}
 */
async function test(folder) {
  const { chosen, options } = choose(process.argv.slice(2));
  const env = await prepare(chosen);
  const failures = [];
  const table = [];
  let passed = 0;
  let skipped = 0;
  for (const { name, test } of chosen) {
    console.log(`\n── ${name} ──`);
    const begun = Date.now();
    const counts = await test({ env, folder, options });
    const line = `${name.padEnd(13)} ${duration((Date.now() - begun) / 1000).padStart(8)}   ${phrase(counts)}`;
    console.log(line);
    table.push(line);
    passed += counts.passed;
    failures.push(...counts.failures.map((failure) => `${name}: ${failure}`));
    skipped += counts.skipped;
  }
  if (passed + failures.length + skipped === 0) {
    failures.push(`No test matches ${options.join(" ")}.`);
  }
  console.log(`\n${table.join("\n")}\n`);
  return { passed, failures, skipped };
}

/** @param {Counts} counts */
function phrase({ passed, failures, skipped }) {
  return `${passed} passed, ${failures.length} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

const folder = fs.mkdtempSync(join(tmpdir(), "pulumi-codestar-test-"));
const remove = () => fs.rmSync(folder, { recursive: true, force: true });
const forget = onInterrupt(remove);
/** @type {Counts} */
let total;
try {
  total = await test(folder);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  total = { passed: 0, failures: [why], skipped: 0 };
}
forget();
remove();
for (const failure of total.failures) console.log(`FAILED  ${failure}\n`);
console.log(phrase(total));
process.exitCode = total.failures.length === 0 ? 0 : 1;
