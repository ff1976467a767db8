import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { itInLongRun } from "../support/longRun";
import { ada, arn, scenario } from "../support/scenario";
import { ed25519 } from "../support/sshKeys";

const declared = { ...ada, sshPublicKey: ed25519.line };

describe("the engine: refresh", () => {
  it(
    "refresh: takes live values into the state, and the next update puts the declared ones back",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      await project.up();
      await service.live.update({ userArn: ada.userArn, emailAddress: "eve@example.com" });

      const seen = await project.pulumi("preview", "--refresh", "--diff");
      assert.match(seen.output, /~ emailAddress: "eve@example.com" => "ada@example.com"/);

      await project.pulumi("refresh", "--yes", "--skip-preview");
      assert.equal(project.state()[0]?.outputs.emailAddress, "eve@example.com");
      const [step] = await project.plan();
      assert.equal(step?.op, "update");
      assert.equal(step?.newState?.inputs?._drift, undefined);
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), [
        {
          operation: "UpdateUserProfile",
          input: { userArn: ada.userArn, emailAddress: ada.emailAddress },
        },
      ]);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );

  it(
    "refresh_settled: after a repair a refresh finds nothing to say",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      await project.up();
      await service.live.update({ userArn: ada.userArn, emailAddress: "eve@example.com" });
      await project.up();
      assert.equal(project.state()[0]?.inputs._drift, undefined);
      const refreshed = await project.pulumi("refresh", "--preview-only", "--expect-no-changes");
      assert.match(refreshed.output, /\n {4}2 unchanged\n/);
      assert.doesNotMatch(refreshed.output, /to update|\[diff/);
    }),
  );

  itInLongRun(
    "refresh_always: the project option shows live against declared in a plain preview",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      await project.up();
      appendFileSync(join(project.folder, "Pulumi.yaml"), "options:\n  refresh: always\n");
      await service.live.update({ userArn: ada.userArn, displayName: "Eve" });
      const seen = await project.pulumi("preview", "--diff");
      assert.match(seen.output, /~ displayName *: "Eve" => "Ada Lovelace"/);
      await project.up();
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "refresh_disappears: a missing profile leaves the state, and the next update creates it",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared], ["bob", { ...declared, userArn: arn("bob") }]);
      await project.up();
      await service.live.delete(ada.userArn);
      await project.pulumi("refresh", "--yes", "--skip-preview");
      assert.deepEqual(
        project.state().map(({ id }) => id),
        [arn("bob")],
      );
      const steps = await project.plan();
      assert.deepEqual(
        steps.map(({ op }) => op),
        ["create"],
      );
      await project.up();
      assert.ok(await service.live.find(ada.userArn));
    }),
  );
});
