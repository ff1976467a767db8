import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { form, type Project } from "../support/pulumi";
import { startRecordingService } from "../support/recordingService";
import { ada, arn, itInDynamicForm, type Scenario, scenario } from "../support/scenario";

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
      const { project, service } = world;
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

      // The other way round, while one of them has drifted.
      await service.live.update({ userArn: arn("u2"), displayName: "Other" });
      project.declare(
        ["first", person("u5")],
        ["second", person("u2")],
        ["broken", person("broken")],
      );
      await project.up();
      assert.deepEqual(writes(world), ["UpdateUserProfile u2"]);
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

  itInDynamicForm(
    "moves_between_rosters: in both directions only what differs is written, without adopt",
    "native_moves, which counts who leaves a roster as removed until the other is checked",
    scenario(async (world) => {
      const { project, service } = world;
      const inRosters = async (a: string[], b: string[]) => {
        roster(project, "a.json", ...a);
        roster(project, "b.json", ...b);
        await project.up();
      };
      project.program(
        `for (const name of ["a", "b"]) new codestar.CodeStarRoster(name, { files: name + ".json", maxRemovals: 0 });`,
      );
      await inRosters(["x", "y"], ["z"]);
      writes(world);
      const { createdTimestamp } = (await service.live.find(arn("x")))!;

      await inRosters(["y"], ["x", "z"]);
      assert.deepEqual(writes(world), []);
      await project.pulumi("preview", "--expect-no-changes");

      await service.live.update({ userArn: arn("x"), displayName: "Drifted" });
      await inRosters(["x", "y"], ["z"]);
      assert.deepEqual(writes(world), ["UpdateUserProfile x"]);
      await project.pulumi("preview", "--expect-no-changes");
      assert.deepEqual((await service.live.find(arn("x")))?.createdTimestamp, createdTimestamp);

      // The roster that x left is done; the one that x comes to is not, and
      // goes on in the next update.
      await service.live.update({ userArn: arn("x"), displayName: "Drifted" });
      service.intercept = ({ operation }) =>
        operation === "UpdateUserProfile"
          ? { status: 400, body: { __type: "ValidationException", message: "Not today" } }
          : undefined;
      roster(project, "a.json", "y");
      roster(project, "b.json", "x", "z");
      const { code } = await project.attempt("up", "--yes", "--skip-preview");
      assert.notEqual(code, 0);
      service.intercept = undefined;
      writes(world);
      await project.up();
      assert.deepEqual(writes(world), ["UpdateUserProfile x"]);
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  itInDynamicForm(
    "roster_to_single: out of a roster and back only what differs is written, also when an ARN settles late",
    "the shorter native_moves, since a plugin is not told of outputs that are waited for",
    scenario(async (world) => {
      const { project, service } = world;
      const people = `new codestar.CodeStarRoster("people", { files: "roster.json" });`;
      roster(project, "roster.json", "u1", "u2", "u3");
      project.program(people);
      await project.up();
      writes(world);
      const { createdTimestamp } = (await service.live.find(arn("u1")))!;

      roster(project, "roster.json", "u2", "u3");
      const single = (name: string, userArn: string, displayName = name) =>
        `new CodeStarUserProfile("${name}", { userArn: ${userArn}, displayName: "${displayName}", emailAddress: "${name}@example.com" });`;
      const u1 = single("u1", JSON.stringify(arn("u1")), "Renamed");
      project.program(people + u1);
      await project.up();
      assert.deepEqual(writes(world), ["UpdateUserProfile u1"]);
      assert.deepEqual((await service.live.find(arn("u1")))?.createdTimestamp, createdTimestamp);
      await project.pulumi("preview", "--expect-no-changes");

      roster(project, "roster.json", "u3");
      const late = `pulumi.output(new Promise((resolve) => setTimeout(resolve, 1500, "${arn("u2")}")))`;
      const program = people + u1 + single("u2", late);
      project.program(program);
      await project.up();
      assert.deepEqual(writes(world), []);
      // u2 stayed recorded in the roster while the ARN was not known.
      await project.up();
      assert.deepEqual(writes(world), []);
      await project.pulumi("preview", "--expect-no-changes");

      roster(project, "roster.json", "u1", "u2", "u3");
      project.program(people);
      await project.up();
      assert.deepEqual(writes(world), ["UpdateUserProfile u1"]);
      await project.pulumi("preview", "--expect-no-changes");
      roster(project, "roster.json", "u1", "u2");
      await project.up();
      assert.deepEqual(writes(world), ["DeleteUserProfile u3"]);
    }),
  );

  it(
    "unmanaged_own: what other resources of the program declare is never unmanaged, and nobody is while an ARN is unknown",
    scenario(async (world) => {
      const { project, service } = world;
      const people = (args: object, options = "{}") =>
        `new codestar.CodeStarRoster("people", { files: "roster.json", ...${JSON.stringify(args)} }, ${options});
        new codestar.CodeStarRoster("others", { files: "others.json", unmanaged: "ignore" });
        new CodeStarUserProfile("ada", ${JSON.stringify(ada)});`;
      roster(project, "roster.json", "u1");
      roster(project, "others.json", "u2");
      project.program(people({}));
      await project.up();
      await project.pulumi("preview", "--expect-no-changes");
      writes(world);

      await service.live.create(person("stranger"));
      const late = `new CodeStarUserProfile("late", { userArn: pulumi.output(new Promise((resolve) => setTimeout(resolve, 4000, "${arn("late")}"))), displayName: "late", emailAddress: "late@example.com" });`;
      project.program(people({ unmanaged: "remove" }) + late);
      await project.up();
      // The engine does not tell a plugin that a program waits for an ARN.
      const first = form === "native" ? ["DeleteUserProfile stranger"] : [];
      assert.deepEqual(writes(world).sort(), ["CreateUserProfile late", ...first]);
      await project.up();
      assert.deepEqual(writes(world), form === "native" ? [] : ["DeleteUserProfile stranger"]);
      await project.pulumi("preview", "--expect-no-changes");

      await service.live.create(person("stranger"));
      await service.live.update({ userArn: arn("u1"), displayName: "Drifted" });
      roster(project, "roster.json", "u4");
      project.program(people({ unmanaged: "remove" }, `{ ignoreChanges: ["people"] }`) + late);
      await project.pulumi("preview", "--expect-no-changes");
      await project.up();
      assert.deepEqual(writes(world), []);
    }),
  );

  itInDynamicForm(
    "moves_between_providers, two_endpoints: a move within one service is one, whichever provider; the same ARN of another service is another profile",
    "a provider of the other form",
    scenario(async (world) => {
      const { project, service } = world;
      const own = (name: string, url: string) =>
        `const ${name} = new pulumi.ProviderResource("pulumi-nodejs", "${name}", { "codestar:endpoint": "${url}", "aws:region": "us-east-1" });`;
      const single = (name: string, provider?: string) =>
        `new CodeStarUserProfile("${name}", ${JSON.stringify(ada)}, { provider: ${provider} });`;
      const people = `new codestar.CodeStarRoster("people", { files: "roster.json" });`;
      roster(project, "roster.json", "u1", "u2");
      project.program(people + single("ada"));
      await project.up();
      writes(world);

      roster(project, "roster.json", "u1");
      project.program(
        `${own("own", service.url) + people + single("ada2", "own")} new CodeStarUserProfile("u2", ${JSON.stringify(person("u2"))}, { provider: own });`,
      );
      await project.up();
      assert.deepEqual(writes(world), []);
      await project.pulumi("preview", "--expect-no-changes");

      roster(project, "roster.json", "u1", "u2");
      project.program(own("own", service.url) + people + single("ada"));
      await project.up();
      assert.deepEqual(writes(world), []);
      await project.pulumi("preview", "--expect-no-changes");

      // Another service, the same ARN: another profile.
      const elsewhere = await startRecordingService();
      try {
        project.program(own("own", elsewhere.url) + people + single("ada") + single("ada2", "own"));
        await project.up();
        assert.equal(elsewhere.writes().length, 1);
        await project.pulumi("preview", "--expect-no-changes");
        project.program(own("own", elsewhere.url) + people + single("ada"));
        await project.up();
        assert.deepEqual(
          elsewhere.writes().map(({ operation }) => operation),
          ["CreateUserProfile", "DeleteUserProfile"],
        );
        assert.deepEqual(writes(world), []);
      } finally {
        await elsewhere.close();
      }
      await project.pulumi("destroy", "--yes", "--skip-preview", "--run-program");
      assert.deepEqual(
        writes(world),
        ["ada", "u1", "u2"].map((name) => `DeleteUserProfile ${name}`),
      );
    }),
  );
});
