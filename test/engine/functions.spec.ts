import assert from "node:assert/strict";
import { ada, arn, scenario } from "../support/scenario";
import { ed25519 } from "../support/sshKeys";

describe("the engine: functions", () => {
  it(
    "functions: getUserProfile and listUserProfiles read live profiles, plain and as outputs",
    scenario(async ({ project, service }) => {
      await service.live.create({ ...ada, userArn: arn("bob"), sshPublicKey: ed25519.line });
      project.program(`
        const made = new CodeStarUserProfile("ada", ${JSON.stringify(ada)});
        module.exports = (async () => ({
          bob: await codestar.getUserProfile({ userArn: ${JSON.stringify(arn("bob"))} }),
          all: codestar.listUserProfilesOutput({}, { dependsOn: [made] }).userProfiles.apply((l) => l.map((p) => p.userArn)),
          before: (await codestar.listUserProfiles()).userProfiles.length,
          ada: codestar.getUserProfileOutput({ userArn: made.userArn }, { dependsOn: made }).displayName,
        }))();`);
      await project.pulumi("preview");
      await project.up();
      const bob = project.output("bob") as Record<string, unknown>;
      assert.equal(bob.sshPublicKey, ed25519.line);
      assert.equal(bob.region, "us-east-1");
      assert.match(String(bob.createdTimestamp), /^\d{4}-.*Z$/);
      assert.deepEqual(project.output("all"), [ada.userArn, arn("bob")]);
      assert.equal(project.output("before"), 1);
      assert.equal(project.output("ada"), ada.displayName);
    }),
  );

  it(
    "functions_missing: a profile that is not there is one sentence",
    scenario(async ({ project }) => {
      project.program(
        `module.exports = codestar.getUserProfile({ userArn: ${JSON.stringify(ada.userArn)} }).then(() => ({}));`,
      );
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /user\/ada: there is no such profile in us-east-1/);
      assert.doesNotMatch(run.output, /\n\s+at /);
    }),
  );
});
