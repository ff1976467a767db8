import assert from "node:assert/strict";
import fc from "fast-check";
import {
  choicesOf,
  coversPath,
  matchesPath,
  matchesWildcards,
  pathPattern,
} from "../../roster/wildcards";

describe("patterns", () => {
  it("of ARNs match as in an IAM policy: * any text, ? one character", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wild, plain) => {
        const regex = new RegExp(`^${wild.replaceAll(/\*+/g, ".*").replaceAll("?", ".")}$`);
        assert.equal(matchesWildcards(wild, plain), regex.test(plain));
      }),
      { numRuns: 2000 },
    );
    assert.ok(matchesWildcards("arn:aws:iam::*:user/a.b+c", "arn:aws:iam::1:user/a.b+c"));
    assert.ok(!matchesWildcards("a.c", "abc"));
  });

  it("of paths match as in a shell", () => {
    const cases: [pattern: string, matched: string[], others: string[]][] = [
      ["teams/a.yaml", ["teams/a.yaml"], ["teams/A.yaml", "a.yaml", "teams/a.yaml/x"]],
      ["teams/*", ["teams/a.yaml", "teams/.x.yaml"], ["teams/b/a.yaml", "teams"]],
      ["teams/**", ["teams/a.yaml", "teams/b/c/a.yaml"], ["team/a.yaml", "x/teams/a.yaml"]],
      ["**", ["a.yaml", "a/b/c.yaml"], []],
      ["**/*", ["a.yaml", "a/b/c.yaml"], []],
      ["**/a.yaml", ["a.yaml", "x/a.yaml", "x/y/a.yaml"], ["x/ba.yaml"]],
      ["x/**/a.yaml", ["x/a.yaml", "x/y/z/a.yaml"], ["a.yaml", "x/y/b.yaml"]],
      ["t?/{a,b}*.{yaml,csv}", ["t1/a.yaml", "t2/bc.csv"], ["t/a.yaml", "t1/c.yaml", "t1/x/a.csv"]],
      ["teams (old)/+a.yaml", ["teams (old)/+a.yaml"], ["teams old/a.yaml"]],
    ];
    for (const [pattern, matched, others] of cases) {
      for (const path of matched) assert.ok(matchesPath(pattern, path), `${pattern} ${path}`);
      for (const path of others) assert.ok(!matchesPath(pattern, path), `${pattern} ${path}`);
    }
  });

  it("of paths have nothing more, and say how many they stand for", () => {
    for (const wrong of [
      "[ab].yaml",
      "!a.yaml",
      "a/!(b)",
      "+(a)",
      "a\\*",
      "{a",
      "a}",
      "{a,{b,c}}",
      "",
    ]) {
      assert.ok(!pathPattern.test(wrong), wrong);
    }
    for (const right of ["**", "teams (old)/{a,b}?.y*ml", "日本/*.csv", "a!b"]) {
      assert.ok(pathPattern.test(right), right);
    }
    assert.equal(choicesOf("{a,b}/x{c,d,}"), 6);
    assert.equal(choicesOf("{a,b}".repeat(50)), 2 ** 50);
  });

  it("cover others: what a rule takes from all rules below it", () => {
    for (const [wide, narrow] of [
      ["**", "a.yaml"],
      ["**/*", "**"],
      ["teams/**", "teams/{a,b}.yaml"],
      ["teams/*", "teams/a?.yaml"],
      ["*", "a*b"],
      ["a*", "ab*"],
      ["**/x/**", "x/**/y"],
    ] as const) {
      assert.ok(coversPath(wide, narrow), `${wide} ${narrow}`);
    }
    for (const [wide, narrow] of [
      ["a.yaml", "**"],
      ["teams/*", "teams/**"],
      ["teams/{a,b}.yaml", "teams/*"],
      ["a?", "a*"],
      ["teams/a.yaml", "teams/b.yaml"],
    ] as const) {
      assert.ok(!coversPath(wide, narrow), `${wide} ${narrow}`);
    }
  });

  it("take little time, whatever pattern and text are", () => {
    const before = process.cpuUsage();
    const text = "a".repeat(2_000);
    assert.ok(!matchesWildcards(`${"*a".repeat(500)}*b`, text));
    assert.ok(!matchesPath(`${"*a".repeat(120)}*b`, text));
    assert.ok(!matchesPath(`${"**/a/".repeat(50)}b`, "a/".repeat(2_000)));
    assert.ok(process.cpuUsage(before).user < 2_000_000);
  });
});
