import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeStarClient,
  DescribeUserProfileCommand,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { unknownValue } from "../../profile/unknown";
import { embeddedRequestHandler } from "../../service/embedded";
import { arnOf } from "../support/profiles";
import {
  type Plan,
  type Props,
  ProviderHost,
  Refused,
  type Resource,
} from "../support/providerHost";
import { type RecordingService, startRecordingService } from "../support/recordingService";
import { ed25519, nistp256, rsa1024, rsa3072 } from "../support/sshKeys";

const ada = {
  userArn: arnOf("ada"),
  displayName: "Ada Lovelace",
  emailAddress: "ada@example.com",
};
const withKey = { ...ada, sshPublicKey: ed25519.line };
const keyOnly = { userArn: ada.userArn, sshPublicKey: ed25519.line };

let service: RecordingService;
before(async () => {
  service = await startRecordingService();
});
after(() => service.close());
beforeEach(async () => {
  service.intercept = undefined;
  for (const name of ["ada", "countess", "bob"]) await service.live.delete(arnOf(name));
  service.calls.length = 0;
});

/** A process of the engine, for a stack with these settings. */
function host(config: Record<string, string> = {}): ProviderHost {
  return new ProviderHost({
    "codestar:endpoint": service.url,
    "aws:region": "us-east-1",
    ...config,
  });
}

/** A preview, and then the update, each in a process of its own. */
async function up(
  resource: Resource | undefined,
  args: Props,
  config: Record<string, string> = {},
): Promise<{ plan: Plan; resource: Resource; writes: [string, Props][] }> {
  const plan = await host(config).plan(resource, args);
  const before = service.writes().length;
  const applied = await host(config).apply(resource, args);
  const writes = service
    .writes()
    .slice(before)
    .map(({ operation, input }): [string, Props] => [operation.replace("UserProfile", ""), input]);
  return { plan, resource: applied, writes };
}

async function reasons(attempt: Promise<unknown>): Promise<readonly string[]> {
  try {
    await attempt;
  } catch (error) {
    assert.ok(error instanceof Refused, String(error));
    return error.reasons;
  }
  throw new Error("the inputs were taken");
}

/** Nothing is left to do, for a preview and a refresh, and neither writes. */
async function assertSettled(
  resource: Resource,
  args: Props,
  config: Record<string, string> = {},
): Promise<void> {
  const before = service.writes().length;
  const { op, drift } = await host(config).plan(resource, args);
  assert.deepEqual([op, drift], ["same", undefined]);
  // Without reads a preview may have nothing to do where a refresh has.
  if (config["codestar:drift"] !== "off") {
    const process = host(config);
    const refreshed = await process.refresh(resource);
    assert.ok(refreshed);
    assert.equal((await process.diff(refreshed, resource.inputs)).changes, false);
  }
  assert.equal(service.writes().length, before);
}

interface Step {
  readonly it: string;
  /** What others do before the step. */
  readonly others?: () => Promise<void>;
  readonly refreshed?: true;
  readonly args: Props;
  readonly config?: Record<string, string>;
  readonly op: Plan["op"];
  readonly drift?: unknown;
  readonly writes: [operation: string, input: Props][];
  /** Of the state, once done. */
  readonly outputs?: Props;
}

function change(fields: Props): () => Promise<void> {
  return () => service.live.update({ userArn: ada.userArn, ...fields });
}
const vanish = () => service.live.delete(ada.userArn);
const created = (input: Props): Step["writes"] => [["Create", input]];
const updated = (input: Props): Step["writes"] => [["Update", { userArn: ada.userArn, ...input }]];

const start: Step = { it: "creates", args: withKey, op: "create", writes: created(withKey) };
const exists: Step = { ...start, it: "begins" };

