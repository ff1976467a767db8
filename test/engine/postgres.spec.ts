import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgresStore } from "../../service/store/postgres/store";
import { createPostgresTable } from "../../service/store/postgres/table";
import { codestarProfiles } from "../support/commandLine";
import { itInLongRun } from "../support/longRun";
import { PostgresServer, requirePostgres } from "../support/postgresServer";
import { createProject, form } from "../support/pulumi";
import { ada } from "../support/scenario";

describe("the engine: PostgreSQL", () => {
  it("postgres_store: profiles in a database, whose password is in no state and no output", async function () {
    this.timeout(180_000);
    const programs = await requirePostgres(this);
    const password = "hunter2-of-the-database";
    const server = await PostgresServer.create(programs);
    await server.start();
    const url = `postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`;
    const project = await createProject();
    try {
      await project.pulumi("config", "set", "--secret", "codestar:endpoint", url);
      project.declare(["ada", ada]);
      const early = await project.attempt("preview");
      assert.notEqual(early.code, 0);
      assert.match(early.output, /codestar-profiles table create postgres:\/\//);
      await createPostgresTable(url, {});
      const outputs = [early, await project.up()];
      assert.deepEqual(await project.plan("--expect-no-changes"), []);

      const store = await openPostgresStore(url, { environment: {} });
      const live = await store.find("us-east-1", ada.userArn);
      assert.equal(live?.displayName, ada.displayName);
      await store.update("us-east-1", ada.userArn, { displayName: "Changed" }, Date.now());
      const preview = await project.pulumi("preview");
      assert.match(preview.output, form === "native" ? /~displayName/ : /\+_drift/);
      outputs.push(preview, await project.up());
      const repaired = await store.find("us-east-1", ada.userArn);
      assert.equal(repaired?.displayName, ada.displayName);
      assert.doesNotMatch(project.stateText(), /hunter2/);

      await server.stop();
      const away = await project.attempt("preview");
      assert.notEqual(away.code, 0);
      assert.match(away.output, new RegExp(`postgres://127\\.0\\.0\\.1:${server.port}/postgres`));
      await server.start();
      outputs.push(away, await project.pulumi("destroy", "--yes", "--skip-preview"));
      assert.equal(await store.find("us-east-1", ada.userArn), undefined);
      await store.close();
      for (const { output } of outputs) assert.doesNotMatch(output, /hunter2/);
    } finally {
      project.remove();
      await server.stop();
      programs.remove();
    }
  });

  itInLongRun(
    "store_moved: a stack whose endpoint names another store creates its profiles there, as they were",
    async function () {
      this.timeout(180_000);
      const programs = await requirePostgres(this);
      const server = await PostgresServer.create(programs);
      await server.start();
      const folder = mkdtempSync(join(tmpdir(), "codestar-moved-"));
      const from = `file:${join(folder, "profiles.db")}`;
      const to = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
      const project = await createProject();
      const exported = async (endpoint: string) => {
        const argv = ["export", "--endpoint", endpoint, "--region", "us-east-1"];
        const { status, out, err } = await codestarProfiles(folder, argv);
        assert.equal(status, 0, err);
        return out;
      };
      try {
        await project.pulumi("config", "set", "codestar:endpoint", from);
        project.declare(["ada", ada]);
        await project.up();
        await createPostgresTable(to, {});
        await project.pulumi("config", "set", "codestar:endpoint", to);
        const { output } = await project.pulumi("preview", "--diff");
        // Check finds nobody in the new store, after the native form's
        // refresh has asked the old one.
        assert.match(output, form === "native" ? /UserProfile: \(update\)/ : /profile: "missing"/);
        await project.up();
        assert.deepEqual(await project.plan("--expect-no-changes"), []);
        assert.match(await exported(from), /Ada Lovelace/);
        assert.equal(await exported(to), await exported(from));
      } finally {
        project.remove();
        await server.stop();
        programs.remove();
        rmSync(folder, { recursive: true });
      }
    },
  );
});
