import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { parse, parseAllDocuments } from "yaml";
import { Pipeline } from "../support/pipeline";

const example = resolve(__dirname, "../../examples/gitops");
const schemas = resolve(__dirname, "../fixtures/schemas");
const workflows = readdirSync(join(example, ".github/workflows"));
const text = (file: string) => readFileSync(join(example, file), "utf8");
const workflow = (file: string) => parse(text(`.github/workflows/${file}`));

const known = [
  "lint",
  "types",
  "unit",
  "model",
  "command",
  "architecture",
  "service",
  "engine",
  "interop",
  "bench",
];

function validator(schema: string | object): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  if (typeof schema === "object") return ajv.compile(schema);
  return ajv.compile(JSON.parse(readFileSync(join(schemas, schema), "utf8")));
}

function assertValid(validate: ValidateFunction, document: unknown): void {
  validate(document);
  assert.deepEqual(validate.errors ?? [], []);
}

/** It calls neither GitHub nor GitLab. */
function assertFailsQuietly(run: { status: number | null; calls: readonly string[] }): void {
  assert.equal(run.status, 1);
  assert.deepEqual(run.calls, []);
}

/**
 * The fields of a Stack that the example uses, with the types and limits that the
 * CustomResourceDefinition `stacks.pulumi.com` (v1) of the operator's version 2 gives them. The
 * definition itself is 1.4 MB.
 */
const stackSchema = {
  type: "object",
  required: ["apiVersion", "kind", "metadata", "spec"],
  properties: {
    apiVersion: { const: "pulumi.com/v1" },
    kind: { const: "Stack" },
    metadata: { type: "object", required: ["name", "namespace"] },
    spec: {
      type: "object",
      required: ["stack"],
      additionalProperties: false,
      properties: {
        serviceAccountName: { type: "string" },
        projectRepo: { type: "string", format: "uri" },
        branch: { type: "string" },
        shallow: { type: "boolean" },
        stack: { type: "string", pattern: "^[\\w-]+/[\\w-]+$" },
        continueResyncOnCommitMatch: { type: "boolean" },
        resyncFrequencySeconds: { type: "integer", minimum: 60 },
        envRefs: {
          type: "object",
          additionalProperties: {
            type: "object",
            required: ["type", "secret"],
            additionalProperties: false,
            properties: {
              type: { const: "Secret" },
              secret: {
                type: "object",
                required: ["name", "key"],
                additionalProperties: false,
                properties: { name: { type: "string" }, key: { type: "string" } },
              },
            },
          },
        },
        workspaceTemplate: { type: "object" },
      },
    },
  },
};

describe(".github: the project's own workflows", () => {
  const folder = resolve(__dirname, "../../.github/workflows");
  const own = (file: string) => parse(readFileSync(join(folder, file), "utf8"));

  it("are valid by SchemaStore's schema of GitHub workflows", () => {
    const validate = validator("github-workflow.json");
    assert.deepEqual(readdirSync(folder).sort(), ["release.yml", "test.yml"]);
    for (const file of readdirSync(folder)) assertValid(validate, own(file));
  });

  it("use actions of a version, and may write nothing in the repository", () => {
    for (const file of readdirSync(folder)) {
      const { permissions, jobs } = own(file);
      assert.deepEqual(permissions, { contents: "read" });
      for (const { steps } of Object.values<{ steps: { uses?: string }[] }>(jobs)) {
        for (const { uses } of steps) assert.match(uses ?? "a@v1", /@v\d+$/);
      }
    }
  });

  it("test the Node.js versions and the systems that are promised", () => {
    const { os, node } = own("test.yml").jobs.suites.strategy.matrix;
    assert.deepEqual(node, [20, 22, 24]);
    assert.deepEqual(os, ["ubuntu-latest", "macos-latest", "windows-latest"]);
  });

  it("publish what a tag names, with provenance and without a token of npm", () => {
    const { on, jobs } = own("release.yml");
    assert.deepEqual(on, { push: { tags: ["v*.*.*"] } });
    assert.deepEqual(jobs.publish.permissions, { contents: "read", "id-token": "write" });
    const scripts = jobs.publish.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    assert.equal(scripts.at(-1), "npm publish --provenance --access public");
    assert.doesNotMatch(JSON.stringify(jobs), /secrets\./);
    // Each suite that a workflow names is one that `npm test` has.
    for (const file of readdirSync(folder)) {
      for (const [, suites] of readFileSync(join(folder, file), "utf8").matchAll(
        /npm test -- (.+)/g,
      )) {
        for (const suite of suites!.split(" ")) assert.ok(known.includes(suite), suite);
      }
    }
  });
});

