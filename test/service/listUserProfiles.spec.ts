import assert from "node:assert/strict";
import {
  type CodeStarClient,
  CreateUserProfileCommand,
  DeleteUserProfileCommand,
  InvalidNextTokenException,
  ListUserProfilesCommand,
} from "@aws-sdk/client-codestar";
import { arnOf, otherAccount, profileInput } from "../support/profiles";
import { describeOperation } from "../support/startService";
import { itReadsJson, itValidates } from "../support/wireChecks";

describeOperation("ListUserProfiles", (service) => {
  const nameOf = (n: number) => `user-${String(n).padStart(4, "0")}`;

  async function create(client: CodeStarClient, names: readonly string[]) {
    await Promise.all(
      names.map((name) =>
        client.send(new CreateUserProfileCommand(profileInput({ userArn: arnOf(name) }))),
      ),
    );
  }

  async function page(client: CodeStarClient, maxResults?: number, nextToken?: string) {
    const answer = await client.send(
      new ListUserProfilesCommand({
        ...(maxResults !== undefined && { maxResults }),
        ...(nextToken !== undefined && { nextToken }),
      }),
    );
    return {
      names: answer.userProfiles!.map(({ userArn }) => userArn!.split("/").at(-1)!),
      nextToken: answer.nextToken,
    };
  }

  describe("serializations", () => {
    itReadsJson("ListUserProfiles", {}, service);

    it("takes null for absent [assumed]", async () => {
      const { status } = await service().send(
        "ListUserProfiles",
        '{"nextToken":null,"maxResults":null}',
      );
      assert.equal(status, 200);
    });

    it("takes 1e1 and 10.0 for 10 [assumed]", async () => {
      for (const number of ["1e1", "10.0"]) {
        const answer = await service().send("ListUserProfiles", `{"maxResults":${number}}`);
        assert.equal(answer.status, 200);
      }
    });
  });

  describe("validations", () => itValidates("ListUserProfiles", {}, service));

  describe("functionality", () => {
    it("answers an empty list without a token when there is none [modelled]", async () => {
      const { status, body } = await service().send("ListUserProfiles", "{}");
      assert.equal(status, 200);
      assert.deepEqual(body, { userProfiles: [] });
    });

    it("answers four members of each, no times, as AWS's sample does [documented]", async () => {
      const client = service().client();
      await client.send(new CreateUserProfileCommand(profileInput({ sshPublicKey: "intern" })));
      await client.send(
        new CreateUserProfileCommand({
          userArn: arnOf("admin"),
          displayName: "me",
          emailAddress: "me@example.com",
        }),
      );
      const { body } = await service().send("ListUserProfiles", "{}");
      assert.deepEqual(body, {
        userProfiles: [
          {
            userArn: "arn:aws:iam::123456789012:user/admin",
            displayName: "me",
            emailAddress: "me@example.com",
            sshPublicKey: "",
          },
          {
            userArn: "arn:aws:iam::123456789012:user/intern",
            displayName: "Intern",
            emailAddress: "intern@example.com",
            sshPublicKey: "intern",
          },
        ],
      });
    });

    it("lists in the order of ARNs, by code unit [assumed]", async () => {
      const client = service().client();
      await create(client, ["b", "a/z/c", "B", "a", "ab", "a-", "_"]);
      const { body } = await service().send("ListUserProfiles", "{}");
      const arns = (body.userProfiles as { userArn: string }[]).map(({ userArn }) => userArn);
      assert.deepEqual(arns, [...arns].sort());
      assert.equal(arns.length, 7);
    });

    for (const size of [1, 2, 3, 5, 7, 8, 100]) {
      it(`pages through 7 profiles by ${size} [modelled]`, async () => {
        const client = service().client();
        const names = Array.from({ length: 7 }, (_, n) => nameOf(n));
        await create(client, names);
        const seen: string[] = [];
        let pages = 0;
        let token: string | undefined;
        do {
          const { names: some, nextToken } = await page(client, size, token);
          assert.ok(
            some.length === size || nextToken === undefined,
            "only the last page is shorter",
          );
          seen.push(...some);
          token = nextToken;
          pages++;
        } while (token !== undefined);
        assert.deepEqual(seen, names);
        assert.equal(pages, Math.ceil(7 / size), "a full last page has no token");
      });
    }

    it("answers 100 when not told how many [assumed]", async () => {
      const client = service().client();
      await create(
        client,
        Array.from({ length: 101 }, (_, n) => nameOf(n)),
      );
      const first = await page(client);
      assert.equal(first.names.length, 100);
      const second = await page(client, undefined, first.nextToken);
      assert.deepEqual(second, { names: [nameOf(100)], nextToken: undefined });
    });

    it("misses and repeats none while profiles come and go between pages [assumed]", async () => {
      const client = service().client();
      await create(client, ["b", "d", "f", "h"]);
      const first = await page(client, 2);
      assert.deepEqual(first.names, ["b", "d"]);
      await create(client, ["a", "e"]);
      for (const name of ["d", "b"]) {
        await client.send(new DeleteUserProfileCommand({ userArn: arnOf(name) }));
      }
      const second = await page(client, 2, first.nextToken);
      assert.deepEqual(second.names, ["e", "f"]);
      for (const name of ["f", "h"]) {
        await client.send(new DeleteUserProfileCommand({ userArn: arnOf(name) }));
      }
      const third = await page(client, 2, second.nextToken);
      assert.deepEqual(third, { names: [], nextToken: undefined });
    });

    it("answers a page again for the same token, and takes another size with it [assumed]", async () => {
      const client = service().client();
      await create(client, ["a", "b", "c", "d"]);
      const { nextToken } = await page(client, 1);
      assert.deepEqual((await page(client, 2, nextToken)).names, ["b", "c"]);
      assert.deepEqual((await page(client, 3, nextToken)).names, ["b", "c", "d"]);
    });

    it("refuses a token of another region, and one never issued [modelled]", async () => {
      await create(service().client("eu-west-1"), ["a", "b"]);
      const { nextToken } = await page(service().client("eu-west-1"), 1);
      for (const token of [nextToken!, "AAAA", "x".repeat(512)]) {
        await assert.rejects(page(service().client("eu-west-2"), 1, token), (error) => {
          assert.ok(error instanceof InvalidNextTokenException);
          assert.equal(error.$metadata.httpStatusCode, 400);
          return true;
        });
      }
    });

    it("keeps regions apart, shows all accounts of one to everyone when nobody signs in [assumed]", async () => {
      const client = service().client("eu-west-1");
      await create(client, ["a"]);
      await client.send(
        new CreateUserProfileCommand(profileInput({ userArn: arnOf("a", otherAccount) })),
      );
      assert.equal((await page(client)).names.length, 2);
      assert.equal((await page(service().client("eu-west-2"))).names.length, 0);
    });
  });
});
