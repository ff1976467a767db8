import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { itInLongRun } from "../support/longRun";
import type { Project } from "../support/pulumi";
import { ada, arn, itInDynamicForm, scenario } from "../support/scenario";

const grace = { displayName: "Grace", emailAddress: "grace@example.com" };
const zoe = { displayName: "Zoe", emailAddress: "zoe@example.com" };

function roster(project: Project, people: object): void {
  const content = JSON.stringify({ account: "123456789012", people });
  writeFileSync(join(project.folder, "roster.json"), content);
}

/** A profile and a roster with these options. */
function both(options: string, before = ""): string {
  return `${before}
    new CodeStarUserProfile("ada", ${JSON.stringify(ada)}, ${options});
    new codestar.CodeStarRoster("people", { files: "roster.json", unmanaged: "ignore" }, ${options});`;
}

const stackIgnores = `pulumi.runtime.registerStackTransformation(({ props, opts }) => ({ props, opts: { ...opts, ignoreChanges: ["*"] } }));`;

describe("the engine: options that the engine keeps from the provider", () => {
  for (const [id, program] of [
    ["ignore_all", both(`{ ignoreChanges: ["*"] }`)],
    ["ignore_by_transformation", both("{}", stackIgnores)],
  ] as const) {
    it(
      `${id}: what ignoreChanges says of resources that exist is not written, on a roster neither`,
      scenario(async ({ project, service }) => {
        roster(project, { grace });
        project.program(both("{}"));
        await project.up();
        service.calls.length = 0;
        await service.live.update({ userArn: ada.userArn, displayName: "Live" });
        await service.live.update({ userArn: arn("grace"), displayName: "Live" });
        roster(project, { grace: { ...grace, displayName: "Declared" }, zoe });
        project.program(program.replace('"Ada Lovelace"', '"Declared"'));
        await project.up();
        assert.deepEqual(service.writes(), []);
        await project.pulumi("preview", "--expect-no-changes");
        assert.equal((await service.live.find(ada.userArn))?.displayName, "Live");
        assert.equal((await service.live.find(arn("grace")))?.displayName, "Live");
      }),
    );
  }

  itInDynamicForm(
    "options_refused: import and paths into a roster are refused in one sentence that says what to do",
    "imports are possible",
    scenario(async ({ project, service }) => {
      roster(project, { grace });
      for (const [options, sentence] of [
        [
          `{ import: ${JSON.stringify(ada.userArn)} }`,
          /"ada": Pulumi cannot import .*`adopt: true`/,
        ],
        [
          `{ ignoreChanges: ['people["x"].displayName'] }`,
          /"people": ignoreChanges names one person/,
        ],
      ] as const) {
        project.program(both(options));
        const run = await project.attempt("preview");
        assert.notEqual(run.code, 0);
        assert.match(run.output, sentence);
        assert.doesNotMatch(run.output, /\n\s+at /);
      }
      assert.deepEqual(service.writes(), []);
    }),
  );

  itInDynamicForm(
    "hide_diffs: what hideDiffs names is told to drift and not shown",
    "the engine hides them itself",
    scenario(async ({ project, service }) => {
      roster(project, { grace });
      project.program(both("{}").replace("unmanaged", "showValues: true, unmanaged"));
      await project.up();
      await service.live.update({ userArn: ada.userArn, displayName: "Live", emailAddress: "l@x" });
      await service.live.update({ userArn: arn("grace"), displayName: "Live" });
      project.program(
        both(`{ hideDiffs: ["displayName"] }`).replace("unmanaged", "showValues: true, unmanaged"),
      );
      const { output } = await project.pulumi("preview", "--diff");
      assert.match(output, /displayName *: "differs, and hideDiffs hides how"/);
      assert.match(output, /live *: "l@x"/);
      assert.match(output, /grace: "displayName"/);
      assert.doesNotMatch(output, /"Live"|Ada Lovelace"\n.*declared/);
    }),
  );

  it(
    "update_plan: up --plan carries out what preview --save-plan planned, drift and rosters included",
    scenario(async ({ project, service }) => {
      roster(project, { grace });
      project.program(both("{}"));
      const planned = async () => {
        await project.pulumi("preview", "--save-plan", "plan.json");
        service.calls.length = 0;
        await project.up("--plan", "plan.json");
        return service
          .writes()
          .map(({ operation, input }) => `${operation} ${Object.keys(input).sort()}`)
          .sort();
      };
      assert.equal((await planned()).length, 2);
      await service.live.update({ userArn: ada.userArn, displayName: "Live" });
      await service.live.update({ userArn: arn("grace"), emailAddress: "live@example.com" });
      roster(project, { grace: { ...grace, displayName: "Grace Hopper" }, zoe });
      assert.deepEqual(await planned(), [
        "CreateUserProfile displayName,emailAddress,userArn",
        "UpdateUserProfile displayName,emailAddress,userArn",
        "UpdateUserProfile displayName,userArn",
      ]);
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  itInDynamicForm(
    "explicit_provider: one that is given its settings works, one that lacks some is refused and told which",
    "a provider of its own is codestar.Provider there",
    scenario(async ({ project, service }) => {
      roster(project, { grace });
      const withProvider = (args: object) =>
        both(
          "{ provider }",
          `const provider = new pulumi.ProviderResource("pulumi-nodejs", "codestar", ${JSON.stringify(args)});`,
        );
      const settings = { "codestar:endpoint": service.url, "aws:region": "us-east-1" };
      project.program(withProvider({}));
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(
        run.output,
        /lacks codestar:endpoint and aws:region; give it the settings: new pulumi/,
      );
      assert.doesNotMatch(run.output, /config set|\n\s+at /);

      project.program(withProvider(settings));
      await project.up();
      assert.equal(service.writes().length, 2);
      // The engine asks no provider whose arguments it does not know yet, and
      // shows what the program passes.
      const late = `const provider = new pulumi.ProviderResource("pulumi-nodejs", "codestar", { ...${JSON.stringify(settings)}, "codestar:drift": new CodeStarUserProfile("late", ${JSON.stringify({ ...ada, userArn: arn("late") })}).id.apply(() => "on") });`;
      project.program(both("{ provider }", late));
      const { output } = await project.pulumi("preview", "--diff");
      assert.doesNotMatch(output, /isPreview|__/);
      await project.pulumi("preview");
    }),
    itInLongRun,
  );

  itInDynamicForm(
    "replace_kept: --replace, with deleteBeforeReplace too, keeps the profile",
    "refused, since the profile would be in its own way",
    scenario(async ({ project, service }) => {
      for (const options of ["{}", "{ deleteBeforeReplace: true }"]) {
        project.program(`new CodeStarUserProfile("ada", ${JSON.stringify(ada)}, ${options});`);
        await project.up();
        const before = (await service.live.find(ada.userArn))?.createdTimestamp;
        await service.live.update({ userArn: ada.userArn, displayName: "Drifted" });
        service.calls.length = 0;
        await project.up("--replace", "**ada");
        assert.deepEqual(
          service.writes().map(({ operation }) => operation),
          ["UpdateUserProfile"],
        );
        assert.deepEqual((await service.live.find(ada.userArn))?.createdTimestamp, before);
      }
      await project.pulumi("preview", "--expect-no-changes");
    }),
    itInLongRun,
  );
});
