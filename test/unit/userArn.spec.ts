import assert from "node:assert/strict";
import { accountOf, userArnProblems, userNameOf } from "../../profile/userArn";

const account = "123456789012";

describe("the ARN of a user", () => {
  it("has an account and, after its path, a name", () => {
    const arn = `arn:aws:iam::${account}:user/team/core/ada`;
    assert.deepEqual(userArnProblems(arn), []);
    assert.equal(accountOf(arn), account);
    assert.equal(userNameOf(arn), "ada");
    assert.equal(accountOf("arn"), "");
  });

  for (const [arn, problem] of [
    ["arn", "is not an ARN (the name of the user is not enough)"],
    ["arn:", "is not in the partition aws"],
    ["arn:aws", "is not an ARN of IAM"],
    [`x:arn:aws:iam:${account}:user/ada`, "is not an ARN (the name of the user is not enough)"],
    ["arn:aws:iam", "has no account ID"],
    [
      `arn:aws:iam:${account}:user/ada`,
      "has one colon between iam and the account ID where two belong",
    ],
    [`arn:aws:x:arn:aws:iam:${account}:user/ada`, "is not an ARN of IAM"],
    [`arn:x-aws-cn:iam::${account}:user/ada`, "is not in the partition aws"],
    [
      `arn:aws-cn:iam::${account}:user/ada`,
      "is in the partition of the China regions (aws-cn), but CodeStar exists in the partition aws only",
    ],
    [`arn:aws:iam::x${account}:user/ada`, "has something other than digits for an account ID"],
    [`arn:aws:iam::${account}x:user/ada`, "has something other than digits for an account ID"],
    [`arn:aws:iam::${account}1:user/ada`, "has an account ID of 13 digits"],
    ["arn:aws:iam::1234-5678-9012:user/ada", "has dashes in the account ID"],
    ["arn:aws:iam::x1234-5678-9012:user/ada", "has something other than digits for an account ID"],
    ["arn:aws:iam::1234-5678-9012x:user/ada", "has something other than digits for an account ID"],
    [account, "is an account ID, not an ARN"],
    [`${account}x`, "is not an ARN (the name of the user is not enough)"],
    [`x${account}`, "is not an ARN (the name of the user is not enough)"],
    ["AIDAIOSFODNN7EXAMPLE", "is an ID (of a key, user or role), not an ARN"],
    ["xAIDAIOSFODNN7EXAMPLE", "is not an ARN (the name of the user is not enough)"],
    ["AIDAIOSFODNN7EXAMPLE.x", "is not an ARN (the name of the user is not enough)"],
    [`arn:aws:iam::${account}:role/ada`, "names a role, but only an IAM user can have a profile"],
    [
      `arn:aws:iam::${account}:assumed-role/ada`,
      "names a role, but only an IAM user can have a profile",
    ],
    [`arn:aws:iam::${account}:/role/ada`, "names something other than an IAM user"],
    [`arn:aws:iam::${account}:`, "names something other than an IAM user"],
    [`arn:aws:iam::${account}:user`, "has no / after user"],
  ] as const) {
    it(`${arn} ${problem}`, () => {
      const problems = userArnProblems(arn);
      assert.ok(
        problems.some((one) => one.startsWith(problem)),
        problems.join("\n"),
      );
    });
  }
});
