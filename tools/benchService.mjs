// `npm run bench:service`: the profile service beside a do-nothing HTTP server,
// dynalite and moto's server.
import { benchCommand, load } from "./benchCommand.mjs";

const usage = `Usage: npm run bench:service [-- --quick | postgres]

Without options: the whole benchmark, about five minutes on two cores; the machine should have nothing else to do. Writes
bench/results/service.
  postgres  the service on PostgreSQL beside a bare query, some two minutes. Writes bench/results/postgres.
  --quick   half a minute: shows that the benchmark works. Writes bench/results/service-quick.

Exit status: 0 every target met, 1 some were missed or the benchmark failed, 2 wrong arguments.
`;

await benchCommand({
  usage,
  words: ["postgres"],
  run: ({ quick, word }) =>
    word === "postgres"
      ? load("load/postgres.ts").runPostgresBenchmark(quick)
      : load("load/service.ts").runServiceBenchmark(quick),
});
