/** Skips the test, or those of the suite, and says why, unless the condition holds. */
export function skipUnless(context: Mocha.Context, condition: boolean, reason: string): void {
  if (condition) return;
  console.log(`      skipped, since ${reason}`);
  context.skip();
}
