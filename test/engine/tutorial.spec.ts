import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/imports";
import { createProject, type Project } from "../support/pulumi";
import { walk } from "../support/walk";

describe("docs/tutorial.md", function () {
  this.timeout(240_000);
  let project: Project;
  before(async () => {
    project = await createProject();
    for (const name of ["package.json", "Pulumi.dev.yaml"]) {
      rmSync(join(project.folder, name), { force: true });
    }
    writeFileSync(join(project.folder, "package.json"), "{}\n");
  });
  after(() => project?.remove());

  it("tutorial: its steps do what the page shows, one after another", async () => {
    const page = readFileSync(join(repository, "docs/tutorial.md"), "utf8");
    const commands = await walk(page, project);
    assert.ok(commands >= 14, `${commands} commands`);
  });
});
