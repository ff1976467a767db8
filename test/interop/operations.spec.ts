import assert from "node:assert/strict";
import { type AwsClient, describeEachClient } from "../support/awsClients";
import { type InteropService, startInteropService } from "../support/interopService";
import { arnOf, profileInput } from "../support/profiles";

const createdAt = 1_572_552_308_607;
const modifiedAt = 1_572_553_495_470;

describeEachClient("operations", (client, name) => {
  let service: InteropService;
  beforeEach(async () => {
    service = await startInteropService();
  });
  afterEach(() => service.stop());

  async function call(...[operation, parameters]: Tail<Parameters<AwsClient["call"]>>) {
    const { output, error } = await client().call(service.target(), operation, parameters);
    assert.deepEqual(error, undefined);
    return output;
  }

  it("gives the replies that AWS recorded", async () => {
    const created = {
      ...profileInput({ sshPublicKey: "" }),
      createdTimestamp: createdAt,
      lastModifiedTimestamp: createdAt,
    };
    const updated = { ...created, sshPublicKey: "intern", lastModifiedTimestamp: modifiedAt };
    const { userArn } = created;
    const admin = profileInput({
      userArn: arnOf("admin"),
      displayName: "me",
      emailAddress: "me@example.com",
    });

    assert.deepEqual(await call("CreateUserProfile", profileInput()), created);
    await call("CreateUserProfile", admin);
    service.now = modifiedAt;
    assert.deepEqual(await call("UpdateUserProfile", { userArn, sshPublicKey: "intern" }), updated);
    assert.deepEqual(await call("DescribeUserProfile", { userArn }), updated);
    assert.deepEqual(await call("ListUserProfiles", {}), {
      userProfiles: [{ ...admin, sshPublicKey: "" }, profileInput({ sshPublicKey: "intern" })],
    });
    assert.deepEqual(await call("DeleteUserProfile", { userArn }), { userArn });
    assert.deepEqual(await call("DeleteUserProfile", { userArn }), { userArn });
    assert.equal(service.proxy.requests.length, 7);
  });

  it("keeps names in any script and keys in Latin-1", async () => {
    const profile = profileInput({
      displayName: "Zoë 日本 🦊 Ωμέγα",
      sshPublicKey: "ssh-ed25519 AAAA Zoë\tÿ",
    });
    await call("CreateUserProfile", profile);
    const found = await call("DescribeUserProfile", { userArn: profile.userArn });
    assert.equal(found?.displayName, profile.displayName);
    assert.equal(found?.sshPublicKey, profile.sshPublicKey);
    const listed = await call("ListUserProfiles", { maxResults: 1 });
    assert.deepEqual(listed?.userProfiles, [profile]);
  });

  it('clears the key with "", keeps what is left out', async () => {
    const profile = profileInput({ sshPublicKey: "ssh-ed25519 AAAA x" });
    const { userArn } = profile;
    await call("CreateUserProfile", profile);
    const renamed = await call("UpdateUserProfile", { userArn, displayName: "Other" });
    assert.equal(renamed?.sshPublicKey, profile.sshPublicKey);
    const cleared = await call("UpdateUserProfile", { userArn, sshPublicKey: "" });
    assert.deepEqual([cleared?.sshPublicKey, cleared?.displayName], ["", "Other"]);
    const same = await call("UpdateUserProfile", { userArn });
    assert.deepEqual(same, cleared);
  });

  it("keeps regions apart, by the region that the client signs for", async () => {
    await call("CreateUserProfile", profileInput());
    const { userArn } = profileInput();
    const elsewhere = service.target({ region: "eu-central-1" });
    const { error } = await client().call(elsewhere, "DescribeUserProfile", { userArn });
    assert.equal(error?.code, "UserProfileNotFoundException");
    const { output } = await client().call(elsewhere, "CreateUserProfile", profileInput());
    assert.equal(output?.userArn, userArn);
  });

  if (name !== "Debian's AWS CLI") {
    it("hands on the id of the request, with an error too", async () => {
      const { userArn } = profileInput();
      for (const operation of ["DescribeUserProfile", "DeleteUserProfile"] as const) {
        const { requestId } = await client().call(service.target(), operation, { userArn });
        assert.match(requestId ?? "none", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }
    });
  }
});

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest]
  ? Rest
  : never;
