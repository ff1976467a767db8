import fc from "fast-check";

/**
 * Seconds after which a property counts as tried often enough, so that a busy machine tries fewer
 * cases and fails none: half of what mocha gives a test.
 */
const longest = 10;

/** What asks for the long form of a property, which is tried as often as it says. */
const longForms = ["CODESTAR_TEST_MODEL_STEPS", "ROSTER_RUNS"];

/**
 * Tries a property for so many seconds at most. No case is cut short: one that hangs fails by
 * mocha's own limit.
 */
export function within<Case>(seconds: number): fc.Plugin<Case> {
  return () => {
    const end = performance.now() + seconds * 1000;
    const enough = new fc.PreconditionFailure(true);
    return { decorateRun: (run) => (value) => (performance.now() > end ? enough : run(value)) };
  };
}

fc.configureGlobal({ markInterruptAsFailure: false });
if (longForms.every((name) => process.env[name] === undefined)) {
  fc.installGlobalPlugin(within(longest));
}
