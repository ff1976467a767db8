import assert from "node:assert/strict";
import { type OperationName, operationNames } from "../../service/api/constraints";
import type { Principal } from "../../service/api/principal";
import { authorize } from "../../service/identity/authorization";

const account = "123456789012";
const ownArn = `arn:aws:iam::${account}:user/alice`;
const otherArn = `arn:aws:iam::${account}:user/bob`;
const foreignArn = "arn:aws:iam::999999999999:user/alice";

const user: Principal = { account, name: "alice", userArn: ownArn, administrator: false };
const reader: Principal = { account, name: "viewer", administrator: false };
const administrator: Principal = { account, name: "root", administrator: true };

/**
 * Source of the rules: the policies in the AWS CodeStar User Guide (documented);
 * the account rule: assumed.
 */
const allowed: readonly {
  readonly who: string;
  readonly principal: Principal;
  readonly on: Readonly<Record<string, readonly OperationName[]>>;
}[] = [
  {
    who: "a user",
    principal: user,
    on: {
      [ownArn]: [
        "CreateUserProfile",
        "DescribeUserProfile",
        "UpdateUserProfile",
        "DeleteUserProfile",
      ],
      [otherArn]: ["DescribeUserProfile"],
      [`${ownArn}2`]: ["DescribeUserProfile"],
      [`arn:aws:iam::${account}:user/team/alice`]: ["DescribeUserProfile"],
      [ownArn.toUpperCase()]: [],
      [foreignArn]: [],
    },
  },
  {
    who: "a principal without an ARN",
    principal: reader,
    on: { [ownArn]: ["DescribeUserProfile"], [foreignArn]: [] },
  },
  {
    who: "an administrator",
    principal: administrator,
    on: {
      [ownArn]: [
        "CreateUserProfile",
        "DescribeUserProfile",
        "UpdateUserProfile",
        "DeleteUserProfile",
      ],
      [foreignArn]: [],
    },
  },
];

describe("authorize", () => {
  for (const { who, principal, on } of allowed) {
    it(`lets ${who} list`, () => {
      authorize(principal, "ListUserProfiles", undefined);
    });

    for (const [userArn, operations] of Object.entries(on)) {
      it(`lets ${who} ${operations.join(", ") || "do nothing"} on ${userArn}`, () => {
        for (const operation of operationNames) {
          if (operation === "ListUserProfiles") continue;
          const attempt = () => authorize(principal, operation, userArn);
          if (operations.includes(operation)) attempt();
          else assert.throws(attempt, { name: "AccessDeniedException", status: 400 });
        }
      });
    }
  }

  it("denies what names no profile, but for the list", () => {
    for (const operation of operationNames) {
      if (operation === "ListUserProfiles") continue;
      assert.throws(() => authorize(administrator, operation, undefined), {
        name: "AccessDeniedException",
      });
    }
  });

  it("says who may not do what on which ARN, and why", () => {
    assert.throws(() => authorize(user, "UpdateUserProfile", otherArn), {
      message: `User: ${ownArn} is not authorized to perform: codestar:UpdateUserProfile on resource: ${otherArn}, because only administrators write the profiles of others`,
    });
    assert.throws(() => authorize(reader, "DeleteUserProfile", foreignArn), {
      message: `User: viewer of account ${account} is not authorized to perform: codestar:DeleteUserProfile on resource: ${foreignArn}, because it belongs to another account`,
    });
  });
});
