import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./support/imports";

const read = (path: string) => readFileSync(join(repository, path), "utf8");

/** The cells of the first row that begins with the label. */
function rowOf(page: string, label: string): string[] {
  const line = page.split("\n").find((text) => text.startsWith(`| ${label}`));
  assert.ok(line, `a row "${label}"`);
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

/** The part of the results under a heading. */
function section(results: string, heading: string): string {
  const [, rest] = results.split(`\n## ${heading}\n`);
  assert.ok(rest, `a section "${heading}"`);
  return rest.split("\n## ")[0]!;
}

describe("docs/comparison.md", () => {
  const page = read("docs/comparison.md");
  const results = read("bench/results/results.md");

  for (const [label, heading] of [
    ["first `up`", "First up"],
    ["preview without a change", "No-op preview"],
  ] as const) {
    it(`says of ${label} what the benchmark measured`, () => {
      const [, , byHand, , ours] = rowOf(section(results, heading), "1,000 |");
      assert.deepEqual(rowOf(page, label), [ours, byHand]);
    });
  }

  it("says how many calls and bytes the benchmark counted", () => {
    const [, , , byHand, , ours] = rowOf(section(results, "Slow services"), "plain |");
    assert.deepEqual(rowOf(page, "read calls of that preview"), [ours, byHand]);
    const [, , usual, bytes] = rowOf(section(results, "State"), "1,000 |");
    assert.deepEqual(rowOf(page, "bytes of state a profile"), [bytes, usual]);
  });
});
