// `npm run bench` and `npm run bench:service`: their arguments, what has to be there first, and the
// exit status. The benchmarks themselves are in TypeScript.
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "../running/repository.mjs";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";

const usage = `Usage: npm run bench [-- --quick | roster]
       npm run bench:service [-- [postgres] [--quick]]

What this package costs beside a provider that does nothing, the usual way of writing one, and scripts without Pulumi; and
the profile service beside a do-nothing HTTP server, dynalite and moto's server. The machine should have nothing else to do.

npm run bench            half an hour to an hour on two cores. Writes bench/results and the figures in docs.
  roster                 rosters of 10,000 and 1,000, some five minutes. Writes bench/results/roster.
  --quick                N up to 100, about a minute: checks call counts and state sizes, not times. Writes bench/results/quick.
npm run bench:service    about five minutes on two cores. Writes bench/results/service.
  postgres               the service on PostgreSQL beside a bare query, some two minutes. Writes bench/results/postgres.
  --quick                half a minute: shows that the benchmark works. Writes bench/results/service-quick or postgres-quick.

Exit status: 0 every target met, 1 some were missed or the benchmark failed, 2 wrong arguments.
`;

/** By the words given: a module of `bench`, its function, and whether it has a short form. */
const benchmarks = new Map([
  ["", { file: "run.ts", name: "runBenchmark", short: true }],
  ["roster", { file: "roster.ts", name: "runRosterBenchmark", short: false }],
  ["service", { file: "load/service.ts", name: "runServiceBenchmark", short: true }],
  ["service postgres", { file: "load/postgres.ts", name: "runPostgresBenchmark", short: true }],
]);

const options = /** @type {const} */ ({
  quick: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
});

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const benchmark = benchmarks.get(positionals.join(" "));
    if (benchmark === undefined || (values.quick && !benchmark.short)) return undefined;
    return { ...values, benchmark };
  } catch {
    return undefined;
  }
}

/**
 * @param {{ file: string; name: string }} benchmark
 * @param {boolean} quick
 * @returns {Promise<number>} The exit status.
 */
async function run({ file, name }, quick) {
  await ensureDependencies();
  await ensureBuilt();
  const require = createRequire(import.meta.url);
  require("ts-node").register({ transpileOnly: true, cwd: repository });
  return require(join(repository, "bench", file))[name](quick);
}

const given = readArguments();
if (given === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else if (given.help) process.stdout.write(usage);
else {
  try {
    process.exitCode = await run(given.benchmark, given.quick);
  } catch (error) {
    process.stderr.write(`The benchmark failed: ${/** @type {Error} */ (error).stack}\n`);
    process.exitCode = 1;
  }
}
