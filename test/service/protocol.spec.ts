import assert from "node:assert/strict";
import fc from "fast-check";
import { operationNames } from "../../service/api/constraints";
import type { Principal } from "../../service/api/principal";
import type { ServiceRequest } from "../../service/api/request";
import { authorize } from "../../service/identity/authorization";
import { profileService, type ServiceOptions, targetPrefix } from "../../service/protocol";
import { MemoryStore } from "../../service/store/memory";
import { type ProfileStore, StoreUnavailableError } from "../../service/store/store";
import { arnOf, otherAccount, profileInput, someAccount } from "../support/profiles";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const service = (options: Partial<ServiceOptions> = {}) =>
  profileService({ store: new MemoryStore(), clock: () => 0, region: "us-east-1", ...options });

function requestOf(
  operation: string,
  input: object,
  changes: Partial<ServiceRequest> = {},
): ServiceRequest {
  const headers = { "x-amz-target": `${targetPrefix}${operation}`, ...changes.headers };
  return {
    method: "POST",
    path: "/",
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(JSON.stringify(input)),
    ...changes,
    headers,
  };
}

const signedFor = (region: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20191031/${region}/codestar/aws4_request, SignedHeaders=host, Signature=0`,
});

describe("the protocol", () => {
  it("answers in AWS's content type, with a request id of its own each time [documented]", async () => {
    const { handle } = service();
    const answers = await Promise.all([1, 2].map(() => handle(requestOf("ListUserProfiles", {}))));
    for (const { headers, requestId } of answers) {
      assert.equal(headers["content-type"], "application/x-amz-json-1.1");
      assert.match(headers["x-amzn-RequestId"]!, uuid);
      assert.equal(headers["x-amzn-RequestId"], requestId);
    }
    assert.notEqual(answers[0]!.requestId, answers[1]!.requestId);
  });

  it("tells errors by a bare __type and a message, never by code or a header [documented]", async () => {
    const { status, headers, body } = await service().handle(
      requestOf("DescribeUserProfile", { userArn: arnOf("intern") }),
    );
    assert.equal(status, 404);
    assert.deepEqual(JSON.parse(body), {
      __type: "UserProfileNotFoundException",
      message: "There is no user profile for arn:aws:iam::123456789012:user/intern in this region.",
    });
    assert.deepEqual(Object.keys(headers).sort(), ["content-type", "x-amzn-RequestId"]);
  });

  const unknown: readonly (readonly [string, Partial<ServiceRequest>, number])[] = [
    ["no target", { headers: { "x-amz-target": undefined } }, 400],
    ["an empty target", { headers: { "x-amz-target": "" } }, 400],
    [
      "a target of another service",
      { headers: { "x-amz-target": "Logs_1.ListUserProfiles" } },
      400,
    ],
    [
      "an operation that CodeStar has and we have not",
      { headers: { "x-amz-target": `${targetPrefix}ListProjects` } },
      400,
    ],
    [
      "a target in another case",
      { headers: { "x-amz-target": `${targetPrefix}listuserprofiles` } },
      400,
    ],
    ["a name of Object's", { headers: { "x-amz-target": `${targetPrefix}constructor` } }, 400],
    ["another path", { path: "/profiles" }, 404],
    ["another method", { method: "GET" }, 405],
  ];
  for (const [title, changes, expected] of unknown) {
    it(`answers UnknownOperationException for ${title} [assumed]`, async () => {
      const { status, body, operation } = await service().handle(
        requestOf("ListUserProfiles", {}, changes),
      );
      assert.equal(JSON.parse(body).__type, "UnknownOperationException");
      assert.equal(status, expected);
      assert.equal(operation, undefined);
    });
  }

  it("takes / with a query for / [assumed]", async () => {
    const { status } = await service().handle(requestOf("ListUserProfiles", {}, { path: "/?a=b" }));
    assert.equal(status, 200);
  });

  it("works in the region that the request is signed for, else in the default one [documented]", async () => {
    const { handle } = service({ region: "eu-north-1" });
    const create = (headers: ServiceRequest["headers"]) =>
      handle(requestOf("CreateUserProfile", profileInput(), { headers }));
    assert.equal((await create(signedFor("eu-west-1"))).status, 200);
    assert.equal((await create({})).status, 200);
    assert.equal(
      (await create(signedFor("eu-north-1"))).error,
      "UserProfileAlreadyExistsException",
    );
    assert.equal((await create({ authorization: "Bearer x" })).status, 400);
    assert.equal((await create(signedFor("eu-west-1"))).status, 400);
  });

  it("refuses what a page in a browser sends while nobody has to sign in [assumed]", async () => {
    const headers = { origin: "http://rebound.example" };
    const answer = await service().handle(requestOf("ListUserProfiles", {}, { headers }));
    assert.equal(answer.error, "AccessDeniedException");
  });

  describe("with authentication", () => {
    const alice: Principal = {
      account: someAccount,
      name: "alice",
      userArn: arnOf("alice"),
      administrator: false,
    };

    it("reads nothing of a request before it knows who sent it", async () => {
      const { handle } = service({
        authenticate: () => {
          throw new Error("stop here");
        },
      });
      const answer = await handle(
        requestOf("ListUserProfiles", {}, { body: Buffer.from("not JSON") }),
      );
      assert.equal(answer.error, "InternalFailure");
    });

    it("lists only the profiles of the principal's account", async () => {
      const store = new MemoryStore();
      const open = service({ store });
      for (const account of [someAccount, otherAccount]) {
        await open.handle(
          requestOf("CreateUserProfile", profileInput({ userArn: arnOf("intern", account) })),
        );
      }
      const { handle } = service({ store, authenticate: async () => alice });
      const { body, principal } = await handle(requestOf("ListUserProfiles", {}));
      const arns = JSON.parse(body).userProfiles.map((p: { userArn: string }) => p.userArn);
      assert.deepEqual(arns, [arnOf("intern")]);
      assert.equal(principal, alice);
    });

    it("asks the rules of CodeStar when given none of its own", async () => {
      const { handle } = service({ authenticate: () => alice });
      const create = (userArn: string) =>
        handle(requestOf("CreateUserProfile", profileInput({ userArn })));
      assert.equal((await create(arnOf("alice"))).status, 200);
      assert.equal((await create(arnOf("bob"))).error, "AccessDeniedException");
      assert.equal((await create(arnOf("alice", otherAccount))).error, "AccessDeniedException");
    });

    it("asks the given rules with principal, operation and ARN", async () => {
      const asked: unknown[] = [];
      const { handle } = service({
        authenticate: () => alice,
        authorize: (...question) => {
          asked.push(question);
          authorize(...question);
        },
      });
      await handle(requestOf("DescribeUserProfile", { userArn: arnOf("bob") }));
      await handle(requestOf("ListUserProfiles", {}));
      assert.deepEqual(asked, [
        [alice, "DescribeUserProfile", arnOf("bob")],
        [alice, "ListUserProfiles", undefined],
      ]);
    });
  });

  describe("when the store fails", () => {
    const failing = (error: Error) => {
      const store: ProfileStore = new MemoryStore();
      store.list = () => Promise.reject(error);
      return service({ store }).handle(requestOf("ListUserProfiles", {}));
    };

    it("answers InternalFailure without a word of the reason, and keeps the reason", async () => {
      const reason = new Error("disk I/O error in /srv/profiles.db");
      const { status, body, cause, error } = await failing(reason);
      assert.equal(status, 500);
      assert.equal(error, "InternalFailure");
      assert.doesNotMatch(body, /disk|srv/);
      assert.equal(cause, reason);
    });

    it("answers ServiceUnavailableException with 503 when it is away", async () => {
      const { status, error, body } = await failing(
        new StoreUnavailableError("table profiles: timed out", "unreachable"),
      );
      assert.equal(status, 503);
      assert.equal(error, "ServiceUnavailableException");
      assert.doesNotMatch(body, /table/);
    });

    it("answers ThrottlingException with 400, which every client retries, when it throttles", async () => {
      const { status, error } = await failing(new StoreUnavailableError("too fast", "throttled"));
      assert.equal(status, 400);
      assert.equal(error, "ThrottlingException");
    });
  });

  it("answers whatever is sent with a response that every client reads, never with a 5xx", async () => {
    const { handle } = service();
    const names = fc.constantFrom(
      "userArn",
      "displayName",
      "emailAddress",
      "maxResults",
      "nextToken",
    );
    const values = fc.oneof(fc.json(), fc.constantFrom(`"${arnOf("intern")}"`, '"a@b"', "1"));
    const input = fc
      .dictionary(names, values)
      .map((members) =>
        Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${value}`),
      )
      .map((members) => `{${members.join(",")}}`);
    const header = fc.option(fc.string({ unit: "binary" }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operationNames),
        fc.oneof(
          input.map((json) => Buffer.from(json)),
          fc.uint8Array(),
        ),
        header,
        async (operation, body, authorization) => {
          const headers = { authorization };
          const answer = await handle(requestOf(operation, {}, { body, headers }));
          assert.ok(answer.status === 200 || (answer.status >= 400 && answer.status < 500));
          const read = JSON.parse(answer.body);
          if (answer.status !== 200) {
            assert.deepEqual(Object.keys(read), ["__type", "message"]);
            assert.equal(read.__type, answer.error);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("tells of every request before serving it, by operation", async () => {
    const seen: unknown[] = [];
    const { handle } = service({ onRequest: (operation) => seen.push(operation) });
    await handle(requestOf("ListUserProfiles", {}));
    await handle(requestOf("Bogus", {}));
    assert.deepEqual(seen, ["ListUserProfiles", undefined]);
  });
});
