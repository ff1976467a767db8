import assert from "node:assert/strict";
import { ada, arn, scenario } from "../support/scenario";
import { ed25519 } from "../support/sshKeys";

const busy = { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } };

/** The first two attempts to create somebody. */
const attempts = new Map<unknown, number>();
function slow(userArn: unknown): boolean {
  const attempt = (attempts.get(userArn) ?? 0) + 1;
  attempts.set(userArn, attempt);
  return attempt <= 2;
}

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

  it(
    "functions_wait: for the resources in arguments and dependsOn, children of components included",
    scenario(async ({ project, service }) => {
      project.program(`
        class Team extends pulumi.ComponentResource {
          constructor(name, parent) {
            super("test:index:Team", name, {}, { parent });
            if (parent) new CodeStarUserProfile("bob", ${JSON.stringify({ ...ada, userArn: arn("bob") })}, { parent: this });
            else new Team("inner", this);
          }
        }
        const made = new CodeStarUserProfile("ada", ${JSON.stringify(ada)});
        const team = new Team("team");
        const arns = (list) => list.userProfiles.map((p) => p.userArn).sort();
        exports.name = codestar.getUserProfileOutput({ userArn: made.userArn }).displayName;
        exports.all = codestar.listUserProfilesOutput({}, { dependsOn: [team, pulumi.output(made)] }).apply(arns);
        exports.team = codestar.listUserProfilesOutput({}, { dependsOn: pulumi.output([team]) }).apply(arns);`);
      const preview = await project.pulumi("preview");
      for (const output of ["name", "all", "team"]) {
        assert.match(preview.output, new RegExp(`${output} *: \\[unknown\\]|${output} *: output<`));
      }
      assert.deepEqual(service.writes(), []);
      // Whoever did not wait would see one profile of the two, or none.
      service.intercept = ({ operation, input }) =>
        operation === "CreateUserProfile" && slow(input.userArn) ? busy : undefined;
      await project.up();
      assert.equal(project.output("name"), ada.displayName);
      assert.deepEqual(project.output("all"), [ada.userArn, arn("bob")]);
      assert.ok((project.output("team") as string[]).includes(arn("bob")));
    }),
  );
});
