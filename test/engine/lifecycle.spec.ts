import assert from "node:assert/strict";
import { itInLongRun } from "../support/longRun";
import { form, type Project } from "../support/pulumi";
import type { RecordingService } from "../support/recordingService";
import { ada, arn, scenario } from "../support/scenario";
import { ed25519, nistp256 } from "../support/sshKeys";

/** Nothing is planned, and nothing was written on the way to finding that out. */
async function assertSettled(project: Project, service: RecordingService): Promise<void> {
  service.calls.length = 0;
  assert.deepEqual(await project.plan("--expect-no-changes"), []);
  assert.deepEqual(service.writes(), []);
}

describe("the engine: creating, updating, deleting", () => {
  it(
    "basic: required inputs create a profile, with every output set",
    scenario(async ({ project, service }) => {
      project.program(
        `const p = new CodeStarUserProfile("ada", ${JSON.stringify(ada)}); module.exports = { all: pulumi.all({ id: p.id, userArn: p.userArn, displayName: p.displayName, emailAddress: p.emailAddress, sshPublicKey: p.sshPublicKey, region: p.region, adopt: p.adopt, ignoreDrift: p.ignoreDrift, created: p.createdTimestamp, modified: p.lastModifiedTimestamp }) };`,
      );
      const [step] = await project.plan();
      assert.equal(step?.op, "create");
      assert.deepEqual(service.writes(), []);

      await project.up();
      assert.deepEqual(service.writes(), [{ operation: "CreateUserProfile", input: ada }]);
      const live = await service.live.find(ada.userArn);
      const created = live?.createdTimestamp?.toISOString();
      assert.deepEqual(project.output("all"), {
        ...ada,
        id: ada.userArn,
        region: "us-east-1",
        created,
        modified: created,
      });
      assert.equal(live?.sshPublicKey, "");
    }),
  );

  it(
    "noop: a second preview plans nothing, and a second update writes nothing",
    scenario(async ({ project, service }) => {
      project.declare(["ada", { ...ada, sshPublicKey: ed25519.line }]);
      await project.up();
      await assertSettled(project, service);
      assert.deepEqual(
        service.calls.map(({ operation }) => operation),
        ["DescribeUserProfile"],
      );
      await project.up("--expect-no-changes");
      assert.deepEqual(service.writes(), []);
    }),
  );

  const changes = {
    displayName: "Ada King",
    emailAddress: "ada.king@example.com",
    sshPublicKey: nistp256.line,
  };
  for (const [field, value] of Object.entries(changes)) {
    const play = field === "sshPublicKey" ? it : itInLongRun;
    play(
      `update_${field}: the program's change is an update of that field, not drift`,
      scenario(async ({ project, service }) => {
        const declared = { ...ada, sshPublicKey: ed25519.line };
        project.declare(["ada", declared]);
        await project.up();

        project.declare(["ada", { ...declared, [field]: value }]);
        const [step] = await project.plan();
        assert.equal(step?.op, "update");
        assert.equal(step?.newState?.inputs?._drift, undefined);
        service.calls.length = 0;
        await project.up();
        assert.deepEqual(service.writes(), [
          { operation: "UpdateUserProfile", input: { userArn: ada.userArn, [field]: value } },
        ]);
        await assertSettled(project, service);
      }),
    );
  }

  it(
    "remove_sshPublicKey: a key that is no longer declared is revoked",
    scenario(async ({ project, service }) => {
      project.declare(["ada", { ...ada, sshPublicKey: ed25519.line }]);
      await project.up();
      project.declare(["ada", ada]);
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), [
        { operation: "UpdateUserProfile", input: { userArn: ada.userArn, sshPublicKey: "" } },
      ]);
      assert.equal((await service.live.find(ada.userArn))?.sshPublicKey, "");
      await assertSettled(project, service);
    }),
  );

  it(
    "remove_displayName: a name that is no longer declared is left as it is, and not managed",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada]);
      await project.up();
      project.declare(["ada", { userArn: ada.userArn, emailAddress: ada.emailAddress }]);
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), []);
      await service.live.update({ userArn: ada.userArn, displayName: "Somebody" });
      await assertSettled(project, service);
    }),
  );

  it(
    "replace_userArn: another ARN is another profile, created before the old one goes",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada]);
      await project.up();
      project.declare(["ada", { ...ada, userArn: arn("countess") }]);
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(
        service.writes().map(({ operation, input }) => [operation, input.userArn]),
        [
          ["CreateUserProfile", arn("countess")],
          ["DeleteUserProfile", ada.userArn],
        ],
      );
      assert.equal(await service.live.find(ada.userArn), undefined);
      assert.ok(await service.live.find(arn("countess")));
      await assertSettled(project, service);
    }),
  );

  itInLongRun(
    "replace_region: another region is another profile",
    scenario(async ({ project }) => {
      project.declare(["ada", ada]);
      await project.up();
      project.config({ "aws:region": "eu-west-1" });
      const ops = (await project.plan()).map(({ op }) => op);
      assert.ok(ops.includes("replace"), ops.join());
      await project.up();
      assert.equal(project.state()[0]?.outputs.region, "eu-west-1");
    }),
  );

  it(
    "unknown_userArn: an ARN that is not known yet passes preview, and is used by the update",
    scenario(async ({ project, service }) => {
      project.program(`
        const first = new CodeStarUserProfile("ada", ${JSON.stringify(ada)});
        new CodeStarUserProfile("twin", {
          userArn: first.createdTimestamp.apply(() => ${JSON.stringify(arn("twin"))}),
          displayName: "Twin", emailAddress: first.lastModifiedTimestamp.apply(() => "twin@example.com"),
        });`);
      const steps = await project.plan();
      assert.deepEqual(
        steps.map(({ op }) => op),
        ["create", "create"],
      );
      await project.up();
      assert.equal((await service.live.find(arn("twin")))?.emailAddress, "twin@example.com");
      await assertSettled(project, service);
    }),
  );

  it(
    "rename: a resource under another name keeps the profile",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada]);
      await project.up();
      project.declare(["countess", ada]);
      await project.up();
      assert.ok(await service.live.find(ada.userArn));
      await assertSettled(project, service);
    }),
  );

  it(
    "destroy: profiles are deleted, and one that is gone already is no error",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada], ["bob", { ...ada, userArn: arn("bob") }]);
      await project.up();
      await service.live.delete(arn("bob"));
      service.calls.length = 0;
      await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.equal(await service.live.find(ada.userArn), undefined);
      assert.deepEqual(
        service.writes().map(({ operation }) => operation),
        // The engine's refresh finds that one is gone already.
        Array(form === "native" ? 1 : 2).fill("DeleteUserProfile"),
      );
      assert.deepEqual(project.state(), []);
    }),
  );
});
