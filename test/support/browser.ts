import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Obtained } from "./awsClients";

/**
 * A headless Chromium, which the caller closes; or the tests of the suite are skipped, and the
 * reason is printed. For a `before` hook.
 */
export async function openBrowser(context: Mocha.Context): Promise<Browser> {
  context.timeout(15 * 60_000);
  // A variable, since the compiler would ask for a declaration of the module.
  const path = "../../tools/chromium.mjs";
  const { obtainChromium } = (await import(path)) as { obtainChromium(): Promise<Obtained> };
  const found = await obtainChromium();
  if ("program" in found && found.program !== undefined) {
    return chromium.launch({
      executablePath: found.program,
      // The sandbox refuses to run as root, as images of containers do; the pages are ours.
      chromiumSandbox: process.getuid?.() !== 0,
    });
  }
  console.log(`      skipped, since ${(found as { missing: string }).missing}`);
  return context.skip();
}

/**
 * What axe-core has against the page as it is shown, a line each; a contrast
 * that it cannot judge counts.
 */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Colours that are on their way to others have a contrast that nobody is meant to read by.
  await page.evaluate(`Promise.all(
    document.getAnimations()
      .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
      .map(({ finished }) => finished.catch(() => {})),
  )`);
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const { violations, incomplete, passes } = (await page.evaluate("axe.run()")) as AxeResults;
  const contrast = passes.find(({ id }) => id === "color-contrast");
  if (!contrast?.nodes.length) return ["axe-core has looked at no contrast"];
  return [...violations, ...incomplete.filter(({ id }) => id === "color-contrast")].flatMap(
    ({ id, nodes }) =>
      nodes.map(({ html, any, all, none }) => {
        const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
        return `${id}: ${html.slice(0, 120)}: ${why}`;
      }),
  );
}

interface AxeResults {
  readonly violations: readonly AxeRule[];
  readonly incomplete: readonly AxeRule[];
  readonly passes: readonly AxeRule[];
}

interface AxeRule {
  readonly id: string;
  readonly nodes: readonly {
    readonly html: string;
    readonly any: readonly { readonly message: string }[];
    readonly all: readonly { readonly message: string }[];
    readonly none: readonly { readonly message: string }[];
  }[];
}

/** By how many pixels the page is wider than the window. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return (await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  )) as number;
}
