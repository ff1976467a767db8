import assert from "node:assert/strict";
import { itInLongRun } from "../support/longRun";
import { ada, arn, scenario } from "../support/scenario";
import { ed25519, nistp256 } from "../support/sshKeys";

const declared = { ...ada, sshPublicKey: ed25519.line };

describe("the engine: profiles that exist already", () => {
  it(
    "conflict: one that differs fails at preview already, naming the fields and adopt",
    scenario(async ({ project, service }) => {
      await service.live.create({ ...declared, displayName: "Eve", sshPublicKey: nistp256.line });
      project.declare(["ada", declared]);
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(
        run.output,
        /exists already and differs in displayName, sshPublicKey; set `adopt: true`/,
      );
      assert.doesNotMatch(run.output, /Eve|Ada Lovelace|\n\s+at /);
      assert.deepEqual(service.writes(), []);
    }),
  );

  it(
    "conflict_race: one that appears between preview and update fails the update with the same words",
    scenario(async ({ project, service }) => {
      project.declare(["ada", declared]);
      service.intercept = ({ operation }) => {
        if (operation !== "DescribeUserProfile") return undefined;
        service.intercept = undefined;
        void service.seed([{ ...declared, displayName: "Eve" }]);
        return { status: 404, body: { __type: "UserProfileNotFoundException", message: "None" } };
      };
      const run = await project.attempt("up", "--yes", "--skip-preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /exists already and differs in displayName; set `adopt: true`/);
      assert.equal((await service.live.find(ada.userArn))?.displayName, "Eve");
    }),
  );

  it(
    "adopt: takes over a profile that differs, and updates just what differs",
    scenario(async ({ project, service }) => {
      await service.live.create({ ...declared, displayName: "Eve" });
      project.declare(["ada", { ...declared, adopt: true }]);
      await project.up();
      assert.deepEqual(service.writes(), [
        {
          operation: "UpdateUserProfile",
          input: { userArn: ada.userArn, displayName: ada.displayName },
        },
      ]);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );

  itInLongRun(
    "adopt_key: manages only the key of a profile whose name and address it does not declare",
    scenario(async ({ project, service }) => {
      await service.live.create({ ...declared, displayName: "Eve" });
      project.declare(["ada", { userArn: ada.userArn, sshPublicKey: nistp256.line, adopt: true }]);
      await project.up();
      const live = await service.live.find(ada.userArn);
      assert.equal(live?.displayName, "Eve");
      assert.equal(live?.sshPublicKey, nistp256.line);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );

  it(
    "healed: a profile that exists with equal fields is taken as ours, without adopt",
    scenario(async ({ project, service }) => {
      await service.live.create(declared);
      project.declare(["ada", declared]);
      await project.up();
      assert.deepEqual(
        service.writes().map(({ operation }) => operation),
        ["CreateUserProfile"],
      );
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );

  it(
    "duplicate: two resources for one profile are an error that names both",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada], ["countess", ada], ["bob", { ...ada, userArn: arn("bob") }]);
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(
        run.output,
        /"(?:countess|ada)" and "(?:ada|countess)" declare the same profile/,
      );
      assert.doesNotMatch(run.output, /\n\s+at /);
      assert.deepEqual(service.writes(), []);
    }),
  );
});
