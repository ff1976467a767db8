import assert from "node:assert/strict";
import { type Connection, connections } from "../../client/connection";
import { readSettings } from "../../client/settings";
import { apply, type Owner } from "../../provider/lifecycle/apply";
import { arnOf } from "../support/profiles";
import { type RecordingService, startRecordingService } from "../support/recordingService";
import { ed25519 } from "../support/sshKeys";

const userArn = arnOf("ada");
const declared = { displayName: "Ada", emailAddress: "ada@example.com" };
const others = { ...declared, displayName: "Eve" };
const create = { call: "create", values: declared } as const;
const update = { call: "update", values: { displayName: "Ada" } } as const;

describe("apply: other clients write between the reading and the write", () => {
  let service: RecordingService;
  let connection: Connection;
  before(async () => {
    service = await startRecordingService();
    const config: Record<string, string> = { "codestar:endpoint": service.url };
    connection = await connections(readSettings((key) => config[key], {}, "."))("us-east-1");
  });
  after(async () => {
    connection.close();
    await service.close();
  });
  beforeEach(async () => {
    await service.live.delete(userArn);
    service.calls.length = 0;
  });

  const calls = () => service.writes().map(({ operation }) => operation.replace("UserProfile", ""));
  const owner = (more: Partial<Owner> = {}): Owner => ({
    userArn,
    declared,
    mayTakeOver: false,
    ...more,
  });
  const live = async () => {
    const { displayName, sshPublicKey } = (await service.live.find(userArn))!;
    return { displayName, sshPublicKey };
  };

  it("takes a profile that a lost answer left as ours", async () => {
    await service.live.create({ userArn, ...declared });
    assert.equal((await apply(connection, owner(), create)).displayName, "Ada");
    assert.deepEqual(calls(), ["Create"]);
  });

  it("refuses a stranger's profile that differs, and writes nothing", async () => {
    await service.live.create({ userArn, ...others });
    await assert.rejects(apply(connection, owner(), create), /exists already .* displayName/);
    assert.equal((await live()).displayName, "Eve");
  });

  it("updates no stranger's profile that appeared after check", async () => {
    await service.live.create({ userArn, ...others });
    await assert.rejects(apply(connection, owner(), update), /exists already .* displayName/);
    assert.deepEqual(calls(), []);
    await apply(connection, owner({ mayTakeOver: true }), update);
    assert.deepEqual(calls(), ["Update"]);
  });

  it("takes a profile over when it may", async () => {
    await service.live.create({ userArn, ...others });
    await apply(connection, owner({ mayTakeOver: true }), create);
    assert.equal((await live()).displayName, "Ada");
    assert.deepEqual(calls(), ["Create", "Update"]);
  });

  it("creates a profile that is gone", async () => {
    await apply(connection, owner({ recorded: declared }), update);
    assert.equal((await live()).displayName, "Ada");
    assert.deepEqual(calls(), ["Update", "Create"]);
  });

  it("brings a recorded profile that was created again to what is declared, and takes a dropped key away", async () => {
    await service.live.create({ userArn, ...others, sshPublicKey: ed25519.line });
    const recorded = { ...declared, sshPublicKey: ed25519.line };
    await apply(connection, owner({ recorded }), create);
    assert.deepEqual(await live(), { displayName: "Ada", sshPublicKey: "" });
  });

  it("creates nothing without an address", async () => {
    const nameOnly = owner({ recorded: declared, declared: { displayName: "Ada" } });
    await assert.rejects(apply(connection, nameOnly, update), /emailAddress must be declared/);
    assert.deepEqual(calls(), ["Update"]);
  });

  /** The service answers the operation with a fault that is not about who is there. */
  const failing = (failed: string) => {
    service.intercept = ({ operation }) =>
      operation === `${failed}UserProfile`
        ? { status: 400, body: { __type: "AccessDeniedException", message: "Not you" } }
        : undefined;
  };
  afterEach(() => {
    service.intercept = undefined;
  });

  it("creates nothing after an update that failed for another reason", async () => {
    failing("Update");
    await assert.rejects(apply(connection, owner({ recorded: declared }), update), /Not you/);
    assert.deepEqual(calls(), ["Update"]);
  });

  it("takes nobody over after a create that failed for another reason", async () => {
    await service.live.create({ userArn, ...others });
    failing("Create");
    const mine = owner({ mayTakeOver: true });
    await assert.rejects(apply(connection, mine, create), /Not you/);
    assert.deepEqual(calls(), ["Create"]);
  });

  it("tells the service's own sentence when the profile that is in the way is gone again", async () => {
    service.intercept = ({ operation }) =>
      operation === "CreateUserProfile"
        ? { status: 400, body: { __type: "UserProfileAlreadyExistsException", message: "There" } }
        : undefined;
    await assert.rejects(apply(connection, owner(), create), /There/);
    assert.deepEqual(calls(), ["Create"]);
  });

  it("takes over what was created again between an update and the create after it", async () => {
    let made = false;
    service.intercept = ({ operation }) => {
      if (operation !== "UpdateUserProfile" || made) return undefined;
      made = true;
      void service.live.create({ userArn, ...others });
      return { status: 404, body: { __type: "UserProfileNotFoundException", message: "Gone" } };
    };
    await apply(connection, owner({ recorded: declared }), update);
    assert.equal((await live()).displayName, "Ada");
    assert.deepEqual(calls(), ["Update", "Create", "Update"]);
  });
});