/** The rows of the behaviour table, each a life of one resource. */
const lives: Record<string, Step[]> = {
  "declared = live": [
    { ...start, outputs: { ...withKey, region: "us-east-1" } },
    { it: "does nothing", args: withKey, op: "same", writes: [] },
  ],
  "a declared field differs": [
    exists,
    {
      it: "repairs a name",
      others: change({ displayName: "Eve" }),
      args: withKey,
      op: "update",
      drift: { displayName: { live: "Eve", declared: "Ada Lovelace" } },
      writes: updated({ displayName: "Ada Lovelace" }),
    },
    {
      it: "repairs several, the key by fingerprint",
      others: change({ emailAddress: "eve@example.com", sshPublicKey: nistp256.line }),
      args: withKey,
      op: "update",
      drift: {
        emailAddress: { live: "eve@example.com", declared: "ada@example.com" },
        sshPublicKey: {
          live: `${nistp256.fingerprint} (ecdsa-sha2-nistp256)`,
          declared: `${ed25519.fingerprint} (ssh-ed25519)`,
        },
      },
      writes: updated({ emailAddress: "ada@example.com", sshPublicKey: ed25519.line }),
    },
  ],
  "the program changed a field": [
    exists,
    {
      it: "updates it",
      args: { ...withKey, displayName: "Ada King" },
      op: "update",
      writes: updated({ displayName: "Ada King" }),
    },
    {
      it: "updates, and repairs what drifted from both",
      others: change({ displayName: "Eve" }),
      args: { ...withKey, displayName: "Countess" },
      op: "update",
      drift: { displayName: { live: "Eve", declared: "Countess" } },
      writes: updated({ displayName: "Countess" }),
    },
    {
      it: "writes nothing when somebody has done it by hand",
      others: change({ displayName: "Ada" }),
      args: { ...withKey, displayName: "Ada" },
      op: "update",
      writes: [],
      outputs: { displayName: "Ada" },
    },
  ],
  "profile deleted behind our back": [
    exists,
    {
      it: "creates it again",
      others: vanish,
      args: withKey,
      op: "update",
      drift: { profile: "missing" },
      writes: created(withKey),
    },
  ],
  "field never declared": [
    { it: "begins", args: ada, op: "create", writes: created(ada) },
    {
      it: "does not see a key that somebody adds",
      others: change({ sshPublicKey: nistp256.line }),
      args: ada,
      op: "same",
      writes: [],
    },
    {
      it: "takes a declared key for the program's change",
      args: withKey,
      op: "update",
      writes: updated({ sshPublicKey: ed25519.line }),
    },
  ],
  "sshPublicKey was declared, now omitted": [
    exists,
    {
      it: "revokes it",
      args: ada,
      op: "update",
      writes: updated({ sshPublicKey: "" }),
    },
    {
      it: "does not manage it any more",
      others: change({ sshPublicKey: nistp256.line }),
      args: ada,
      op: "same",
      writes: [],
    },
  ],
  "sshPublicKey was declared, now null": [
    exists,
    {
      it: "revokes it",
      args: { ...ada, sshPublicKey: null },
      op: "update",
      writes: updated({ sshPublicKey: "" }),
    },
  ],
  "sshPublicKey is declared empty": [
    exists,
    {
      it: "revokes it, and keeps it revoked",
      args: { ...ada, sshPublicKey: "" },
      op: "update",
      writes: updated({ sshPublicKey: "" }),
    },
    {
      it: "takes a key that somebody adds for drift",
      others: change({ sshPublicKey: nistp256.line }),
      args: { ...ada, sshPublicKey: "" },
      op: "update",
      drift: {
        sshPublicKey: {
          live: `${nistp256.fingerprint} (ecdsa-sha2-nistp256)`,
          declared: "(none)",
        },
      },
      writes: updated({ sshPublicKey: "" }),
    },
  ],
  "displayName and emailAddress were declared, now omitted": [
    exists,
    { it: "leaves them as they are", args: keyOnly, op: "update", writes: [], outputs: keyOnly },
    {
      it: "does not manage them any more",
      others: change({ displayName: "Eve", emailAddress: "eve@example.com" }),
      args: keyOnly,
      op: "same",
      writes: [],
    },
  ],
  ignoreDrift: [
    {
      it: "sets the field when it creates",
      args: { ...withKey, ignoreDrift: ["displayName"] },
      op: "create",
      writes: created(withKey),
    },
    {
      it: "leaves a live change alone",
      others: change({ displayName: "Eve" }),
      args: { ...withKey, ignoreDrift: ["displayName"] },
      op: "same",
      writes: [],
    },
    {
      it: "leaves it alone after a refresh too",
      refreshed: true,
      args: { ...withKey, ignoreDrift: ["displayName"] },
      op: "same",
      writes: [],
      outputs: { displayName: "Ada Lovelace" },
    },
    {
      it: "leaves it alone while it repairs another field",
      others: change({ emailAddress: "eve@example.com" }),
      args: { ...withKey, ignoreDrift: ["displayName"] },
      op: "update",
      drift: { emailAddress: { live: "eve@example.com", declared: "ada@example.com" } },
      writes: updated({ emailAddress: "ada@example.com" }),
    },
    {
      it: "writes the program's own change",
      args: { ...withKey, displayName: "Ada King", ignoreDrift: ["displayName"] },
      op: "update",
      writes: updated({ displayName: "Ada King" }),
    },
    {
      it: "revokes a key whose drift it ignores, when the program drops it",
      args: { ...ada, displayName: "Ada King", ignoreDrift: ["sshPublicKey"] },
      op: "update",
      writes: updated({ sshPublicKey: "" }),
    },
    {
      it: "sets every field of a profile that it creates again",
      others: vanish,
      args: { ...ada, displayName: "Ada King", ignoreDrift: ["displayName"] },
      op: "update",
      drift: { profile: "missing" },
      writes: created({ ...ada, displayName: "Ada King" }),
    },
    {
      it: "repairs the field once its drift is not ignored any more",
      others: change({ displayName: "Eve" }),
      args: { ...ada, displayName: "Ada King" },
      op: "update",
      drift: { displayName: { live: "Eve", declared: "Ada King" } },
      writes: updated({ displayName: "Ada King" }),
    },
  ],
  "userArn changes": [
    exists,
    {
      it: "replaces the profile, the new one first",
      args: { ...withKey, userArn: arnOf("countess") },
      op: "replace",
      writes: [
        ["Create", { ...withKey, userArn: arnOf("countess") }],
        ["Delete", { userArn: ada.userArn }],
      ],
      outputs: { userArn: arnOf("countess") },
    },
  ],
  "region changes": [
    exists,
    {
      it: "replaces the profile",
      args: { ...withKey, region: "eu-west-1" },
      op: "replace",
      writes: [
        ["Create", withKey],
        ["Delete", { userArn: ada.userArn }],
      ],
      outputs: { region: "eu-west-1" },
    },
    {
      it: "is the stack's again when it is left out",
      args: withKey,
      op: "replace",
      writes: [
        ["Create", withKey],
        ["Delete", { userArn: ada.userArn }],
      ],
      outputs: { region: "us-east-1" },
    },
    {
      it: "is no change when it is spelt out, or null",
      args: { ...withKey, region: "us-east-1" },
      op: "same",
      writes: [],
    },
    {
      it: "is no change when it is null",
      args: { ...withKey, region: null },
      op: "same",
      writes: [],
    },
  ],
  "create, exists, equal": [
    {
      it: "takes it as ours",
      others: () => service.live.create({ ...withKey, displayName: ada.displayName }),
      args: withKey,
      op: "create",
      writes: created(withKey),
      outputs: withKey,
    },
  ],
  "create, exists, equal in what is declared": [
    {
      it: "takes it as ours, and leaves the key that it does not manage",
      others: () => service.live.create(withKey),
      args: ada,
      op: "create",
      writes: created(ada),
      outputs: ada,
    },
  ],
  "create, exists, adopt": [
    {
      it: "takes it over, and writes what differs",
      others: () => service.live.create({ ...withKey, displayName: "Eve" }),
      args: { ...withKey, adopt: true },
      op: "create",
      writes: updated({ displayName: "Ada Lovelace" }),
    },
    {
      it: "takes adopt back without a write",
      args: withKey,
      op: "update",
      writes: [],
    },
  ],
  "adopt without a name": [
    {
      it: "manages the key alone",
      others: () => service.live.create({ ...ada, displayName: "Eve" }),
      args: { ...keyOnly, adopt: true },
      op: "create",
      writes: updated({ sshPublicKey: ed25519.line }),
    },
  ],
  "adopt, not there": [
    {
      it: "creates it",
      args: { ...withKey, adopt: true },
      op: "create",
      writes: created(withKey),
    },
  ],
  "SSH keys are compared without white space around them": [
    exists,
    {
      it: "takes a space at the end for no difference, in the program",
      args: { ...withKey, sshPublicKey: `${ed25519.line}\n` },
      op: "same",
      writes: [],
    },
    {
      it: "and in the live profile",
      others: change({ sshPublicKey: `\n ${ed25519.line} ` }),
      args: withKey,
      op: "same",
      writes: [],
    },
    {
      it: "and after a refresh",
      refreshed: true,
      args: withKey,
      op: "same",
      writes: [],
      outputs: { sshPublicKey: ed25519.line },
    },
  ],
  "secret fields": [
    {
      it: "begins",
      args: { ...withKey, secretFields: ["emailAddress", "sshPublicKey"] },
      op: "create",
      writes: created(withKey),
    },
    {
      it: "names what drifted, and shows nothing",
      others: change({ emailAddress: "eve@example.com", sshPublicKey: nistp256.line }),
      args: { ...withKey, secretFields: ["emailAddress", "sshPublicKey"] },
      op: "update",
      drift: {
        emailAddress: "differs from the declared secret",
        sshPublicKey: "differs from the declared secret",
      },
      writes: updated({ emailAddress: "ada@example.com", sshPublicKey: ed25519.line }),
    },
    {
      it: "records that a field is secret no more, without a write",
      args: withKey,
      op: "update",
      writes: [],
    },
  ],
  refresh: [
    exists,
    {
      it: "takes live values into the state; the program's are then an ordinary update",
      others: change({ displayName: "Eve" }),
      refreshed: true,
      args: withKey,
      op: "update",
      writes: updated({ displayName: "Ada Lovelace" }),
    },
  ],
  "codestar:drift off": [
    { ...exists, config: { "codestar:drift": "off" } },
    {
      it: "does not see a live change",
      others: change({ displayName: "Eve" }),
      config: { "codestar:drift": "off" },
      args: withKey,
      op: "same",
      writes: [],
    },
    {
      it: "writes the program's change from the state alone",
      config: { "codestar:drift": "off" },
      args: { ...withKey, emailAddress: "king@example.com" },
      op: "update",
      writes: updated({ emailAddress: "king@example.com" }),
    },
    {
      it: "revokes a key from the state alone",
      config: { "codestar:drift": "off" },
      args: { ...ada, emailAddress: "king@example.com" },
      op: "update",
      writes: updated({ sshPublicKey: "" }),
    },
    {
      it: "creates a profile again that an update does not find",
      others: vanish,
      config: { "codestar:drift": "off" },
      args: ada,
      op: "update",
      writes: [...updated({ emailAddress: "ada@example.com" }), ["Create", ada]],
    },
  ],
  "codestar:drift off, adopt without a name": [
    {
      it: "manages the key alone",
      others: () => service.live.create(ada),
      config: { "codestar:drift": "off" },
      args: { ...keyOnly, adopt: true },
      op: "create",
      writes: updated({ sshPublicKey: ed25519.line }),
    },
  ],
};

