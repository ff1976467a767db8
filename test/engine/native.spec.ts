import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { itInLongRun } from "../support/longRun";
import {
  declareNative,
  declareNativeRoster,
  dynamicRoster,
  dynamicType,
  installPlugin,
  nativeType,
  settings,
} from "../support/nativePlugin";
import { ada, arn, itInDynamicForm, type Scenario, scenario } from "../support/scenario";

const person = (name: string) => ({
  userArn: arn(name),
  displayName: name,
  emailAddress: `${name}@example.com`,
});

/** Waits for a condition, at most some seconds. */
async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 150, "it never came about");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function pluginsOf(folder: string): string[] {
  const processes = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return processes.split("\n").filter((line) => line.includes(join(folder, "plugin/")));
}

async function settled({ project, service }: Scenario): Promise<void> {
  service.calls.length = 0;
  await project.pulumi("preview", "--expect-no-changes");
  assert.deepEqual(service.writes(), []);
}

describe("the engine: the native plugin", () => {
  it(
    "native_drift: a plain preview shows it in lines of the engine, up repairs just that, by one sweep of reads",
    scenario(async (world) => {
      const { project, service } = world;
      installPlugin(project);
      const names = Array.from({ length: 20 }, (_, index) => `user${index}`);
      const profiles = names.map((name): [string, object] => [name, person(name)]);
      declareNative(project, ["ada", ada], ...(profiles as [string, Record<string, unknown>][]));
      await project.up();
      await service.live.update({ userArn: ada.userArn, emailAddress: "ada@elsewhere.example" });

      service.calls.length = 0;
      const detail = await project.attempt("preview", "--diff", "--expect-no-changes");
      assert.equal(detail.code, 7);
      assert.match(detail.output, /~ emailAddress: "ada@elsewhere\.example" => "ada@example\.com"/);
      assert.doesNotMatch(detail.output, /user1\b/);
      assert.ok(service.calls.length <= 4, `${service.calls.length} reads of 21 profiles`);

      await project.up();
      const input = { userArn: ada.userArn, emailAddress: ada.emailAddress };
      assert.deepEqual(service.writes(), [{ operation: "UpdateUserProfile", input }]);
      await settled(world);

      await service.live.delete(ada.userArn);
      assert.match((await project.pulumi("preview")).output, /UserProfile ada create/);
      await project.up();
      assert.equal((await service.live.find(ada.userArn))?.emailAddress, ada.emailAddress);

      project.config({ ...settings, "codestar:drift": "off" });
      await project.up();
      service.calls.length = 0;
      await project.pulumi("preview", "--expect-no-changes");
      assert.deepEqual(service.calls, []);
    }),
  );

  it(
    "native_import: one, with a path in its ARN, many from a file, and one that is missing",
    scenario(async (world) => {
      const { project, service } = world;
      installPlugin(project);
      const nested = { ...person("bob"), userArn: arn("team/bob") };
      for (const profile of [ada, nested, person("eve")]) await service.live.create(profile);
      declareNative(project);
      service.calls.length = 0;
      const importing = ["import", "--yes", "--protect=false", "--generate-code=false"];
      await project.pulumi(...importing, nativeType, "bob", nested.userArn);
      assert.match(project.stateText(), /"displayName": ?"bob"/);
      const resources = ["ada", "eve"].map((name) => ({ type: nativeType, name, id: arn(name) }));
      writeFileSync(join(project.folder, "people.json"), JSON.stringify({ resources }));
      await project.pulumi(...importing, "--file", "people.json");
      const missing = await project.attempt(...importing, nativeType, "gone", arn("gone"));
      assert.notEqual(missing.code, 0);
      assert.match(missing.output, /user\/gone' does not exist/);
      const region = "us-east-1";
      declareNative(
        project,
        ["ada", { ...ada, region }],
        ["eve", { ...person("eve"), region }],
        ["bob", { ...nested, region }],
      );
      await settled(world);
      assert.deepEqual(service.writes(), []);
    }),
  );

  itInDynamicForm(
    "native_alias: from the dynamic form and back nothing is written, and a destroy deletes",
    "the programs of both forms are in it",
    scenario(async (world) => {
      const { project, service } = world;
      installPlugin(project);
      project.declare(["ada", ada]);
      await project.up();
      service.calls.length = 0;

      declareNative(project, ["ada", ada, { aliases: [{ type: dynamicType }] }]);
      await project.up();
      await settled(world);
      assert.ok(project.stateText().includes(`::${nativeType}::ada`));
      // A state of this form alone has nothing in it by which the other finds its provider.
      await project.pulumi("refresh", "--yes", "--skip-preview");
      assert.ok(!project.stateText().includes("__provider"));

      project.declare(["ada", ada, { aliases: [{ type: nativeType }] }]);
      await project.up();
      const [back] = project.state();
      assert.match(String(back!.outputs.__provider), /pulumi-codestar\/provider/);
      await settled(world);

      await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.deepEqual(
        service.writes().map(({ operation }) => operation),
        ["DeleteUserProfile"],
      );
    }),
  );

  it(
    "native_claims: two resources of one profile are refused, and one that moves between names is not deleted",
    scenario(async (world) => {
      const { project, service } = world;
      installPlugin(project);
      declareNative(project, ["ada", ada], ["countess", ada]);
      const twice = await project.attempt("up", "--yes", "--skip-preview");
      assert.notEqual(twice.code, 0);
      assert.match(
        twice.output,
        /"(?:countess|ada)" and "(?:ada|countess)" declare the same profile/,
      );

      declareNative(project, ["ada", ada]);
      await project.up();
      service.calls.length = 0;
      declareNative(project, ["countess", { ...ada, displayName: "Countess" }]);
      await project.up();
      assert.deepEqual(
        service.writes().map(({ operation }) => operation),
        ["UpdateUserProfile"],
      );
      await settled(world);

      await service.live.create({ ...person("bob"), displayName: "Somebody" });
      declareNative(
        project,
        ["countess", { ...ada, displayName: "Countess" }],
        ["bob", person("bob")],
      );
      const refused = await project.attempt("preview");
      assert.match(refused.output, /bob: a profile exists already and differs in displayName/);
    }),
  );

  it(
    "native_secret: a secret that drifted names its field, and no value is shown or kept in clear",
    scenario(async ({ project, service }) => {
      installPlugin(project);
      declareNative(project, ["ada", ada, { secrets: ["emailAddress"] }]);
      await project.up();
      await service.live.update({ userArn: ada.userArn, emailAddress: "ada@elsewhere.example" });
      const { output } = await project.pulumi("preview", "--diff");
      assert.match(output, /~ emailAddress: \[secret\] => \[secret\]/);
      assert.doesNotMatch(output, /elsewhere|ada@example/);
      await project.up();
      assert.doesNotMatch(project.stateText(), /elsewhere|ada@example/);
    }),
  );

  it(
    "native_roster: files become profiles, who drifted is told by name, nobody is in the state in clear, and back to dynamic",
    scenario(async (world) => {
      const { project, service } = world;
      installPlugin(project);
      const people = Object.fromEntries(
        ["ada", "bob", "eve"].map((name) => [
          name,
          { displayName: name, emailAddress: `${name}@example.com` },
        ]),
      );
      declareNativeRoster(project, people);
      await project.up();
      assert.equal(service.writes().length, 3);
      assert.doesNotMatch(project.stateText(), /example\.com/);
      await settled(world);

      await service.live.update({ userArn: ada.userArn, displayName: "Somebody" });
      const { output } = await project.pulumi("preview");
      assert.match(output, /1 drifted\s+drifted: ada \(displayName\)/);
      assert.doesNotMatch(output, /Somebody/);
      await project.up();
      assert.equal((await service.live.find(ada.userArn))?.displayName, "ada");
      await settled(world);

      const { eve: _gone, ...left } = people;
      service.intercept = ({ operation, input }) =>
        operation === "CreateUserProfile" && input.userArn === arn("new")
          ? { status: 400, body: { __type: "ValidationException", message: "Not today" } }
          : undefined;
      const joining = { displayName: "New", emailAddress: "new@example.com" };
      declareNativeRoster(project, { ...left, new: joining });
      const failed = await project.attempt("up", "--yes", "--skip-preview");
      assert.match(failed.output, /creating CodeStar user profile .*user\/new: Not today/);
      service.intercept = undefined;
      assert.equal(await service.live.find(arn("eve")), undefined);
      service.calls.length = 0;
      await project.up();
      assert.deepEqual(
        service.writes().map(({ operation, input }) => [operation, input.userArn]),
        [["CreateUserProfile", arn("new")]],
      );

      service.calls.length = 0;
      const alias = JSON.stringify({ aliases: [{ type: "codestar:index:Roster" }] });
      project.program(`new codestar.CodeStarRoster("people", { files: "people.json" }, ${alias});`);
      await project.up();
      await settled(world);
      declareNativeRoster(
        project,
        { ...left, new: joining },
        {},
        { aliases: [{ type: dynamicRoster }] },
      );
      await project.up();
      await settled(world);
      await project.pulumi("destroy", "--yes", "--skip-preview");
      assert.equal(service.writes().length, 3);
    }),
  );

  it(
    "native_moves: between resources and rosters only what differs is written, nobody is deleted or unmanaged",
    scenario(async (world) => {
      const { project, service } = world;
      installPlugin(project);
      const file = (name: string, ...people: string[]) => {
        const entries = people.map((one) => {
          const { userArn: _arn, ...fields } = person(one);
          return [one, fields] as const;
        });
        const content = { account: "123456789012", people: Object.fromEntries(entries) };
        writeFileSync(join(project.folder, `${name}.json`), JSON.stringify(content));
      };
      const program = (...singles: object[]) =>
        project.program(`
          const native = require("pulumi-codestar/native");
          for (const name of ["a", "b"]) new native.Roster(name, { files: [name + ".json"], unmanaged: "remove" });
          for (const args of ${JSON.stringify(singles)}) new native.UserProfile(args.userArn, args);`);
      const writes = () =>
        service.writes().map(({ operation, input }) => [operation, input.userArn].join(" "));
      file("a", "u1", "u2", "u5");
      file("b", "u3");
      program(person("u4"));
      await project.up();
      await settled(world);

      // Out of a roster, changed on the way; from one roster to the other; and back.
      for (const [inA, inB, singles] of [
        [["u2"], ["u3"], [person("u4"), { ...person("u1"), displayName: "Renamed" }]],
        [[], ["u3", "u2"], [person("u4"), { ...person("u1"), displayName: "Renamed" }]],
        [["u2"], ["u3", "u4"], [{ ...person("u1"), displayName: "Renamed" }]],
        [["u1", "u2"], ["u3"], [person("u4")]],
      ] as const) {
        file("a", ...inA, "u5");
        file("b", ...inB);
        program(...singles);
        service.calls.length = 0;
        await project.up();
        assert.deepEqual(
          writes().filter((write) => !write.startsWith("UpdateUserProfile")),
          [],
        );
        await settled(world);
      }
      assert.equal((await service.live.find(arn("u1")))?.displayName, "u1");

      await service.live.create(person("stranger"));
      service.calls.length = 0;
      await project.up();
      // Both rosters may be the first to see that nobody declares it.
      assert.deepEqual(new Set(writes()), new Set([`DeleteUserProfile ${arn("stranger")}`]));
    }),
  );

  it(
    "native_settings: a misspelt one is refused, and the password of an address is not in the state",
    scenario(async ({ project, service }) => {
      installPlugin(project);
      declareNative(project, ["ada", ada]);
      project.config({ ...settings, "codestar:endpont": "x" });
      const misspelt = await project.attempt("preview");
      assert.match(misspelt.output, /codestar:endpont is not a setting/);
      const endpoint = "postgres://somebody:open-sesame@127.0.0.1:1/profiles";
      project.config({ ...settings, "codestar:endpoint": endpoint });
      const failed = await project.attempt("up", "--yes", "--skip-preview");
      assert.notEqual(failed.code, 0);
      assert.doesNotMatch(failed.output + project.stateText(), /open-sesame/);
      assert.deepEqual(service.calls, []);
    }),
  );

  async function killedOften({ project, service }: Scenario, kills: number): Promise<void> {
    installPlugin(project);
    for (let round = 0; round < kills; round++) {
      declareNative(project, [`user${round}`, person(`user${round}`)]);
      const asked = new Promise<void>((resolve) => {
        service.intercept = () => {
          resolve();
          return undefined;
        };
      });
      await project.killed(asked, "up", "--yes", "--skip-preview");
    }
    await eventually(() => pluginsOf(project.folder).length === 0);
  }
  it(
    "native_orphans: a plugin ends by itself once its engine is killed",
    scenario((world) => killedOften(world, 1)),
  );
  itInLongRun(
    "native_orphans_often: the same after 20 kills",
    scenario((world) => killedOften(world, 20)),
  );
});
