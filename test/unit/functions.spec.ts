import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  getUserProfile,
  getUserProfileOutput,
  listUserProfiles,
  listUserProfilesOutput,
} from "../../provider/program/functions";
import { ada } from "../support/scenario";

describe("the functions under Pulumi's mocks", () => {
  const calls: pulumi.runtime.MockCallArgs[] = [];
  const profile = { ...ada, id: ada.userArn, region: "eu-west-1" };
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
      call(args) {
        calls.push(args);
        if (args.token === "codestar:index:getUserProfile") return profile;
        return { region: "eu-west-1", userProfiles: [ada] };
      },
    });
    // Nobody listens there: a call that reached a service would fail.
    pulumi.runtime.setAllConfig({ "codestar:endpoint": "http://127.0.0.1:9" });
  });
  after(() => pulumi.runtime.setAllConfig({}));
  beforeEach(() => {
    calls.length = 0;
  });

  it("functions_mocked: reach the mocks by their tokens, never a service", async () => {
    assert.deepEqual(await getUserProfile({ userArn: ada.userArn }), profile);
    assert.deepEqual((await listUserProfiles({ region: "eu-west-1" })).userProfiles, [ada]);
    const userArn = pulumi.output(ada.userArn);
    assert.equal(await value(getUserProfileOutput({ userArn }).displayName), ada.displayName);
    assert.deepEqual(await value(listUserProfilesOutput().userProfiles), [ada]);
    assert.deepEqual(
      calls.map(({ token, inputs }) => [token, inputs]),
      [
        ["codestar:index:getUserProfile", { userArn: ada.userArn }],
        ["codestar:index:listUserProfiles", { region: "eu-west-1" }],
        ["codestar:index:getUserProfile", { userArn: ada.userArn }],
        ["codestar:index:listUserProfiles", {}],
      ],
    );
  });

  it("check their arguments there too", async () => {
    await assert.rejects(getUserProfile({ userArn: "ada" }), {
      message: /^getUserProfile: userArn /,
    });
    assert.deepEqual(calls, []);
  });
});

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
