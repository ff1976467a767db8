import assert from "node:assert/strict";
import {
  CodeStarClient,
  CreateUserProfileCommand,
  ListUserProfilesCommand,
} from "@aws-sdk/client-codestar";
import { type HttpRequest, HttpResponse } from "@smithy/protocol-http";
import { createRetryStrategy } from "../../client/retry";
import { inVirtualTime } from "../support/virtualTime";

const minutes = 60_000;

/** What a service answers to a request that reaches it at this time, in epoch milliseconds. */
type Answer = (now: number, operation: string) => { status: number; body: unknown } | Error;

const served = { status: 200, body: { userProfiles: [] } };
const throttled = {
  status: 400,
  body: { __type: "ThrottlingException", message: "Rate exceeded" },
};

/** A client of the SDK with our retries, its requests answered in process. */
function clientOf(answer: Answer): { client: CodeStarClient; attempts: number[] } {
  const attempts: number[] = [];
  const client = new CodeStarClient({
    region: "us-east-1",
    endpoint: "http://embedded.invalid",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retryStrategy: createRetryStrategy(() => Date.now()),
    requestHandler: {
      async handle({ headers }: HttpRequest) {
        attempts.push(Date.now());
        const given = answer(Date.now(), headers["x-amz-target"]!.split(".")[1]!);
        if (given instanceof Error) throw given;
        const { status, body } = given;
        return {
          response: new HttpResponse({
            statusCode: status,
            headers: { "content-type": "application/x-amz-json-1.1" },
            body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
          }),
        };
      },
    },
  });
  return { client, attempts };
}

/** As many calls a second as said, some more at once; the rest is refused. */
function rateLimit(callsPerSecond: number): Answer & { served: number } {
  let tokens = callsPerSecond;
  let last = 0;
  const limit = Object.assign(
    (now: number) => {
      tokens = Math.min(callsPerSecond, tokens + ((now - last) / 1_000) * callsPerSecond);
      last = now;
      if (tokens < 1) return throttled;
      tokens--;
      limit.served++;
      return served;
    },
    { served: 0 },
  );
  return limit;
}

const list = (client: CodeStarClient) => client.send(new ListUserProfilesCommand({}));

