import assert from "node:assert/strict";
import {
  CreateUserProfileCommand,
  DescribeUserProfileCommand,
  type DescribeUserProfileCommandOutput,
  UserProfileAlreadyExistsException,
} from "@aws-sdk/client-codestar";
import { arnOf, profileInput } from "../support/profiles";
import { soleWinner } from "../support/soleWinner";
import { describeOperation } from "../support/startService";
import { itReadsJson, itValidates } from "../support/wireChecks";

describeOperation("CreateUserProfile", (service) => {
  const valid = { ...profileInput() };

  describe("serializations", () => {
    itReadsJson("CreateUserProfile", valid, service);

    it("takes null for absent [assumed]", async () => {
      const body = JSON.stringify({ ...valid, sshPublicKey: null });
      assert.equal((await service().send("CreateUserProfile", body)).body.sshPublicKey, "");
    });

    it("counts the last of a member given twice [assumed]", async () => {
      const body = JSON.stringify(valid).replace("{", '{"displayName":"First",');
      assert.equal((await service().send("CreateUserProfile", body)).body.displayName, "Intern");
    });

    it("reads escaped and plain characters alike [documented]", async () => {
      const escaped = String.raw`{"userArn":"${arnOf("zoe")}","displayName":"Zo\u00eb \u65e5\u672c \ud83d\ude00","emailAddress":"z@e"}`;
      const { body } = await service().send("CreateUserProfile", escaped);
      assert.equal(body.displayName, "Zoë 日本 😀");
    });
  });

  describe("validations", () => {
    itValidates("CreateUserProfile", valid, service);

    it("lists every failure, members in the model's order [assumed]", async () => {
      const { body } = await service().send("CreateUserProfile", '{"displayName":" "}');
      assert.equal(
        body.message,
        "3 validation errors detected: " +
          "Value null at 'userArn' failed to satisfy constraint: Member must not be null; " +
          "Value at 'displayName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\\S(.*\\S)?$; " +
          "Value null at 'emailAddress' failed to satisfy constraint: Member must not be null",
      );
    });

    it("never repeats a value [assumed]", async () => {
      const secret = "-----BEGIN OPENSSH PRIVATE KEY----- Ā";
      const input = {
        ...valid,
        displayName: "Jane Doe ",
        emailAddress: "jane",
        sshPublicKey: secret,
      };
      const { body } = await service().send("CreateUserProfile", JSON.stringify(input));
      assert.doesNotMatch(String(body.message), /jane|PRIVATE/i);
    });

    const accepted = [
      ["a user with a path", { userArn: arnOf("a/b/intern") }],
      ["a user name of 64 characters", { userArn: arnOf("x".repeat(64)) }],
      ["a user name with every special character", { userArn: arnOf("a+=,.@-_b") }],
      ["an inner space", { displayName: "Mary  Major" }],
      ["a display name of one character", { displayName: "M" }],
      ["a display name of 64 characters beyond ASCII", { displayName: "ü".repeat(64) }],
      ["a display name with control characters", { displayName: "a\0b\x01c\x7fd" }],
      ["the shortest e-mail address", { emailAddress: "a@b" }],
      ["the longest e-mail address", { emailAddress: `${"x".repeat(126)}@x` }],
      ["a key that is no SSH key", { sshPublicKey: "intern" }],
      ["a key with tab, newline and Latin-1", { sshPublicKey: "ssh-rsa\tAAAA\r\nÿ\n" }],
      ["the longest key, all of it Latin-1", { sshPublicKey: "ÿ".repeat(16_384) }],
      ["an empty key", { sshPublicKey: "" }],
    ] as const;
    for (const [title, changes] of accepted) {
      it(`accepts ${title} [modelled]`, async () => {
        const input = profileInput(changes);
        const client = service().client();
        await client.send(new CreateUserProfileCommand(input));
        const live = await client.send(new DescribeUserProfileCommand({ userArn: input.userArn }));
        assert.deepEqual(pick(live), { sshPublicKey: "", ...input });
      });
    }

    it("counts characters beyond the basic plane as one each [assumed]", async () => {
      const input = profileInput({ displayName: "😀".repeat(64) });
      const created = await service().client().send(new CreateUserProfileCommand(input));
      assert.equal(created.displayName, input.displayName);
    });

    it("accepts the longest valid request, every character of it escaped [modelled]", async () => {
      const escaped = (text: string) =>
        [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
      const key = "ÿ".repeat(16_384);
      const body = `{"userArn":"${escaped(arnOf("x".repeat(64)))}","displayName":"${escaped("x".repeat(64))}","emailAddress":"${escaped(`${"x".repeat(126)}@x`)}","sshPublicKey":"${escaped(key)}"}`;
      const answer = await service().send("CreateUserProfile", body);
      assert.equal(answer.status, 200);
      assert.equal(answer.body.sshPublicKey, key);
    });
  });

  describe("functionality", () => {
    it("answers the profile, both times the same, as AWS's sample does [documented]", async () => {
      const { status, body } = await service().send("CreateUserProfile", JSON.stringify(valid));
      assert.equal(status, 200);
      assert.deepEqual(body, {
        userArn: "arn:aws:iam::123456789012:user/intern",
        displayName: "Intern",
        emailAddress: "intern@example.com",
        sshPublicKey: "",
        createdTimestamp: 1572552308.607,
        lastModifiedTimestamp: 1572552308.607,
      });
    });

    it("refuses a second profile of the same user, and keeps the first [modelled]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(valid));
      await assert.rejects(
        client.send(new CreateUserProfileCommand({ ...valid, displayName: "Other" })),
        (error) => {
          assert.ok(error instanceof UserProfileAlreadyExistsException);
          assert.equal(error.$metadata.httpStatusCode, 400);
          assert.equal(error.$metadata.attempts, 1);
          return true;
        },
      );
      const live = await client.send(new DescribeUserProfileCommand({ userArn: valid.userArn }));
      assert.equal(live.displayName, "Intern");
    });

    it("keeps regions apart [documented]", async () => {
      await service().client("eu-west-1").send(new CreateUserProfileCommand(valid));
      await service().client("eu-west-2").send(new CreateUserProfileCommand(valid));
    });

    it("tells users apart by case [assumed]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(valid));
      await client.send(new CreateUserProfileCommand({ ...valid, userArn: arnOf("INTERN") }));
    });

    it("lets one of 100 concurrent creates of a profile win [modelled]", async () => {
      const client = service().client();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 100 }, (_, n) =>
          client.send(new CreateUserProfileCommand({ ...valid, displayName: `Intern ${n}` })),
        ),
      );
      const winner = soleWinner(outcomes);
      const live = await client.send(new DescribeUserProfileCommand({ userArn: valid.userArn }));
      assert.equal(live.displayName, winner.displayName);
    });
  });
});

function pick(output: DescribeUserProfileCommandOutput) {
  const { userArn, displayName, emailAddress, sshPublicKey } = output;
  return { userArn, displayName, emailAddress, sshPublicKey };
}
