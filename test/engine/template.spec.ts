import assert from "node:assert/strict";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codestarProfiles } from "../support/commandLine";
import { repository } from "../support/imports";
import { createProject, type Project } from "../support/pulumi";

const manifestIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };

/**
 * Makes a project of the template with `pulumi new`, all but the packages, which
 * are the repository's own.
 */
async function generate(project: Project, template: string): Promise<void> {
  const { folder } = project;
  // npm would write through the link.
  for (const name of ["node_modules", "package.json", "Pulumi.yaml", "Pulumi.dev.yaml"]) {
    rmSync(join(folder, name));
  }
  // The packed package is not there, so the installation fails, which is the last step;
  // offline, it fails at once.
  writeFileSync(join(folder, ".npmrc"), "offline=true\n");
  const source = join(repository, "templates", template);
  const { output } = await project.attempt("new", source, "--yes", "--force", "--name", "team");
  assert.match(output, /Created stack 'dev'/);
  assert.match(output, /npm install failed/);
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
}

describe("templates", function () {
  this.timeout(120_000);
  const people = { typescript: ["ada"], gitops: ["ada", "grace"] };
  for (const [template, names] of Object.entries(people)) {
    it(`template_${template}: pulumi new makes a program that is deployed with the settings by default`, async () => {
      const project = await createProject();
      try {
        await generate(project, template);
        const { name, dependencies } = manifestIn(project.folder);
        const packed = `file:pulumi-codestar-${manifestIn(repository).version}.tgz`;
        assert.deepEqual([name, dependencies["pulumi-codestar"]], ["team", packed]);
        const ignored = readFileSync(join(project.folder, ".gitignore"), "utf8");
        assert.match(ignored, /^profiles\.db\*$/m);

        await project.up();

        const endpoint = ["--endpoint", "file:profiles.db", "--region", "us-east-1"];
        const { out, err } = await codestarProfiles(project.folder, [
          "export",
          ...endpoint,
          "--format",
          "csv",
        ]);
        const live = [...out.matchAll(/\b(\w+)@example\.com/g)].map(([, local]) => local);
        assert.deepEqual([...new Set(live)].sort(), names, out + err);
      } finally {
        project.remove();
      }
    });
  }
});
