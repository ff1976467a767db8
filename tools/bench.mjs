// `npm run bench`: what this package costs beside a provider that does nothing, the usual way of writing one, and scripts
// without Pulumi. `npm run bench -- --quick` checks call counts and state sizes in about a minute.
import { parseArgs } from "node:util";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";
import { obtainPulumi } from "./pulumiCli.mjs";

const usage = `Usage: npm run bench [-- --quick | roster]

Without options: the whole benchmark, some half an hour on two cores; the machine should have nothing else to do. Writes
bench/results and the figures in docs.
  roster    rosters of 10,000 and 1,000, some five minutes. Writes bench/results/roster.
  --quick   N up to 100, about a minute: checks call counts and state sizes, not times. Writes bench/results/quick.

Exit status: 0 every target met, 1 some were missed or the benchmark failed, 2 wrong arguments.
`;

const options = readOptions();
if (options === undefined) {
  process.stderr.write(usage);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
try {
  await ensureDependencies();
  await ensureBuilt();
  await obtainPulumi();
  if (options.roster) {
    const { runRosterBenchmark } = await import("../bench/roster.mjs");
    process.exitCode = await runRosterBenchmark();
  } else {
    const { runBenchmark } = await import("../bench/run.mjs");
    process.exitCode = await runBenchmark({ quick: options.quick });
  }
} catch (error) {
  process.stderr.write(`The benchmark failed: ${/** @type {Error} */ (error).stack}\n`);
  process.exitCode = 1;
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [roster, ...more] = positionals;
    if (more.length > 0 || (roster !== undefined && (roster !== "roster" || values.quick))) {
      return undefined;
    }
    return { ...values, roster: roster !== undefined };
  } catch {
    return undefined;
  }
}