describe("the provider, as the engine calls it", () => {
  for (const [row, steps] of Object.entries(lives)) {
    it(`${row}: ${steps.map((step) => step.it).join("; ")}`, async () => {
      let resource: Resource | undefined;
      for (const step of steps) {
        const { args, config, op, drift, outputs = {} } = step;
        await step.others?.();
        if (step.refreshed) resource = await host(config).refresh(resource!);
        const done = await up(resource, args, config);
        const seen = [done.plan.op, done.plan.drift, done.writes];
        assert.deepEqual(seen, [op, drift, step.writes], step.it);
        resource = done.resource;
        assert.equal(resource.id, args.userArn);
        assert.ok(!("drift" in resource.outputs), "the state holds no drift");
        for (const [name, value] of Object.entries(outputs)) {
          assert.deepEqual(resource.outputs[name], value, `${step.it}: ${name}`);
        }
        await assertSettled(resource, args, config);
      }
      await host().delete(resource!);
      assert.equal(await service.live.find(resource!.id), undefined);
      await host().delete(resource!);
    });
  }

  it("a preview writes nothing and reads each profile once", async () => {
    const { resource } = await up(undefined, withKey);
    service.calls.length = 0;
    await host().plan(resource, withKey);
    assert.deepEqual(
      service.calls.map(({ operation }) => operation),
      ["DescribeUserProfile"],
    );
  });

  it("records the times of the service, in ISO 8601", async () => {
    const { resource } = await up(undefined, withKey);
    const live = await service.live.find(ada.userArn);
    const times = () => [
      live?.createdTimestamp?.toISOString(),
      live?.lastModifiedTimestamp?.toISOString(),
    ];
    const { createdTimestamp, lastModifiedTimestamp } = resource.outputs;
    assert.deepEqual([createdTimestamp, lastModifiedTimestamp], times());
    const { resource: renamed } = await up(resource, { ...withKey, displayName: "Ada King" });
    const after = await service.live.find(ada.userArn);
    assert.equal(renamed.outputs.createdTimestamp, createdTimestamp);
    assert.equal(
      renamed.outputs.lastModifiedTimestamp,
      after?.lastModifiedTimestamp?.toISOString(),
    );
  });

  it("keeps the times of a profile that was read from the list, which has none", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `many${index}`);
    await service.seed(names.map((name) => ({ ...ada, userArn: arnOf(name) })));
    const { resource } = await up(undefined, withKey);
    const process = host();
    for (const name of names) await process.check({}, { ...ada, userArn: arnOf(name) });
    assert.ok(service.calls.some(({ operation }) => operation === "ListUserProfiles"));
    const refreshed = await process.refresh(resource);
    assert.deepEqual(refreshed?.outputs, resource.outputs);
    for (const name of names) await service.live.delete(arnOf(name));
  });
});

