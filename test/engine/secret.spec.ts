import assert from "node:assert/strict";
import { ada, itInDynamicForm, scenario } from "../support/scenario";
import { ed25519, nistp256 } from "../support/sshKeys";

describe("the engine: secrets", () => {
  itInDynamicForm(
    "secret: no value stands in clear in state or output, drift names the field alone",
    "shown by the engine, in native_secret",
    scenario(async ({ project, service }) => {
      project.program(`new CodeStarUserProfile("ada", {
        userArn: ${JSON.stringify(ada.userArn)}, displayName: "Ada Lovelace",
        emailAddress: pulumi.secret(${JSON.stringify(ada.emailAddress)}),
        sshPublicKey: pulumi.secret(${JSON.stringify(ed25519.line)}),
      });`);
      const key = ed25519.line.split(" ")[1]!;
      const hidden = new RegExp(
        `ada@example|eve@example|${key.replace(/[+/]/g, ".")}|${ed25519.fingerprint.replace(/[+/]/g, ".")}`,
      );
      const up = await project.up("--diff");
      assert.doesNotMatch(up.output, hidden);
      assert.doesNotMatch(project.stateText(), hidden);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);

      await service.live.update({
        userArn: ada.userArn,
        emailAddress: "eve@example.com",
        sshPublicKey: nistp256.line,
      });
      const preview = await project.pulumi("preview", "--diff");
      assert.match(preview.output, /emailAddress: "differs from the declared secret"/);
      assert.match(preview.output, /sshPublicKey: "differs from the declared secret"/);
      assert.doesNotMatch(preview.output, hidden);
      await project.up();
      assert.doesNotMatch(project.stateText(), hidden);
      await service.live.update({ userArn: ada.userArn, emailAddress: "eve@example.com" });
      const refresh = await project.pulumi("refresh", "--yes", "--skip-preview", "--diff");
      assert.doesNotMatch(refresh.output, hidden);
      assert.doesNotMatch(project.stateText(), hidden);
    }),
  );

  it(
    "secret_later: a value that becomes secret is taken out of the clear in state",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada]);
      await project.up();
      assert.match(project.stateText(), /ada@example/);
      project.program(
        `new CodeStarUserProfile("ada", { ...${JSON.stringify(ada)}, emailAddress: pulumi.secret(${JSON.stringify(ada.emailAddress)}) });`,
      );
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(service.writes(), []);
      assert.doesNotMatch(project.stateText(), /ada@example/);
    }),
  );
});
