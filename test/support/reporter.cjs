// The spec reporter, which also writes how many tests passed, failed and were skipped to a file:
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
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
      // Does not itself keep the process alive: it only fires where a test has left something open that does.
      setTimeout(() => {
        console.error(
          `Something that a test has started still runs ${patience / 1000} s after the last one.`,
        );
        process.exit(1);
      }, patience).unref();
    });
  }
};
