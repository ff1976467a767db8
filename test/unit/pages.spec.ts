import assert from "node:assert/strict";
import { mostPages, mostPagesWithoutNews, readEveryPage } from "../../client/pages";
import { arnOf } from "../support/profiles";

const profile = (name: number) => ({
  userArn: arnOf(`user${name}`),
  displayName: "Somebody",
  emailAddress: "somebody@example.com",
  sshPublicKey: "",
});

describe("readEveryPage", () => {
  it("ends when each page has a token that was never seen and nobody on it", async () => {
    let calls = 0;
    const endless = async () => ({ profiles: [profile(1)], nextToken: String(calls++) });
    await assert.rejects(readEveryPage(endless), { name: "UnexpectedAnswer" });
    assert.equal(calls, mostPagesWithoutNews + 1);
  });

  it("ends when each page has somebody new, without an end", async () => {
    let calls = 0;
    const endless = async () => ({ profiles: [profile(calls)], nextToken: String(calls++) });
    await assert.rejects(readEveryPage(endless), { name: "UnexpectedAnswer" });
    assert.equal(calls, mostPages);
  });

  it("passes pages without anybody on the way to the next profile", async () => {
    const page = async (token = "0") => {
      const place = Number(token);
      return {
        profiles: place % (mostPagesWithoutNews - 1) === 0 ? [profile(place)] : [],
        ...(place < 3 * mostPagesWithoutNews && { nextToken: String(place + 1) }),
      };
    };
    assert.equal((await readEveryPage(page)).length, 4);
  });
});
