// npm run test:soak: the long forms of tests, one after the other, some hours in all; or only some:
//   npm run test:soak -- programs
// A failure is repeated by the seed that it prints, in CODESTAR_TEST_MODEL_SEED.
import { run } from "../running/children.mjs";
import { duration } from "../running/progress.mjs";
import { repository } from "../running/repository.mjs";

/**
 * @typedef {object} Soak
 * @property {string} name
 * @property {readonly string[]} args Suites and mocha's options, as `npm test --` takes them.
 * @property {Record<string, string>} env How much.
 */

/** @type {readonly Soak[]} */
const soaks = [
  {
    name: "programs",
    args: ["model", "--grep", "random programs"],
    env: { CODESTAR_TEST_MODEL_STEPS: "20000" },
  },
  {
    name: "programs-engine",
    args: ["engine", "--grep", "whole_programs"],
    env: { CODESTAR_TEST_ENGINE_STEPS: "300" },
  },
  { name: "engine-long", args: ["engine"], env: { CODESTAR_TEST_LONG: "1" } },
  {
    name: "engine-native",
    args: ["engine"],
    env: { CODESTAR_TEST_FORM: "native", CODESTAR_TEST_LONG: "1" },
  },
  {
    name: "rosters",
    args: ["model", "--grep", "mutated rosters"],
    env: { ROSTER_FUZZ_ROUNDS: "20000" },
  },
  {
    name: "roster-schema",
    args: ["unit", "--grep", "the JSON Schema and check"],
    env: { ROSTER_RUNS: "5000" },
  },
  {
    name: "failovers",
    args: ["service", "--grep", "loses its primary"],
    env: { CODESTAR_TEST_FAILOVERS: "20" },
  },
];

/** Longer than any takes, in milliseconds. */
const limit = 4 * 60 * 60_000;

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => soaks.every((soak) => soak.name !== name));
if (unknown !== undefined) {
  console.error(
    `There is no soak "${unknown}"; there are ${soaks.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(1);
}
const failed = [];
const chosen = soaks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const { name, args, env } of chosen) {
  console.log(`\n── ${name} ──`);
  const begun = Date.now();
  const outcome = await run(process.execPath, ["tools/test.mjs", ...args], {
    cwd: repository,
    env: { ...process.env, CODESTAR_TEST_SUITE_MINUTES: `${limit / 60_000}`, ...env },
    inherit: true,
    limit,
  });
  if (outcome.code !== 0) failed.push(name);
  const end = outcome.code === 0 ? "passed" : "failed";
  console.log(`${name.padEnd(16)} ${duration((Date.now() - begun) / 1000).padStart(8)}   ${end}`);
}
if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