describe("the provider: a profile that exists, of a resource that is new", () => {
  it("is taken when what is declared is equal, a name and an address left out", async () => {
    const { resource } = await up(undefined, withKey);
    for (const args of [keyOnly, { userArn: ada.userArn }]) {
      const { plan, resource: renamed, writes } = await up(undefined, args);
      assert.equal(plan.op, "create");
      assert.deepEqual(writes, []);
      assert.equal(renamed.outputs.createdTimestamp, resource.outputs.createdTimestamp);
    }
    const differing = { ...keyOnly, sshPublicKey: nistp256.line };
    await assert.rejects(host().plan(undefined, differing), {
      message: /a profile exists already and differs in sshPublicKey; set `adopt: true`/,
    });
  });
});

describe("the provider: what it refuses at preview", () => {
  it("a profile that exists and differs, naming the fields and the remedy, not the values", async () => {
    await service.live.create({ ...withKey, displayName: "Eve", sshPublicKey: nistp256.line });
    const [reason, ...others] = await reasons(host().plan(undefined, withKey));
    assert.deepEqual(others, []);
    assert.match(
      reason!,
      /^creating CodeStar user profile arn:\S+ada: a profile exists already and differs in displayName, sshPublicKey; set `adopt: true`/,
    );
    assert.doesNotMatch(reason!, /Eve|AAAA/);
    assert.deepEqual(service.writes(), []);
  });

  it("a replacement by a profile that exists and differs", async () => {
    const { resource } = await up(undefined, withKey);
    await service.live.create({ ...ada, userArn: arnOf("bob") });
    const moved = { ...withKey, userArn: arnOf("bob"), displayName: "Bob" };
    assert.match(
      (await reasons(host().plan(resource, moved)))[0]!,
      /user\/bob: a profile exists already and differs in displayName, sshPublicKey/,
    );
  });

  it("a profile to be created without a name or an address", async () => {
    const incomplete = { userArn: ada.userArn, emailAddress: ada.emailAddress };
    const required = /^displayName is required: /;
    assert.match((await reasons(host().plan(undefined, incomplete)))[0]!, required);
    assert.match(
      (await reasons(host().plan(undefined, { ...incomplete, adopt: true })))[0]!,
      /^displayName must be declared, since CodeStar user profile arn:\S+ does not exist and is to be created$/,
    );
    const { resource } = await up(undefined, ada);
    await up(resource, incomplete);
    await vanish();
    assert.match(
      (await reasons(host().plan(resource, incomplete)))[0]!,
      /^displayName must be declared, since/,
    );
  });

  it("an adopted profile without a name that an update does not find, in the same words", async () => {
    const config = { "codestar:drift": "off" };
    await assert.rejects(host(config).apply(undefined, { ...keyOnly, adopt: true }), {
      message:
        /^creating CodeStar user profile .*: displayName and emailAddress must be declared, since/,
    });
  });

  it("everything that is wrong with the inputs at once, without a call", async () => {
    const found = await reasons(
      host().plan(undefined, { userArn: "ada", emailAddress: "ada", email: "x", adopt: "yes" }),
    );
    assert.deepEqual(
      found.map((reason) => reason.split(" ")[0]),
      ["userArn", "displayName", "emailAddress", "adopt", '"email"'],
    );
    assert.deepEqual(service.calls, []);
  });

  it("a setting that is malformed, for every resource and every operation", async () => {
    const config = { "codestar:drift": "maybe" };
    const process = host(config);
    const sentence = 'codestar:drift is "maybe", but must be one of on, off';
    assert.deepEqual(await reasons(process.plan(undefined, ada)), [sentence]);
    assert.deepEqual(await reasons(process.plan(undefined, ada)), [sentence]);
    const resource = { id: ada.userArn, inputs: ada, outputs: { ...ada, region: "us-east-1" } };
    await assert.rejects(process.refresh(resource), {
      message: `reading CodeStar user profile ${ada.userArn}: ${sentence}`,
    });
    await assert.rejects(process.delete(resource), {
      message: `deleting CodeStar user profile ${ada.userArn}: ${sentence}`,
    });
  });

  it("weak keys, unless the stack allows them", async () => {
    const weak = { ...ada, sshPublicKey: rsa1024.line };
    assert.match((await reasons(host().plan(undefined, weak)))[0]!, /^sshPublicKey .*1024/);
    assert.equal(
      (await host({ "codestar:allowWeakKeys": "true" }).plan(undefined, weak)).op,
      "create",
    );
  });

  it("a read that fails, in one sentence", async () => {
    service.intercept = () => ({ status: 404, body: {} });
    const [reason, ...others] = await reasons(host().plan(undefined, ada));
    assert.match(
      reason!,
      /^reading CodeStar user profile arn:\S+: http:\S+ answered with something other than the CodeStar API/,
    );
    assert.deepEqual(others, []);
  });
});