describe("templates/gitops: the pipeline", () => {
  it("is valid by SchemaStore's schema of GitHub workflows", () => {
    const path = resolve(__dirname, "../../templates/gitops/.github/workflows/check.yml");
    assertValid(validator("github-workflow.json"), parse(readFileSync(path, "utf8")));
  });
});

describe("examples/gitops: the pipelines", function () {
  this.timeout(60_000);

  describe("by their schemas", () => {
    it("the workflows are valid by SchemaStore's schema of GitHub workflows", () => {
      const validate = validator("github-workflow.json");
      assert.deepEqual(workflows.sort(), ["deploy.yml", "drift.yml", "pull-request.yml"]);
      for (const file of workflows) assertValid(validate, workflow(file));
    });

    it("a misspelt workflow is not", () => {
      const validate = validator("github-workflow.json");
      const { jobs, ...rest } = workflow("drift.yml");
      const { "runs-on": image, ...job } = jobs.drift;
      assert.equal(validate({ ...rest, jobs: { drift: { ...job, "run-on": image } } }), false);
      assert.equal(validate({ ...rest, jobs, permision: {} }), false);
    });

    it(".gitlab-ci.yml is valid by GitLab's schema", () => {
      assertValid(validator("gitlab-ci.json"), parse(text(".gitlab-ci.yml")));
    });

    it("a misspelt .gitlab-ci.yml is not", () => {
      const { drift, ...rest } = parse(text(".gitlab-ci.yml"));
      const { script, ...job } = drift;
      assert.equal(validator("gitlab-ci.json")({ ...rest, drift: { ...job, scripts: [] } }), false);
    });

    it("operator/stack.yaml has fields of a Stack as the operator defines them, and no others", () => {
      const documents = parseAllDocuments(text("operator/stack.yaml")).map((one) => one.toJS());
      assert.deepEqual(
        documents.map(({ kind }) => kind),
        ["ServiceAccount", "ClusterRoleBinding", "Stack"],
      );
      const [account, binding, stack] = documents;
      const validate = validator(stackSchema);
      assertValid(validate, stack);
      assert.equal(stack.spec.continueResyncOnCommitMatch, true);
      assert.equal(stack.spec.serviceAccountName, account.metadata.name);
      assert.equal(binding.subjects[0].name, account.metadata.name);
      assert.equal(validate({ ...stack, spec: { ...stack.spec, resyncSeconds: 60 } }), false);
    });
  });

  describe("among themselves", () => {
    it("all name the same service and the same stack", () => {
      const endpoint = parse(text("Pulumi.yaml")).config["codestar:endpoint"];
      const gitlab = parse(text(".gitlab-ci.yml"));
      const stack = parseAllDocuments(text("operator/stack.yaml"))[2]!.toJS().spec.stack;
      assert.equal(gitlab.variables.CODESTAR_ENDPOINT, endpoint);
      assert.equal(gitlab.variables.STACK, stack);
      for (const file of ["drift.yml", "pull-request.yml"]) {
        assert.equal(workflow(file).env.CODESTAR_ENDPOINT, endpoint);
      }
      for (const file of workflows) {
        for (const [, name] of text(`.github/workflows/${file}`).matchAll(/stack-name: (.*)/g)) {
          assert.equal(name, stack);
        }
      }
    });

    it("no workflow may write more than it says, and only the deployment knows the administrator", () => {
      for (const file of workflows) {
        assert.equal(workflow(file).permissions.contents, "read");
        const secret = text(`.github/workflows/${file}`).includes("secrets.ADMINISTRATOR");
        assert.equal(secret, file === "deploy.yml");
      }
      assert.match(workflow("pull-request.yml").jobs.preview.if, /head\.repo\.full_name ==/);
    });
  });

  describe("their scripts, on live profiles", () => {
    let pipeline: Pipeline;
    beforeEach(() => {
      pipeline = new Pipeline();
    });
    afterEach(() => pipeline.remove());

    const bad = `people:\n  ada:\n    displayNam: Ada\n`;

    it("check passes the roster, and marks what is wrong in one that is not right", () => {
      assert.equal(pipeline.github("pull-request.yml", "check").ok, true);
      assert.equal(pipeline.gitlab("check").ok, true);
      pipeline.write({ "rosters/teams/web.yaml": bad });
      for (const file of ["pull-request.yml", "deploy.yml"]) {
        const run = pipeline.github(file, file === "deploy.yml" ? "up" : "check");
        assert.equal(run.status, 1);
        assert.match(run.output, /^::error file=rosters\/teams\/web\.yaml,line=3,col=5/m);
      }
      assert.equal(pipeline.gitlab("check").status, 1);
    });

    it("a pull request gets the report as a comment, drift or not", async () => {
      await pipeline.live();
      const first = pipeline.github("pull-request.yml", "preview");
      assert.equal(first.ok, true, first.output);
      assert.deepEqual(first.calls.slice(-1), ["gh pr comment 1 --body-file drift.md"]);
      assert.match(pipeline.read("drift.md"), /^<!-- codestar-profiles drift -->\n.*No drift/);
    });

    it("and its later reports replace that comment", async () => {
      await pipeline.live({ ada: { emailAddress: "ada@elsewhere.example" }, mary: null });
      pipeline.answers = { comment: "4711" };
      const run = pipeline.github("pull-request.yml", "preview");
      assert.equal(run.ok, true, run.output);
      assert.match(run.calls.at(-1)!, /^gh api --method PATCH .*comments\/4711 .*body=@drift\.md/);
      const report = pipeline.read("drift.md");
      assert.match(report, /`ada` drifted: emailAddress/);
      assert.match(report, /`mary` missing/);
      assert.doesNotMatch(report, /elsewhere|ada@/);
      assert.equal(pipeline.read("summary.md"), report);
    });

    it("a pull request whose profiles cannot be read fails, and says nothing of drift", () => {
      pipeline.endpoint = "file:nowhere/profiles.db";
      assertFailsQuietly(pipeline.github("pull-request.yml", "preview"));
      assertFailsQuietly(pipeline.gitlab("report"));
    });

    it("the schedule opens an issue when there is drift", async () => {
      await pipeline.live({ ada: { displayName: "Eve" } });
      const run = pipeline.github("drift.yml", "drift");
      assert.equal(run.ok, true, run.output);
      assert.match(run.calls.at(-1)!, /^gh issue create --title .* --body-file drift\.md$/);
      assert.equal(run.calls.filter((call) => call.startsWith("gh issue create")).length, 1);
    });

    it("the schedule brings an issue that is open up to date, and opens no second", async () => {
      await pipeline.live({ ada: { displayName: "Eve" } });
      pipeline.answers = { issue: "12" };
      const drift = pipeline.github("drift.yml", "drift");
      assert.equal(drift.calls.at(-1), "gh issue edit 12 --body-file drift.md");
      assert.doesNotMatch(drift.calls.join(), /issue create/);
    });

    it("the schedule closes the issue when there is no drift, and opens none", async () => {
      await pipeline.live();
      const none = pipeline.github("drift.yml", "drift");
      assert.equal(none.ok, true, none.output);
      assert.equal(none.calls.length, 1);
      pipeline.answers = { issue: "12" };
      assert.match(pipeline.github("drift.yml", "drift").calls.at(-1)!, /^gh issue close 12 /);
    });

    it("the schedule fails when the profiles cannot be read, and opens no issue", () => {
      pipeline.endpoint = "file:nowhere/profiles.db";
      assertFailsQuietly(pipeline.github("drift.yml", "drift"));
      assertFailsQuietly(pipeline.gitlab("drift"));
    });

    it("GitLab: a merge request gets the report, the schedule an issue and the exit status 2", async () => {
      await pipeline.live({ grace: { sshPublicKey: "" } });
      const report = pipeline.gitlab("report");
      assert.equal(report.ok, true, report.output);
      assert.match(report.calls.join(), /^curl .*body@drift\.md .*\/merge_requests\/1\/notes$/);
      const run = pipeline.gitlab("drift");
      assert.equal(run.status, 2);
      assert.match(run.calls.join(), /^curl .*description@drift\.md .*\/projects\/7\/issues$/);
      assert.deepEqual(parse(text(".gitlab-ci.yml")).drift.allow_failure, { exit_codes: 2 });
    });

    it("GitLab: the schedule does nothing when there is no drift", async () => {
      await pipeline.live();
      assert.deepEqual(pipeline.gitlab("drift"), { ok: true, status: 0, output: "", calls: [] });
    });
  });
});
