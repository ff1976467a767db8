import assert from "node:assert/strict";
import { itInLongRun } from "../support/longRun";
import { form, named } from "../support/pulumi";
import { ada, arn, itInDynamicForm, scenario } from "../support/scenario";
import { ed25519, nistp256 } from "../support/sshKeys";

const declared = { ...ada, sshPublicKey: ed25519.line };
const changed = {
  displayName: "Eve",
  emailAddress: "eve@example.com",
  sshPublicKey: nistp256.line,
};
const shown = {
  displayName: { live: "Eve", declared: ada.displayName },
  emailAddress: { live: "eve@example.com", declared: ada.emailAddress },
  sshPublicKey: {
    live: `${nistp256.fingerprint} (ecdsa-sha2-nistp256)`,
    declared: `${ed25519.fingerprint} (ssh-ed25519)`,
  },
};
type Field = keyof typeof changed;

describe("the engine: drift", () => {
  const cases: [id: string, fields: Field[]][] = [
    ["drift_displayName", ["displayName"]],
    ["drift_emailAddress", ["emailAddress"]],
    ["drift_sshPublicKey", ["sshPublicKey"]],
    ["drift_several", ["displayName", "emailAddress", "sshPublicKey"]],
  ];
  for (const [id, drifted] of cases) {
    const play = drifted.length > 1 || drifted[0] === "sshPublicKey" ? it : itInLongRun;
    const pick = (from: Record<Field, unknown>) =>
      Object.fromEntries(drifted.map((field) => [field, from[field]]));
    play(
      `${id}: preview alone shows it, up repairs just that, the next preview is empty`,
      scenario(async ({ project, service }) => {
        project.declare(["ada", declared], ["bob", { ...declared, userArn: arn("bob") }]);
        await project.up();
        await service.live.update({ userArn: ada.userArn, ...pick(changed) });

        const plain = await project.pulumi("preview");
        const told = form === "native" ? `~${drifted.join()}` : "+_drift";
        const line = `${named.profile} ada update [diff: ${told}]`;
        assert.ok(plain.output.includes(line), plain.output);
        assert.doesNotMatch(plain.output, /bob (?:update|replace|delete|create)/);
        if (form === "dynamic") assert.doesNotMatch(plain.output, /bob/);
        assert.doesNotMatch(plain.output, /Diagnostics/);
        const steps = await project.plan();
        assert.deepEqual(
          steps.map(({ op, newState }) => [op, newState?.inputs?._drift]),
          [["update", form === "native" ? undefined : pick(shown)]],
        );
        const detail = await project.pulumi("preview", "--diff");
        for (const field of drifted) {
          const [live, ours] =
            form === "native"
              ? [changed[field], declared[field]]
              : [shown[field].live, shown[field].declared];
          assert.ok(detail.output.includes(`"${live}"`), detail.output);
          assert.ok(detail.output.includes(`"${ours}"`));
        }
        const gate = await project.attempt("preview", "--expect-no-changes");
        assert.equal(gate.code, 7);

        service.calls.length = 0;
        await project.up();
        assert.deepEqual(service.writes(), [
          {
            operation: "UpdateUserProfile",
            input: { userArn: ada.userArn, ...pick(declared) },
          },
        ]);
        assert.deepEqual(await project.plan("--expect-no-changes"), []);
      }),
    );
  }

  itInDynamicForm(
    "disappears: an out-of-band delete plans an update that creates the profile again",
    "the engine plans its creation, in native_drift",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      await project.up();
      await service.live.delete(ada.userArn);
      const steps = await project.plan();
      assert.deepEqual(
        steps.map(({ op, newState }) => [op, newState?.inputs?._drift]),
        [["update", { profile: "missing" }]],
      );
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), [{ operation: "CreateUserProfile", input: declared }]);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );

  it(
    "ignoreDrift: a live change of the field is left alone, the program's own is written",
    scenario(async ({ project, service }) => {
      const ignoring = { ...declared, ignoreDrift: ["displayName"] };
      project.declare(["ada", ignoring]);
      await project.up();
      await service.live.update({ userArn: ada.userArn, displayName: "Eve" });
      assert.deepEqual(await project.plan("--expect-no-changes"), []);

      await service.live.update({ userArn: ada.userArn, emailAddress: "eve@example.com" });
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), [
        {
          operation: "UpdateUserProfile",
          input: { userArn: ada.userArn, emailAddress: ada.emailAddress },
        },
      ]);
      assert.equal((await service.live.find(ada.userArn))?.displayName, "Eve");

      await project.pulumi("refresh", "--yes", "--skip-preview");
      assert.deepEqual(await project.plan("--expect-no-changes"), []);

      project.declare(["ada", { ...ignoring, displayName: "Ada King" }]);
      await project.up();
      assert.equal((await service.live.find(ada.userArn))?.displayName, "Ada King");

      await service.live.update({ userArn: ada.userArn, displayName: "Eve" });
      project.declare(["ada", { ...declared, displayName: "Ada King" }]);
      await project.up();
      assert.equal((await service.live.find(ada.userArn))?.displayName, "Ada King");
    }),
  );

  it(
    "ignoreChanges: naming a field ignores its drift too",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared, { ignoreChanges: ["displayName"] }]);
      await project.up();
      await service.live.update({ userArn: ada.userArn, displayName: "Eve" });
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
      project.declare([
        "ada",
        { ...declared, displayName: "Other" },
        { ignoreChanges: ["displayName"] },
      ]);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );

  itInDynamicForm(
    "drift_off: with codestar:drift off nothing is read, and the program's changes are still written",
    "counts from the next update on, in native_drift",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      await project.up();
      project.config({ "codestar:drift": "off" });
      await service.live.update({ userArn: ada.userArn, displayName: "Eve" });
      service.calls.length = 0;
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
      assert.deepEqual(service.calls, []);
      project.declare(["ada", { ...declared, emailAddress: "ada.king@example.com" }]);
      await project.up();
      assert.deepEqual(service.calls, [
        {
          operation: "UpdateUserProfile",
          input: { userArn: ada.userArn, emailAddress: "ada.king@example.com" },
        },
      ]);
    }),
  );

  itInLongRun(
    "drift_both: a field that the program changed and live differs from both is drift",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      await project.up();
      await service.live.update({ userArn: ada.userArn, displayName: "Eve" });
      project.declare(["ada", { ...declared, displayName: "Ada King" }]);
      const [step] = await project.plan();
      const names = [step?.oldState?.outputs?.displayName, step?.newState?.inputs?.displayName];
      // The native form's state is what is live, by the refresh before the preview.
      if (form === "native") assert.deepEqual(names, ["Eve", "Ada King"]);
      else {
        assert.deepEqual(step?.newState?.inputs?._drift, {
          displayName: { live: "Eve", declared: "Ada King" },
        });
      }
      // Somebody made the program's change by hand: nothing is left to write.
      await service.live.update({ userArn: ada.userArn, displayName: "Ada King" });
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), []);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );
});