describe("the provider: unknown values at preview", () => {
  const cases: [what: string, args: Props][] = [
    ["userArn", { ...withKey, userArn: unknownValue }],
    ["region", { ...withKey, region: unknownValue }],
    [
      "every field",
      { ...ada, displayName: unknownValue, emailAddress: unknownValue, sshPublicKey: unknownValue },
    ],
    ["adopt", { ...withKey, adopt: unknownValue }],
    ["adopt, with a key alone", { ...keyOnly, adopt: unknownValue, userArn: unknownValue }],
    ["ignoreDrift", { ...withKey, ignoreDrift: unknownValue }],
    ["a part of ignoreDrift", { ...withKey, ignoreDrift: ["displayName", unknownValue] }],
  ];
  for (const [what, args] of cases) {
    it(`${what}: a create passes, and the inputs stay as they are`, async () => {
      const { op, inputs } = await host().plan(undefined, args);
      assert.equal(op, "create");
      const { __provider, ...checked } = inputs;
      assert.deepEqual(checked, { region: "us-east-1", ...args });
      assert.deepEqual(service.writes(), []);
    });

    it(`${what}: an update passes, and is one`, async () => {
      const { resource } = await up(undefined, withKey);
      const { op } = await host().plan(resource, args);
      assert.equal(
        op,
        what === "userArn" || what === "region" || what.startsWith("adopt,") ? "replace" : "update",
      );
    });
  }

  it("does not call a profile that exists a conflict for what is not known", async () => {
    await service.live.create(withKey);
    const { op } = await host().plan(undefined, { ...withKey, displayName: unknownValue });
    assert.equal(op, "create");
    assert.match(
      (
        await reasons(
          host().plan(undefined, {
            ...withKey,
            displayName: unknownValue,
            emailAddress: "eve@example.com",
          }),
        )
      )[0]!,
      /differs in emailAddress;/,
    );
  });
});

