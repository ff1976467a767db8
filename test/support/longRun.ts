/**
 * A scenario that only the long run plays, `npm run test:soak -- engine-long`: it shows on the
 * engine once more what another scenario, or a test of the provider's modules, shows in every run.
 * It counts as skipped otherwise.
 */
export function itInLongRun(title: string, run: Mocha.AsyncFunc): void {
  // Asked for at each call: every spec file of a parallel run has an `it` of its own, and
  // this module is loaded once.
  if (process.env.CODESTAR_TEST_LONG === "1") it(title, run);
  else it.skip(title, run);
}
