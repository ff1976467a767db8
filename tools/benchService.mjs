// `npm run bench:service`: the profile service beside a do-nothing HTTP server, dynalite and moto's server.
import { parseArgs } from "node:util";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";

const usage = `Usage: npm run bench:service [-- --quick]

Without options: the whole benchmark, about five minutes on two cores; the machine should have nothing else to do. Writes
bench/results/service.
  --quick   half a minute: shows that the benchmark works. Writes bench/results/service-quick.

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
  const { runServiceBenchmark } = await import("../bench/service/run.mjs");
  process.exitCode = await runServiceBenchmark({ quick: options.quick });
} catch (error) {
  process.stderr.write(`The benchmark failed: ${/** @type {Error} */ (error).stack}\n`);
  process.exitCode = 1;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch {
    return undefined;
  }
}
