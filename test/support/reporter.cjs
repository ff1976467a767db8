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
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const write = (counts) => writeFileSync(file, JSON.stringify(counts));
      write({ passed, failed, skipped });
      // Does not itself keep the process alive: it only fires where a test has left
      // something open that does.
      setTimeout(() => {
        const seconds = patience / 1000;
        console.error(
          `Something that a test has started still runs ${seconds} s after the last one.`,
        );
        write({ passed, failed: failed + 1, skipped });
        process.exit();
      }, patience).unref();
    });
  }
};
