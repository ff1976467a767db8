/**
 * A scenario that only the long run plays, `npm run test:soak -- engine-long`: it shows on the engine once more what another
 * scenario, or a test of the provider's modules, shows in every run. It counts as skipped otherwise.
 */
export const itInLongRun = process.env.CODESTAR_TEST_LONG === "1" ? it : it.skip;
