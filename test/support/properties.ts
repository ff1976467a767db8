import fc from "fast-check";

/**
 * Seconds after which a property counts as tried often enough, so that a busy machine tries fewer
 * cases and fails none: half of what mocha gives a test. No case is cut short: one that hangs fails
 * by mocha's own limit.
 */
const longest = Number(process.env.CODESTAR_TEST_PROPERTY_SECONDS ?? 10);

fc.configureGlobal({ markInterruptAsFailure: false });
fc.installGlobalPlugin(() => {
  const end = performance.now() + longest * 1000;
  const enough = new fc.PreconditionFailure(true);
  return { decorateRun: (run) => (value) => (performance.now() > end ? enough : run(value)) };
});
