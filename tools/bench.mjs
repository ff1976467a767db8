// `npm run bench`: what this package costs beside a provider that does nothing, the usual way of
// writing one, and scripts without Pulumi. `npm run bench -- --quick` checks call counts and
// state sizes in about a minute.

import { obtainPulumi } from "../running/pulumiCli.mjs";
import { benchCommand, load } from "./benchCommand.mjs";

const usage = `Usage: npm run bench [-- --quick | roster]

Without options: the whole benchmark, half an hour to an hour on two cores; the machine should have nothing else to do. Writes
bench/results and the figures in docs.
  roster    rosters of 10,000 and 1,000, some five minutes. Writes bench/results/roster.
  --quick   N up to 100, about a minute: checks call counts and state sizes, not times. Writes bench/results/quick.

Exit status: 0 every target met, 1 some were missed or the benchmark failed, 2 wrong arguments.
`;

await benchCommand({
  usage,
  words: ["roster"],
  async run({ quick, word }) {
    await obtainPulumi();
    return word === "roster"
      ? load("roster.ts").runRosterBenchmark()
      : load("run.ts").runBenchmark(quick);
  },
});