describe("the provider: replacements and renames", () => {
  it("a resource that is replaced by order keeps its profile", async () => {
    const { resource } = await up(undefined, withKey);
    // `--replace`: the engine checks and creates as if there were none, then deletes the old one.
    const process = host();
    const replaced = await process.apply(undefined, withKey);
    await process.delete(resource);
    assert.ok(await service.live.find(ada.userArn));
    await assertSettled(replaced, withKey);
  });

  it("a resource under a new name keeps the profile when the old one goes", async () => {
    const { resource } = await up(undefined, withKey);
    const process = host();
    const renamed = await process.apply(undefined, withKey);
    await process.delete(resource);
    assert.ok(await service.live.find(ada.userArn));
    await assertSettled(renamed, withKey);
  });

  it("the same ARN in another region is another profile, and is deleted", async () => {
    const { resource } = await up(undefined, { ...withKey, region: "eu-west-1" });
    const process = host();
    await process.apply(undefined, withKey);
    service.calls.length = 0;
    await process.delete(resource);
    assert.equal(service.writes().length, 1);
    assert.ok(await service.live.find(ada.userArn));
  });
});

describe("the provider: who moves within a program", () => {
  const deployed = async () => (await up(undefined, ada)).resource;
  const differing = { ...ada, displayName: "Ada King" };

  it("a profile that a check in the same process declared is not deleted", async () => {
    const resource = await deployed();
    const process = host();
    await process.plan(undefined, ada);
    await process.delete(resource);
    assert.ok(await service.live.find(ada.userArn));
    await host().delete(resource);
    assert.equal(await service.live.find(ada.userArn), undefined);
  });

  it("a check waits for a delete of its profile that is under way, and sees what it left", async () => {
    const resource = await deployed();
    const process = host();
    const [, plan] = await Promise.all([process.delete(resource), process.plan(undefined, ada)]);
    assert.equal(plan.op, "create");
    await process.apply(undefined, ada);
    assert.ok(await service.live.find(ada.userArn));
  });

  it("a profile that was the stack's own before is no conflict, in its region alone", async () => {
    await deployed();
    service.calls.length = 0;
    const elsewhere = { own: [`eu-west-1 ${ada.userArn}`] };
    await assert.rejects(host().apply(undefined, { ...differing, __program: elsewhere }), Refused);
    const own = { own: [`us-east-1 ${ada.userArn}`] };
    const { inputs } = await host().apply(undefined, { ...differing, __program: own });
    assert.equal(inputs.program, undefined, "not recorded");
    assert.deepEqual(
      service.writes().map(({ operation, input }) => [operation, input]),
      [["UpdateUserProfile", { userArn: ada.userArn, displayName: "Ada King" }]],
    );
  });

  it("a key that was never declared is not sent, and one that was is revoked", async () => {
    const resource = await deployed();
    await service.live.update(withKey);
    assert.deepEqual((await up(resource, differing)).writes, [
      ["Update", { userArn: ada.userArn, displayName: "Ada King" }],
    ]);
    assert.equal((await service.live.find(ada.userArn))?.sshPublicKey, ed25519.line);
  });
});

