// Loaded into every Node process of a preview: records what it spends its time on, from its
// start until it is told to end.
const { writeFileSync } = require("node:fs");
const { Session } = require("node:inspector");
const { join } = require("node:path");

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.setSamplingInterval", { interval: 500 });
session.post("Profiler.start");

let written = false;
const write = () => {
  if (written) return;
  written = true;
  session.post("Profiler.stop", (error, result) => {
    if (error) return;
    const profile = { script: process.argv[1] ?? "", ...result.profile };
    writeFileSync(
      join(process.env.BENCH_PROFILES, `${process.pid}.cpuprofile`),
      JSON.stringify(profile),
    );
  });
};
process.on("exit", write);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    write();
    process.exit();
  });
}