/** Creates profiles as the engine does, so many side by side. */
async function createAll(client: CodeStarClient, profiles: number, sideBySide: number) {
  let next = 0;
  const create = async () => {
    while (next++ < profiles) {
      await client.send(
        new CreateUserProfileCommand({
          userArn: `arn:aws:iam::123456789012:user/u${next}`,
          displayName: "U",
          emailAddress: "u@example.com",
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, create));
}

describe("createRetryStrategy", () => {
  it("sends a call once when it succeeds, without waiting", async () => {
    const { client, attempts } = clientOf(() => served);
    const took = await inVirtualTime(() => list(client));
    assert.equal(attempts.length, 1);
    assert.equal(took, 0);
  });

  const unwell: Record<string, ReturnType<Answer>> = {
    "a failure inside the service": { status: 500, body: { __type: "InternalFailure" } },
    "a service that is not available": { status: 503, body: { __type: "ServiceUnavailable" } },
    "a proxy without a service behind it": { status: 502, body: "<html>Bad Gateway</html>" },
    "a connection that breaks": Object.assign(new Error("read"), { code: "ECONNRESET" }),
    "a service that does not listen": Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
    "a request that takes too long": Object.assign(new Error("late"), { name: "TimeoutError" }),
  };
  for (const [what, answer] of Object.entries(unwell)) {
    it(`makes three attempts at ${what}, and fails with its error`, async () => {
      const { client, attempts } = clientOf(() => answer);
      const took = await inVirtualTime(() => assert.rejects(list(client)));
      assert.equal(attempts.length, 3);
      assert.ok(took < 2_000, `${took} ms`);
    });
  }

  it("forgets a failure that the next attempt does not see", async () => {
    let calls = 0;
    const { client } = clientOf(() => (++calls < 3 ? unwell["a connection that breaks"]! : served));
    await inVirtualTime(() => list(client));
    assert.equal(calls, 3);
  });

  const refusals = [
    [400, "ValidationException"],
    [404, "UserProfileNotFoundException"],
    [400, "UserProfileAlreadyExistsException"],
    [400, "InvalidNextTokenException"],
    [400, "AccessDeniedException"],
    [400, "UnrecognizedClientException"],
  ] as const;
  for (const [status, name] of refusals) {
    it(`does not send a call again that was refused with ${name}`, async () => {
      const { client, attempts } = clientOf(() => ({ status, body: { __type: name } }));
      const took = await inVirtualTime(() => assert.rejects(list(client), { name }));
      assert.equal(attempts.length, 1);
      assert.equal(took, 0);
    });
  }

  it("waits for a service that says it is asked too much, for fifteen minutes and not for ever", async () => {
    const { client, attempts } = clientOf(() => throttled);
    const took = await inVirtualTime(() =>
      assert.rejects(list(client), { name: "ThrottlingException" }),
    );
    assert.ok(took >= 15 * minutes && took < 16 * minutes, `${took / minutes} minutes`);
    // Pauses grow to five seconds at most, and so the attempts of one call are few.
    assert.ok(attempts.length > (15 * 60) / 5 && attempts.length < 15 * 60, `${attempts.length}`);
  });

  it("takes an HTTP status 429 without a known name for throttling too", async () => {
    let calls = 0;
    const { client } = clientOf(() => (++calls <= 10 ? { status: 429, body: {} } : served));
    await inVirtualTime(() => list(client));
    assert.equal(calls, 11);
  });

  it("takes the page of a proxy that limits requests for throttling too", async () => {
    let calls = 0;
    const { client } = clientOf(() =>
      ++calls <= 10 ? { status: 429, body: "<html>Too Many Requests</html>" } : served,
    );
    await inVirtualTime(() => list(client));
    assert.equal(calls, 11);
  });

  for (const sideBySide of [4, 16, 200]) {
    it(`creates 200 profiles, ${sideBySide} side by side, at the pace of a service that allows 10 calls a second`, async () => {
      const limit = rateLimit(10);
      const { client, attempts } = clientOf(limit);
      const took = await inVirtualTime(() => createAll(client, 200, sideBySide));
      assert.equal(limit.served, 200);
      // 19 seconds at best: ten calls are served at once.
      assert.ok(took < 24_000, `${took} ms`);
      assert.ok(attempts.length < 250, `${attempts.length} attempts`);
    });
  }

  it("fails nothing on a service slower than the slowest pace, one call a second", async () => {
    const limit = rateLimit(1);
    const { client, attempts } = clientOf(limit);
    await inVirtualTime(() => createAll(client, 200, 16));
    assert.equal(limit.served, 200);
    assert.ok(attempts.length < 200 * 6, `${attempts.length} attempts`);
  });

  it("finds the pace of a service whose limit rises again", async () => {
    let limit = rateLimit(5);
    const { client } = clientOf((now, operation) => limit(now, operation));
    await inVirtualTime(async () => {
      await createAll(client, 50, 16);
      limit = rateLimit(1_000);
      const begin = Date.now();
      await createAll(client, 500, 16);
      const took = Date.now() - begin;
      assert.ok(took < 30_000, `${took} ms`);
    });
  });

  it("does not slow a service down that never throttles", async () => {
    const { client, attempts } = clientOf(() => served);
    const took = await inVirtualTime(() => createAll(client, 1_000, 16));
    assert.equal(attempts.length, 1_000);
    assert.equal(took, 0);
  });

  it("keeps the pace of one client to itself", async () => {
    const slow = clientOf(rateLimit(1));
    const fast = clientOf(() => served);
    await inVirtualTime(async () => {
      const begin = Date.now();
      await Promise.all([
        createAll(slow.client, 10, 4),
        createAll(fast.client, 500, 4).then(() => assert.ok(Date.now() - begin < 1_000)),
      ]);
    });
  });
});