describe("the provider: races and lost answers", () => {
  it("a profile that appears between preview and update fails the update, in the words of preview", async () => {
    const process = host();
    const { inputs } = await process.plan(undefined, withKey);
    await service.live.create({ ...withKey, displayName: "Eve" });
    await assert.rejects(process.create(inputs), {
      message:
        /^creating CodeStar user profile .*: a profile exists already and differs in displayName; set `adopt: true`/,
    });
    assert.equal((await service.live.find(ada.userArn))?.displayName, "Eve");
  });

  it("a create whose answer was lost is done", async () => {
    let creates = 0;
    service.intercept = ({ operation }) => {
      if (operation !== "CreateUserProfile" || ++creates > 1) return undefined;
      void service.seed([withKey]);
      return { status: 500, body: { __type: "InternalFailure", message: "lost" } };
    };
    const { resource } = await up(undefined, withKey);
    assert.equal(creates, 2);
    await assertSettled(resource, withKey);
  });

  it("so is the create of a profile that had disappeared", async () => {
    const { resource } = await up(undefined, withKey);
    await vanish();
    let creates = 0;
    service.intercept = ({ operation }) => {
      if (operation !== "CreateUserProfile" || ++creates > 1) return undefined;
      void service.seed([withKey]);
      return { status: 500, body: { __type: "InternalFailure", message: "lost" } };
    };
    const { resource: again } = await up(resource, withKey);
    assert.equal(creates, 2);
    await assertSettled(again, withKey);
  });

  it("a profile that disappeared and that somebody creates while we do is brought up to date", async () => {
    const { resource } = await up(undefined, withKey);
    await vanish();
    const process = host();
    const { inputs } = await process.plan(resource, withKey);
    await service.live.create({ ...withKey, displayName: "Eve" });
    await process.update(resource, inputs);
    assert.equal((await service.live.find(ada.userArn))?.displayName, "Ada Lovelace");
  });

  it("a profile that disappears between preview and update is created again", async () => {
    const { resource } = await up(undefined, withKey);
    const renamed = { ...withKey, displayName: "Ada King" };
    const process = host();
    const { inputs } = await process.plan(resource, renamed);
    await vanish();
    const again = await process.update(resource, inputs);
    assert.equal((await service.live.find(ada.userArn))?.displayName, "Ada King");
    await assertSettled(again, renamed);
  });

  it("a repair that has been made meanwhile is not made again", async () => {
    const { resource } = await up(undefined, withKey);
    await change({ displayName: "Eve" })();
    const { op } = await host().plan(resource, withKey);
    assert.equal(op, "update");
    await change({ displayName: "Ada Lovelace" })();
    const { writes } = await up(resource, withKey);
    assert.deepEqual(writes, []);
  });

  it("a failed update changes nothing, and the next preview plans it anew", async () => {
    const { resource } = await up(undefined, withKey);
    service.intercept = ({ operation }) =>
      operation === "UpdateUserProfile"
        ? { status: 400, body: { __type: "AccessDeniedException", message: "not you" } }
        : undefined;
    const renamed = { ...withKey, displayName: "Ada King" };
    await assert.rejects(host().apply(resource, renamed), {
      message: /^updating CodeStar user profile arn:\S+: http:\S+ refused it: not you$/,
    });
    service.intercept = undefined;
    const { writes } = await up(resource, renamed);
    assert.deepEqual(writes, updated({ displayName: "Ada King" }));
  });

  it("refresh drops a profile from the state only when the service says that there is none", async () => {
    const { resource } = await up(undefined, withKey);
    service.intercept = () => ({ status: 500, body: { __type: "InternalFailure", message: "no" } });
    await assert.rejects(host().refresh(resource), { message: /^reading CodeStar user profile/ });
    service.intercept = undefined;
    assert.ok(await host().refresh(resource));
    await vanish();
    assert.equal(await host().refresh(resource), undefined);
  });

  it("creates of different profiles run side by side", async () => {
    const process = host();
    const all = ["ada", "bob", "countess"].map((name) => ({ ...ada, userArn: arnOf(name) }));
    const plans = [];
    for (const args of all) plans.push(await process.plan(undefined, args));
    await Promise.all(plans.map(({ inputs }) => process.create(inputs)));
    for (const { userArn } of all) assert.ok(await service.live.find(userArn));
  });
});

