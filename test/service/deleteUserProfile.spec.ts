import assert from "node:assert/strict";
import {
  CreateUserProfileCommand,
  DeleteUserProfileCommand,
  DescribeUserProfileCommand,
  UserProfileNotFoundException,
} from "@aws-sdk/client-codestar";
import { arnOf, profileInput } from "../support/profiles";
import { describeOperation } from "../support/startService";
import { itReadsJson, itValidates } from "../support/wireChecks";

describeOperation("DeleteUserProfile", (service) => {
  const valid = { userArn: arnOf("intern") };

  describe("serializations", () => itReadsJson("DeleteUserProfile", valid, service));

  describe("validations", () => itValidates("DeleteUserProfile", valid, service));

  describe("functionality", () => {
    it("answers the ARN alone, and the profile is gone [documented]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(profileInput()));
      const { status, body } = await service().send("DeleteUserProfile", JSON.stringify(valid));
      assert.equal(status, 200);
      assert.deepEqual(body, valid);
      await assert.rejects(
        client.send(new DescribeUserProfileCommand(valid)),
        UserProfileNotFoundException,
      );
    });

    it("answers the same for a user without a profile [assumed]", async () => {
      const { status, body } = await service().send("DeleteUserProfile", JSON.stringify(valid));
      assert.equal(status, 200);
      assert.deepEqual(body, valid);
    });

    it("makes room for a new profile with times of its own [modelled]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(profileInput({ sshPublicKey: "old" })));
      await client.send(new DeleteUserProfileCommand(valid));
      service().now += 1_000;
      const created = await client.send(new CreateUserProfileCommand(profileInput()));
      assert.equal(created.sshPublicKey, "");
      assert.deepEqual(created.createdTimestamp, new Date(1_572_552_309_607));
    });

    it("leaves the profile of another region alone [documented]", async () => {
      const [here, there] = [service().client("eu-west-1"), service().client("eu-west-2")];
      await there.send(new CreateUserProfileCommand(profileInput()));
      await here.send(new DeleteUserProfileCommand(valid));
      assert.equal((await there.send(new DescribeUserProfileCommand(valid))).displayName, "Intern");
    });
  });
});
