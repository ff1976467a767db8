import fc from "fast-check";

/**
 * Seconds after which a property counts as tried often enough, so that a busy machine tries fewer
 * cases and fails none: half of what mocha gives a test.
 */
const longest = Number(process.env.CODESTAR_TEST_PROPERTY_SECONDS ?? 10);

fc.configureGlobal({ interruptAfterTimeLimit: longest * 1000, markInterruptAsFailure: false });