describe("the provider: refresh, as the engine calls diff in it", () => {
  it("finds the drift of an earlier update in the inputs no difference", async () => {
    const { resource } = await up(undefined, withKey);
    await change({ displayName: "Eve" })();
    const { resource: repaired } = await up(resource, withKey);
    assert.ok(repaired.inputs._drift, "the state still holds what was repaired");
    const process = host();
    const refreshed = await process.refresh(repaired);
    assert.ok(!("_drift" in refreshed!.inputs));
    assert.equal((await process.diff(refreshed!, repaired.inputs)).changes, false);
    assert.equal((await process.diff(repaired, refreshed!.inputs)).changes, false);
    await assertSettled(refreshed!, withKey);
  });

  it("keeps fields that are not managed out of the state", async () => {
    const { resource } = await up(undefined, ada);
    await change({ sshPublicKey: rsa3072.line })();
    const refreshed = await host().refresh(resource);
    assert.ok(!("sshPublicKey" in refreshed!.outputs));
    assert.ok(!("sshPublicKey" in refreshed!.inputs));
  });
});

describe("the provider on the embedded store", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-provider-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  it("creates, repairs and deletes in a file that others share", async () => {
    const config = { "codestar:endpoint": `file:${join(folder, "profiles.db")}` };
    const resource = await host(config).apply(undefined, withKey);
    const handler = embeddedRequestHandler({ store: config["codestar:endpoint"] });
    const others = new CodeStarClient({
      region: "us-east-1",
      endpoint: "http://embedded.invalid",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      requestHandler: handler,
    });
    await others.send(new UpdateUserProfileCommand({ userArn: ada.userArn, displayName: "Eve" }));
    const plan = await host(config).plan(resource, withKey);
    assert.deepEqual(plan.drift, { displayName: { live: "Eve", declared: "Ada Lovelace" } });
    const repaired = await host(config).apply(resource, withKey);
    const find = () => others.send(new DescribeUserProfileCommand({ userArn: ada.userArn }));
    assert.equal((await find()).displayName, "Ada Lovelace");
    assert.equal((await host(config).plan(repaired, withKey)).op, "same");
    await host(config).delete(repaired);
    await assert.rejects(find(), { name: "UserProfileNotFoundException" });
    await handler.close();
    assert.deepEqual(service.calls, []);
  });

  it("takes nobody for missing in a refresh or destroy whose store is not there", async () => {
    const config = (name: string) => ({ "codestar:endpoint": `file:${join(folder, name)}` });
    const resource = await host(config("profiles.db")).apply(undefined, withKey);
    for (const operation of ["refresh", "delete"] as const) {
      await assert.rejects(host(config("gone.db"))[operation](resource), {
        message:
          /^\w+ CodeStar user profile \S+: there is no store at file:\S+gone\.db; refresh and destroy use/,
      });
    }
    assert.ok(await host(config("profiles.db")).refresh(resource));
  });
});
