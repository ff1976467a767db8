import assert from "node:assert/strict";
import {
  CreateUserProfileCommand,
  DescribeUserProfileCommand,
  ListUserProfilesCommand,
  UpdateUserProfileCommand,
  type UpdateUserProfileCommandInput,
  UserProfileNotFoundException,
} from "@aws-sdk/client-codestar";
import type { Source } from "../../service/api/constraints";
import { arnOf, profileInput } from "../support/profiles";
import { describeOperation } from "../support/startService";
import { itReadsJson, itValidates } from "../support/wireChecks";

describeOperation("UpdateUserProfile", (service) => {
  const userArn = arnOf("intern");
  const before = profileInput({ sshPublicKey: "old" });

  describe("serializations", () => {
    beforeEach(() => service().client().send(new CreateUserProfileCommand(before)));

    itReadsJson("UpdateUserProfile", { userArn }, service);

    it("takes null for absent [assumed]", async () => {
      const body = JSON.stringify({ userArn, displayName: null, sshPublicKey: null });
      assert.equal((await service().send("UpdateUserProfile", body)).body.sshPublicKey, "old");
    });
  });

  describe("validations", () => itValidates("UpdateUserProfile", { userArn }, service));

  describe("functionality", () => {
    const updates: readonly {
      title: string;
      change: Omit<UpdateUserProfileCommandInput, "userArn">;
      source: Source;
    }[] = [
      { title: "the display name alone", change: { displayName: "Zoë" }, source: "documented" },
      { title: "the e-mail address alone", change: { emailAddress: "a@b" }, source: "documented" },
      { title: "the key alone", change: { sshPublicKey: "intern" }, source: "documented" },
      { title: "the key to none", change: { sshPublicKey: "" }, source: "assumed" },
      { title: "nothing", change: {}, source: "assumed" },
      { title: "a member to what it is", change: { displayName: "Intern" }, source: "assumed" },
      {
        title: "everything at once",
        change: { displayName: "Z", emailAddress: "z@z", sshPublicKey: "z" },
        source: "documented",
      },
    ];
    for (const { title, change, source } of updates) {
      it(`sets ${title}, keeps the rest, raises lastModifiedTimestamp [${source}]`, async () => {
        const client = service().client();
        await client.send(new CreateUserProfileCommand(before));
        service().now += 941_001;
        const expected = {
          ...before,
          ...change,
          createdTimestamp: 1572552308.607,
          lastModifiedTimestamp: 1572553249.608,
        };
        const body = JSON.stringify({ userArn, ...change });
        assert.deepEqual((await service().send("UpdateUserProfile", body)).body, expected);
        const live = await service().send("DescribeUserProfile", JSON.stringify({ userArn }));
        assert.deepEqual(live.body, expected);
      });
    }

    it("answers UserProfileNotFoundException and creates nothing for a user without one [modelled]", async () => {
      const client = service().client();
      await assert.rejects(
        client.send(new UpdateUserProfileCommand({ userArn, displayName: "Z" })),
        (error) => {
          assert.ok(error instanceof UserProfileNotFoundException);
          assert.equal(error.$metadata.httpStatusCode, 404);
          return true;
        },
      );
      assert.deepEqual((await client.send(new ListUserProfilesCommand({}))).userProfiles, []);
    });

    it("leaves the profile of another region alone [documented]", async () => {
      const [here, there] = [service().client("eu-west-1"), service().client("eu-west-2")];
      await here.send(new CreateUserProfileCommand(before));
      await there.send(new CreateUserProfileCommand(before));
      await here.send(new UpdateUserProfileCommand({ userArn, displayName: "Z" }));
      const live = await there.send(new DescribeUserProfileCommand({ userArn }));
      assert.equal(live.displayName, "Intern");
    });

    it("loses none of 60 concurrent updates of different members [modelled]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(before));
      const members = ["displayName", "emailAddress", "sshPublicKey"] as const;
      await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          client.send(
            new UpdateUserProfileCommand({
              userArn,
              [members[n % 3]!]: n < 57 ? `x@${n}` : "end@x",
            }),
          ),
        ),
      );
      const live = await client.send(new DescribeUserProfileCommand({ userArn }));
      for (const member of members) assert.match(live[member]!, /^(x@\d+|end@x)$/);
    });
  });
});
