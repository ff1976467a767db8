import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../support/pulumi";
import { ada, arn, type Scenario, scenario } from "../support/scenario";

const person = (name: string) => ({
  userArn: arn(name),
  displayName: name,
  emailAddress: `${name}@example.com`,
});

/** Writes a roster file of these people. */
function roster({ folder }: Project, file: string, ...names: string[]): void {
  const people = Object.fromEntries(
    names.map((name) => [name, { displayName: name, emailAddress: `${name}@example.com` }]),
  );
  const text = JSON.stringify({ account: "123456789012", region: "us-east-1", people });
  writeFileSync(join(folder, file), text);
}

/** What was written since the last time, by operation and user name, in the order of the names. */
function writes({ service }: Scenario): string[] {
  const made = service
    .writes()
    .map(({ operation, input }) => `${operation} ${String(input.userArn).split("/").at(-1)}`);
  service.calls.length = 0;
  return made.sort();
}

/** An `up` in which nobody who is declared with the name `broken` can be created. */
async function upThatFails({ project, service }: Scenario): Promise<void> {
  service.intercept = ({ operation, input }) =>
    operation === "CreateUserProfile" && input.userArn === arn("broken")
      ? { status: 400, body: { __type: "ValidationException", message: "Not today" } }
      : undefined;
  const { code } = await project.attempt("up", "--yes", "--skip-preview");
  assert.notEqual(code, 0);
  service.intercept = undefined;
}

describe("the engine: profiles that move within a program", () => {
  it(
    "rename_then_failure: the old resource's delete, left to the next update, spares the profile",
    scenario(async (world) => {
      const { project } = world;
      project.declare(["ada", ada]);
      await project.up();
      project.declare(["ada2", ada], ["broken", person("broken")]);
      await upThatFails(world);
      writes(world);
      await project.up();
      assert.deepEqual(writes(world), ["CreateUserProfile broken"]);
      await project.pulumi("preview", "--expect-no-changes");

      await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.deepEqual(writes(world), ["DeleteUserProfile ada", "DeleteUserProfile broken"]);
    }),
  );

  it(
    "swap_then_failure: a replaced resource's delete, left to the next update, spares who took its profile over",
    scenario(async (world) => {
      const { project } = world;
      project.declare(["first", person("u5")]);
      await project.up();
      project.declare(
        ["first", person("u2")],
        ["second", person("u5")],
        ["broken", person("broken")],
      );
      await upThatFails(world);
      writes(world);
      await project.up();
      assert.deepEqual(
        writes(world).filter((write) => !write.startsWith("Create")),
        [],
      );
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "target_move: singles that a targeted update took into a roster outlive the plain update after it",
    scenario(async (world) => {
      const { project } = world;
      const names = ["u1", "u2", "u3"];
      roster(project, "roster.json", ...names);
      project.program(`codestar.rosterProfiles("roster.json");`);
      await project.up();
      writes(world);
      project.program(`new codestar.CodeStarRoster("people", { files: "roster.json" });`);
      await project.up("--target", "**people");
      await project.up();
      assert.deepEqual(writes(world), []);
      assert.deepEqual(project.state(), []);
      await project.pulumi("preview", "--expect-no-changes");

      await project.pulumi("destroy", "--yes", "--skip-preview", "--run-program");
      assert.deepEqual(
        writes(world),
        names.map((name) => `DeleteUserProfile ${name}`),
      );
    }),
  );
});
