import assert from "node:assert/strict";
import { authentication } from "../../service/identity/authentication";
import { type AccessKey, type AwsClient, describeEachClient } from "../support/awsClients";
import { type InteropService, startInteropService } from "../support/interopService";
import { arnOf, profileInput } from "../support/profiles";
import { adminKey, aliceArn, aliceKey, credentials, temporaryKey } from "../support/signedRequest";

describeEachClient("authentication", (client) => {
  let service: InteropService;
  before(async () => {
    service = await startInteropService(
      authentication({ credentials: credentials(), clock: Date.now }),
    );
  });
  after(() => service.stop());

  const call = (
    key: AccessKey | undefined,
    ...[operation, parameters]: Tail<Parameters<AwsClient["call"]>>
  ) => client().call(service.target({ credentials: key }), operation, parameters);

  async function codeOf(key: AccessKey | undefined) {
    service.proxy.requests.length = 0;
    const { error } = await call(key, "ListUserProfiles", {});
    assert.equal(service.proxy.requests.length, 1);
    return error?.code;
  }

  it("verifies its signatures, whatever is in the request", async () => {
    const profile = profileInput({
      userArn: aliceArn,
      displayName: "Älice 日本 + & = %41",
      sshPublicKey: "ssh-ed25519 AAAA é\r\n",
    });
    for (const [operation, parameters] of [
      ["CreateUserProfile", profile],
      ["UpdateUserProfile", { userArn: aliceArn, sshPublicKey: "" }],
      ["DescribeUserProfile", { userArn: aliceArn }],
      ["ListUserProfiles", { maxResults: 1 }],
      ["DeleteUserProfile", { userArn: aliceArn }],
    ] as const) {
      const { error } = await call(aliceKey, operation, parameters);
      assert.equal(error, undefined);
    }
    const elsewhere = service.target({ credentials: aliceKey, region: "ap-southeast-2" });
    const { output } = await client().call(elsewhere, "ListUserProfiles", {});
    assert.deepEqual(output, { userProfiles: [] });
  });

  it("verifies its signatures with a temporary key and its session token", async () => {
    assert.equal(await codeOf(temporaryKey), undefined);
    assert.equal(
      service.proxy.requests[0]!.headers["x-amz-security-token"],
      temporaryKey.sessionToken,
    );
    const { sessionToken: _, ...withoutToken } = temporaryKey;
    assert.equal(await codeOf(withoutToken), "UnrecognizedClientException");
    assert.equal(
      await codeOf({ ...temporaryKey, sessionToken: "other" }),
      "UnrecognizedClientException",
    );
  });

  it("names the error of a wrong secret, of an unknown key and of no signature", async () => {
    const wrong = { ...aliceKey, secretAccessKey: adminKey.secretAccessKey };
    assert.equal(await codeOf(wrong), "InvalidSignatureException");
    const unknown = { ...aliceKey, accessKeyId: "AKIDNOBODY" };
    assert.equal(await codeOf(unknown), "UnrecognizedClientException");
    assert.equal(await codeOf(undefined), "MissingAuthenticationTokenException");
    assert.equal(service.proxy.requests[0]!.headers.authorization, undefined);
  });

  it("names the error of what a user may not do", async () => {
    const bob = profileInput({ userArn: arnOf("bob") });
    const denied = await call(aliceKey, "CreateUserProfile", bob);
    assert.equal(denied.error?.code, "AccessDeniedException");
    assert.match(denied.error?.message ?? "", /alice is not authorized to perform: codestar:/);
    const allowed = await call(adminKey, "CreateUserProfile", bob);
    assert.equal(allowed.output?.userArn, bob.userArn);
    await call(adminKey, "DeleteUserProfile", { userArn: bob.userArn });
  });
});

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest]
  ? Rest
  : never;
