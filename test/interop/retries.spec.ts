import assert from "node:assert/strict";
import { type ClientName, clientNames, describeEachClient } from "../support/awsClients";
import type { Fault } from "../support/faultProxy";
import { type InteropService, startInteropService } from "../support/interopService";
import { profileInput } from "../support/profiles";

/** How often each client tries when nothing else comes: in the order of `clientNames`. */
type Attempts = readonly [javaScript: number, debianBoto3: number, boto3: number, cli: number];

const answer = (status: number, __type: string): Fault => ({
  kind: "answer",
  status,
  body: { __type, message: "Injected." },
  headers: { "content-type": "application/x-amz-json-1.1" },
});
const page = (status: number): Fault => ({
  kind: "answer",
  status,
  body: "<html>",
  headers: { "content-type": "text/html" },
});

const faults: readonly (readonly [title: string, fault: Fault, attempts: Attempts])[] = [
  ["a throttled request", answer(400, "ThrottlingException"), [3, 5, 3, 3]],
  ["too many requests under another name", answer(400, "TooManyRequestsException"), [3, 1, 3, 3]],
  ["an internal failure", answer(500, "InternalFailure"), [3, 5, 3, 3]],
  ["an unavailable service", answer(503, "ServiceUnavailableException"), [3, 5, 3, 3]],
  ["a proxy's page of a bad gateway", page(502), [1, 5, 3, 3]],
  ["a reset connection", { kind: "reset" }, [3, 5, 3, 3]],
  ["an operation that is not there", answer(501, "NotImplemented"), [1, 1, 1, 1]],
  ["a conflict", answer(400, "ConcurrentModificationException"), [1, 1, 1, 1]],
];

describeEachClient("retries", (client, name) => {
  let service: InteropService;
  beforeEach(async () => {
    service = await startInteropService();
  });
  afterEach(() => service.stop());
  const attemptsOf = (attempts: Attempts) => attempts[indexOf(name)]!;

  for (const [title, fault, attempts] of faults) {
    const expected = attemptsOf(attempts);
    it(`makes ${expected} of ${title}`, async () => {
      service.proxy.fault = () => fault;
      const { error } = await client().call(service.target(), "ListUserProfiles", {});
      assert(error);
      assert.equal(service.proxy.requests.length, expected);
    });
  }

  it("gets through to a service that comes back", async () => {
    for (const fault of [
      answer(400, "ThrottlingException"),
      answer(503, "ServiceUnavailableException"),
      { kind: "reset" },
    ] as const) {
      service.proxy.requests.length = 0;
      service.proxy.fault = (before) => (before < 2 ? fault : undefined);
      const { output } = await client().call(service.target(), "ListUserProfiles", {});
      assert.deepEqual(output?.userProfiles, []);
      assert.equal(service.proxy.requests.length, 3);
    }
  });

  it("reports a profile whose first answer was lost as existing, and repeats an update", async () => {
    service.proxy.fault = (before) => (before === 0 ? { kind: "lose answer" } : undefined);
    const created = await client().call(service.target(), "CreateUserProfile", profileInput());
    assert.equal(created.error?.code, "UserProfileAlreadyExistsException");

    const { userArn } = profileInput();
    service.proxy.requests.length = 0;
    const updated = await client().call(service.target(), "UpdateUserProfile", {
      userArn,
      displayName: "Changed",
    });
    assert.equal(updated.output?.displayName, "Changed");
    assert.equal(service.proxy.requests.length, 2);
  });
});

function indexOf(name: ClientName): number {
  return clientNames.indexOf(name);
}
