// The spec reporter, which also writes how many tests passed and were skipped to a file, and which
// failed, each with its error:
//   mocha --reporter test/support/reporter.cjs --reporter-option counts=<file>
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/** How long the process may take to end by itself after the last test, in milliseconds. */
const patience = 15_000;

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = options.reporterOption?.counts ?? options.reporterOptions?.counts;
    // Written at the end only: a file that is missing tells of a run that was cut off.
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed, pending: skipped } = this.stats;
      const failures = this.failures.map(
        (test) => `${test.fullTitle()}\n${test.err?.stack ?? test.err?.message ?? ""}`,
      );
      const write = (all) =>
        writeFileSync(file, JSON.stringify({ passed, failures: all, skipped }));
      write(failures);
      // Does not itself keep the process alive: it only fires where a test has left
      // something open that does.
      setTimeout(() => {
        const seconds = patience / 1000;
        const left = `Something that a test has started still runs ${seconds} s after the last one.`;
        console.error(left);
        write([...failures, left]);
        process.exit();
      }, patience).unref();
    });
  }
};
