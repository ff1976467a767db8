import assert from "node:assert/strict";
import { nearest } from "../../profile/nearest";

const long = "a".repeat(64);

describe("the name that is nearest to a slip", () => {
  for (const [slip, names, expected] of [
    // One letter says nothing, and what is longer than any name is no slip.
    ["a", ["a"], undefined],
    ["ab", ["ab"], "ab"],
    [long, [long], long],
    [`${long}a`, [`${long}a`], undefined],
    // Of several that are as near, the first.
    ["cat", ["bat", "hat"], "bat"],
    ["cat", ["dog", "hat"], "hat"],
    // A third of the letters may be wrong, one at least.
    ["ab", ["ac"], "ac"],
    ["ab", ["cd"], undefined],
    ["emoilAddrexs", ["emailAddress"], "emailAddress"],
    ["xxxxxAddress", ["emailAddress"], undefined],
    // Case, spaces and dashes are none.
    ["Display Name", ["displayName"], "displayName"],
    ["ssh_public-key", ["sshPublicKey"], "sshPublicKey"],
    // A short form has its letters in order, three at least; a long one holds the name.
    ["sshkey", ["sshPublicKey"], "sshPublicKey"],
    ["key", ["sshPublicKey"], "sshPublicKey"],
    ["sk", ["sshPublicKey"], undefined],
    ["yek", ["sshPublicKey"], undefined],
    ["theregionofit", ["region"], "region"],
    // Neighbours that are swapped are one slip, and no less than that.
    ["ba", ["ab"], "ab"],
    ["ab", ["ba", "ab"], "ab"],
    ["xa", ["ay"], undefined],
    ["ax", ["ya"], undefined],
    ["abxx", ["yabz"], undefined],
  ] as const) {
    it(`${slip.slice(0, 20)} of ${names.join(", ").slice(0, 40)}`, () => {
      assert.equal(nearest(slip, names), expected);
    });
  }
});
