import assert from "node:assert/strict";
import fc from "fast-check";
import { members } from "../../service/api/constraints";
import { issueToken, readToken } from "../../service/operations/tokens";
import { arnOf, otherAccount, someAccount } from "../support/profiles";

describe("tokens", () => {
  const scope = { region: "us-east-1", account: someAccount };
  const token = issueToken(scope, arnOf("intern"));

  it("give back the ARN that they were issued for", () => {
    assert.equal(readToken(scope, token), arnOf("intern"));
  });

  it("are the same from every process: nothing but scope and ARN goes into them", () => {
    assert.equal(issueToken({ ...scope }, arnOf("intern")), token);
  });

  it("are of the model's alphabet and within its length for the longest ARN", () => {
    const longest = issueToken(scope, arnOf("x".repeat(64)));
    assert.match(longest, members.nextToken.pattern);
    assert.ok(longest.length <= members.nextToken.max);
  });

  const otherScopes = [
    ["another region", { ...scope, region: "us-east-2" }],
    ["another account", { ...scope, account: otherAccount }],
    ["all accounts", { region: scope.region }],
  ] as const;
  for (const [title, other] of otherScopes) {
    it(`are refused in ${title}`, () => {
      assert.equal(readToken(other, token), undefined);
    });
  }

  it("are refused when any one character is altered, dropped or added", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_";
    for (let index = 0; index <= token.length; index++) {
      const [before, after] = [token.slice(0, index), token.slice(index + 1)];
      for (const character of alphabet) {
        if (character !== token[index]) {
          assert.equal(readToken(scope, `${before}${character}${after}`), undefined);
        }
        assert.equal(readToken(scope, `${before}${character}${token.slice(index)}`), undefined);
      }
      if (index < token.length) assert.equal(readToken(scope, before + after), undefined);
    }
  });

  it("are refused when made up", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w/+=]{1,512}$/), (made) => {
        assert.equal(readToken(scope, made), undefined);
      }),
    );
  });
});
