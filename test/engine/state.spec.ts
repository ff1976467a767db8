import assert from "node:assert/strict";
import { ada, itInDynamicForm, scenario } from "../support/scenario";
import { ed25519 } from "../support/sshKeys";

const declared = { ...ada, sshPublicKey: ed25519.line };

describe("the engine: state", () => {
  itInDynamicForm(
    "state_size: the provider's text is one short line, an entry at most 0.55 of a do-nothing dynamic resource's",
    "measured by the benchmark",
    scenario(async ({ project }) => {
      project.program(`
        new CodeStarUserProfile("ada", ${JSON.stringify(declared)});
        const provider = { create: async (inputs) => ({ id: "x", outs: inputs }), update: async (id, olds, news) => ({ outs: news }), diff: async () => ({ changes: false }) };
        class Idle extends pulumi.dynamic.Resource { constructor(name, props) { super(provider, name, props); } }
        new Idle("ada-idle", ${JSON.stringify(declared)});`);
      await project.up();
      const resources = JSON.parse(project.stateText()).checkpoint.latest.resources as {
        urn: string;
        inputs: { __provider: string };
        sourcePosition: string;
        stackTrace: unknown;
      }[];
      const named = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))!;
      const ours = named("ada");
      assert.equal(
        ours.inputs.__provider,
        'exports.handler = () => require("pulumi-codestar/provider")',
      );
      assert.ok(ours.inputs.__provider.length < 100);
      const size = (name: string) => JSON.stringify(named(name)).length;
      // Where the program declares it is kept, and none of the frames of
      // loaders and of Pulumi's SDK.
      assert.match(ours.sourcePosition, /index\.js#\d+,\d+$/);
      assert.deepEqual(ours.stackTrace, [{ sourcePosition: ours.sourcePosition }]);
      const ratio = size("ada") / size("ada-idle");
      assert.ok(ratio <= 0.55, `ratio ${ratio}`);
    }),
  );

  it(
    "embedded: a file store beside Pulumi.yaml holds the profiles",
    scenario(async ({ project, service }) => {
      project.config({ "codestar:endpoint": "file:profiles.db" });
      project.declare(["ada", declared]);
      await project.up();
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
      assert.deepEqual(service.calls, []);
      const { existsSync } = await import("node:fs");
      assert.ok(existsSync(`${project.folder}/profiles.db`));
    }),
  );
});
