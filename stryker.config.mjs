// npm run test:mutation: what is decided about profiles, changed line by
// line, must fail a unit test.
/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: ["profile/**/*.ts", "provider/lifecycle/**/*.ts"],
  testRunner: "mocha",
  plugins: ["./tools/mutation/mochaRunner.mjs"],
  coverageAnalysis: "perTest",
  // Tables and patterns of a module are made once: each of them would cost a process of its own.
  ignoreStatic: true,
  // The build is of the sources as they are, and the tests of the mutated rooms load no other.
  ignorePatterns: ["bench/results", "docs", ".demo", "sdk", "**/*.db"],
  concurrency: 2,
  timeoutMS: 20_000,
  incremental: true,
  incrementalFile: ".stryker/incremental.json",
  tempDirName: ".stryker/tmp",
  reporters: ["clear-text", "progress"],
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
