import assert from "node:assert/strict";
import type { OperationName } from "../../service/api/constraints";
import { describeEachClient } from "../support/awsClients";
import { type InteropService, startInteropService } from "../support/interopService";
import { arnOf, profileInput, storedProfile } from "../support/profiles";

interface ErrorCase {
  readonly title: string;
  readonly operation: OperationName;
  readonly parameters: object;
  readonly code: string;
  readonly status: number;
  readonly message: RegExp;
}

const existing = storedProfile();
const { userArn } = existing;
const absentArn = arnOf("nobody");

const errorCase = (
  operation: OperationName,
  title: string,
  parameters: object,
  code: string,
  message: RegExp,
  status = 400,
): ErrorCase => ({ operation, title, parameters, code, message, status });

/** Every error that the model declares, with values that each client lets through. */
const modelled: readonly ErrorCase[] = [
  errorCase(
    "CreateUserProfile",
    "a profile that exists",
    profileInput(),
    "UserProfileAlreadyExistsException",
    /already exists/,
  ),
  errorCase(
    "DescribeUserProfile",
    "no profile",
    { userArn: absentArn },
    "UserProfileNotFoundException",
    /There is no user profile for arn:aws:iam::123456789012:user\/nobody/,
    404,
  ),
  errorCase(
    "UpdateUserProfile",
    "no profile",
    { userArn: absentArn, displayName: "x" },
    "UserProfileNotFoundException",
    /There is no user profile/,
    404,
  ),
  errorCase(
    "CreateUserProfile",
    "an e-mail address without @",
    profileInput({ emailAddress: "nope" }),
    "ValidationException",
    /^1 validation error detected: Value at 'emailAddress' failed to satisfy constraint/,
  ),
  errorCase(
    "DescribeUserProfile",
    "an ARN of 96 characters",
    { userArn: arnOf("x".repeat(65)) },
    "ValidationException",
    /Value at 'userArn' .* length less than or equal to 95/,
  ),
  errorCase(
    "UpdateUserProfile",
    "a name of 65 characters",
    { userArn, displayName: "x".repeat(65) },
    "ValidationException",
    /Value at 'displayName' .* length less than or equal to 64/,
  ),
  errorCase(
    "UpdateUserProfile",
    "a key beyond Latin-1",
    { userArn, sshPublicKey: "ssh-ed25519 AAAA 日本" },
    "ValidationException",
    /Value at 'sshPublicKey' .* regular expression/,
  ),
  errorCase(
    "DeleteUserProfile",
    "the ARN of a role",
    { userArn: "arn:aws:iam::123456789012:role/someone" },
    "ValidationException",
    /Value at 'userArn' .* regular expression/,
  ),
  errorCase(
    "ListUserProfiles",
    "pages of 101",
    { maxResults: 101 },
    "ValidationException",
    /Value at 'maxResults' .* value less than or equal to 100/,
  ),
  errorCase(
    "ListUserProfiles",
    "a token that was not issued",
    { nextToken: "AAAA" },
    "InvalidNextTokenException",
    /next token/,
  ),
];

/** What the SDK for JavaScript sends as it is, and the others refuse themselves. */
const unchecked: readonly ErrorCase[] = [
  errorCase(
    "CreateUserProfile",
    "missing members",
    { userArn },
    "ValidationException",
    /^2 validation errors detected: Value null at 'displayName'/,
  ),
  errorCase(
    "ListUserProfiles",
    "pages of none",
    { maxResults: 0 },
    "ValidationException",
    /greater than or equal to 1/,
  ),
  errorCase(
    "CreateUserProfile",
    "a number for a name",
    { ...profileInput(), displayName: 5 },
    "SerializationException",
    /'displayName' is not a string/,
  ),
  errorCase(
    "UpdateUserProfile",
    "a body of 200 kB",
    { userArn, sshPublicKey: "x".repeat(200_000) },
    "RequestEntityTooLargeException",
    /longer than 131072 bytes/,
    413,
  ),
];

describeEachClient("errors", (client, name) => {
  let service: InteropService;
  before(async () => {
    service = await startInteropService();
    await service.store.create("us-east-1", existing);
  });
  after(() => service.stop());
  beforeEach(() => {
    service.proxy.requests.length = 0;
  });

  for (const { title, operation, parameters, code, status, message } of modelled) {
    it(`${operation}: ${code} for ${title}, as its own class, without a second attempt`, async () => {
      const reply = await client().call(service.target(), operation, parameters);
      assert.match(reply.error?.message ?? "", message);
      assert.deepEqual(
        { code: reply.error?.code, typed: reply.error?.typed },
        { code, typed: true },
      );
      if (name !== "Debian's AWS CLI") assert.equal(reply.status, status);
      assert.equal(service.proxy.requests.length, 1);
    });
  }

  for (const { title, operation, parameters, code, status, message } of unchecked) {
    if (name === "@aws-sdk/client-codestar") {
      it(`${operation}: ${code} for ${title}`, async () => {
        const reply = await client().call(service.target(), operation, parameters);
        assert.match(reply.error?.message ?? "", message);
        assert.deepEqual([reply.error?.code, reply.status], [code, status]);
        assert.equal(service.proxy.requests.length, 1);
      });
    }
  }

  if (name !== "@aws-sdk/client-codestar") {
    it("the client itself refuses what is too short, and sends nothing", async () => {
      const { error } = await client().call(service.target(), "DescribeUserProfile", {
        userArn: arnOf(""),
      });
      assert.match(error?.message ?? "", /userArn, value: 31, valid min length: 32/);
      assert.equal(service.proxy.requests.length, 0);
    });
  }

  it("tells of an address below which nothing is, without a second attempt", async () => {
    // Signatures cover the path, so a service below a path of a proxy's could not verify any.
    const target = service.target({ endpoint: `${service.proxy.url}/base/path` });
    const reply = await client().call(target, "ListUserProfiles", {});
    assert.equal(reply.error?.code, "UnknownOperationException");
    assert.match(reply.error?.message ?? "", /only path of this service is \//);
    assert.match(service.proxy.requests[0]!.path, /^\/base\/path\/?$/);
    assert.equal(service.proxy.requests.length, 1);
  });
});
