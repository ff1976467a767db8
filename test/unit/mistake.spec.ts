import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { factOf } from "../../client/facts";
import { CodeStarError } from "../../profile/codeStarError";
import { mistakeOf } from "../../profile/mistake";
import { reconcile } from "../../profile/reconcile";

/** What code of the package throws when it is given what its types forbid. */
function thrownBy(code: () => unknown): unknown {
  try {
    code();
  } catch (error) {
    return error;
  }
  assert.fail("it throws");
}

describe("mistakeOf", () => {
  const mistake = thrownBy(() => reconcile(undefined as never));

  it("tells a mistake in the package with its place, and where to report it", () => {
    assert.match(
      mistakeOf(mistake) ?? "",
      /^pulumi-codestar itself makes a mistake \(TypeError: .+, at profile\/reconcile\.[jt]s:\d+:\d+\); please report this line at https:\/\/\S+$/,
    );
  });

  it("is what the provider and the commands say of it", () => {
    const fact = factOf(mistake, { drift: true, allowWeakKeys: false });
    assert.deepEqual(fact, { kind: "said", sentence: mistakeOf(mistake) });
  });

  for (const [what, error] of [
    ["an error that the package makes", new CodeStarError("no")],
    ["an error of Node.js", thrownBy(() => Buffer.from(1 as never))],
    ["an address that is none", thrownBy(() => new URL("::"))],
    ["code outside of the package", thrownBy(() => runInThisContext("null.name"))],
    ["no error at all", "no"],
  ] as const) {
    it(`leaves ${what} as it is`, () => {
      assert.equal(mistakeOf(error), undefined);
    });
  }
});
