import assert from "node:assert/strict";
import {
  CreateUserProfileCommand,
  DescribeUserProfileCommand,
  UserProfileNotFoundException,
} from "@aws-sdk/client-codestar";
import { arnOf, profileInput } from "../support/profiles";
import { describeOperation } from "../support/startService";
import { itReadsJson, itValidates } from "../support/wireChecks";

describeOperation("DescribeUserProfile", (service) => {
  const valid = { userArn: arnOf("intern") };

  describe("serializations", () => {
    itReadsJson("DescribeUserProfile", valid, service);

    it("takes an empty body for an empty request [assumed]", async () => {
      const { body } = await service().send("DescribeUserProfile", "");
      assert.equal(body.__type, "ValidationException");
    });
  });

  describe("validations", () => itValidates("DescribeUserProfile", valid, service));

  describe("functionality", () => {
    it("answers what was created, times in epoch seconds with milliseconds [documented]", async () => {
      const input = profileInput({ sshPublicKey: "intern" });
      await service().client().send(new CreateUserProfileCommand(input));
      const { status, body } = await service().send("DescribeUserProfile", JSON.stringify(valid));
      assert.equal(status, 200);
      assert.deepEqual(body, {
        ...input,
        createdTimestamp: 1572552308.607,
        lastModifiedTimestamp: 1572552308.607,
      });
    });

    it("gives the SDK dates [modelled]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(profileInput()));
      const live = await client.send(new DescribeUserProfileCommand(valid));
      assert.deepEqual(live.createdTimestamp, new Date(1_572_552_308_607));
    });

    it("answers UserProfileNotFoundException with 404 for a user without one [modelled]", async () => {
      await assert.rejects(
        service().client().send(new DescribeUserProfileCommand(valid)),
        (error) => {
          assert.ok(error instanceof UserProfileNotFoundException);
          assert.equal(error.$metadata.httpStatusCode, 404);
          // A wrong Date would make the SDK send the request twice.
          assert.equal(error.$metadata.attempts, 1);
          return true;
        },
      );
    });

    it("does not find a profile of another region [documented]", async () => {
      await service().client("eu-west-1").send(new CreateUserProfileCommand(profileInput()));
      await assert.rejects(
        service().client("eu-west-2").send(new DescribeUserProfileCommand(valid)),
        UserProfileNotFoundException,
      );
    });
  });
});
