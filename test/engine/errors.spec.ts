import assert from "node:assert/strict";
import { form } from "../support/pulumi";
import { startRecordingService } from "../support/recordingService";
import { ada, scenario } from "../support/scenario";

const stackTrace = /\n\s+at .*:\d+:\d+/;

describe("the engine: foreseeable errors", () => {
  it(
    "invalid: wrong inputs fail before any call, one sentence each, without the values",
    scenario(async ({ project, service }) => {
      project.declare([
        "ada",
        {
          userArn: "arn:aws:iam:123456789012:user/ada",
          displayName: " Ada",
          emailAddress: "someone-without-at",
          sshPublicKey:
            "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----",
        },
      ]);
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      for (const property of ["userArn", "displayName", "emailAddress", "sshPublicKey"]) {
        assert.match(run.output, new RegExp(`problem: ${property} `));
      }
      assert.doesNotMatch(run.output, /someone-without-at|c2VjcmV0|BEGIN OPENSSH/);
      assert.doesNotMatch(run.output, stackTrace);
      assert.deepEqual(service.calls, []);
    }),
  );

  it(
    "missing_name: a profile that is to be created needs a name and an address",
    scenario(async ({ project }) => {
      project.declare(["ada", { userArn: ada.userArn }]);
      const run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /displayName is required/);
    }),
  );

  it(
    "settings: a misspelt or malformed setting is an error that names it",
    scenario(async ({ project }) => {
      project.declare(["ada", ada]);
      project.config({ "codestar:endpont": "file:profiles.db" });
      let run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /codestar:endpont is not a setting of pulumi-codestar/);
      assert.doesNotMatch(run.output, stackTrace);

      project.config({ "codestar:drift": "maybe" });
      run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /codestar:drift is "maybe", but must be one of on, off/);
      assert.doesNotMatch(run.output, stackTrace);
    }),
  );

  it(
    "unreachable: a service that does not answer is one sentence with endpoint and remedy",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada]);
      await project.up();
      await service.close();
      let run = await project.attempt("preview");
      assert.notEqual(run.code, 0);
      assert.ok(
        run.output.includes(`the profile service at ${service.url} does not answer (ECONNREFUSED)`),
        run.output,
      );
      assert.match(run.output, form === "native" ? /CODESTAR_DRIFT=off/ : /codestar:drift off/);
      assert.doesNotMatch(run.output, stackTrace);

      run = await project.attempt("destroy", "--yes", "--skip-preview");
      assert.notEqual(run.code, 0);
      assert.match(run.output, /does not answer/);
      assert.doesNotMatch(run.output, stackTrace);

      if (form === "native") project.environment.CODESTAR_DRIFT = "off";
      else project.config({ "codestar:drift": "off" });
      await project.pulumi("preview", "--expect-no-changes");
    }),
  );

  it(
    "endpoint_moved: refresh and destroy, which have the last update's settings, say what helps",
    scenario(async ({ project, service }) => {
      project.declare(["ada", ada]);
      await project.up();
      const next = await startRecordingService();
      try {
        await next.seed([ada]);
        project.config({ "codestar:endpoint": next.url });
        await service.close();
        const isNative = form === "native";
        const commands = [
          ["refresh"],
          ["up", "--refresh"],
          ["destroy"],
          ...(isNative ? [["up"]] : []),
        ];
        const remedy = isNative ? "pulumi up --refresh --run-program`" : "pulumi up` without";
        for (const command of commands) {
          const run = await project.attempt(...command, "--yes", "--skip-preview");
          assert.notEqual(run.code, 0);
          assert.ok(run.output.includes(`${service.url} does not answer (ECONNREFUSED)`));
          const moved = `if codestar:endpoint has changed since, run \`${remedy}`;
          assert.ok(run.output.includes(moved), run.output);
          assert.doesNotMatch(run.output, /codestar:drift/);
          assert.doesNotMatch(run.output, stackTrace);
        }
        assert.deepEqual(next.calls, []);
        await project.up(...(isNative ? ["--refresh", "--run-program"] : []));
        assert.deepEqual(next.writes(), []);
        await project.pulumi("destroy", "--yes", "--skip-preview");
        assert.deepEqual(next.writes(), [
          { operation: "DeleteUserProfile", input: { userArn: ada.userArn } },
        ]);
      } finally {
        await next.close();
      }
    }),
  );

  it(
    "throttled: a service that says to wait is waited for",
    scenario(async ({ project, service }) => {
      let refused = 0;
      service.intercept = () => {
        if (++refused > 3) service.intercept = undefined;
        return { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } };
      };
      project.declare(["ada", ada]);
      await project.up();
      assert.ok(refused > 3);
      assert.ok(await service.live.find(ada.userArn));
    }),
  );

  it(
    "lost_response: a create whose answer was lost is taken as done",
    scenario(async ({ project, service }) => {
      let creates = 0;
      service.intercept = ({ operation }) => {
        if (operation !== "CreateUserProfile" || ++creates > 1) return undefined;
        void service.seed([ada]);
        return { status: 500, body: { __type: "InternalFailure", message: "Lost" } };
      };
      project.declare(["ada", ada]);
      await project.up();
      assert.equal(creates, 2);
      assert.deepEqual(await project.plan("--expect-no-changes"), []);
    }),
  );
});
