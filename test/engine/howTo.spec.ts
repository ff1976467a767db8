import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/imports";
import { createProject } from "../support/pulumi";
import { walk } from "../support/walk";

const docs = join(repository, "docs");
const tutorial = readFileSync(join(docs, "tutorial.md"), "utf8");

/** The files that the pages begin with: those of the tutorial's first part. */
const beginning = ["Pulumi.yaml", "tsconfig.json"].map((name) => {
  const [, content = ""] =
    /^```\w+\n([\s\S]*?)^```/m.exec(tutorial.slice(tutorial.indexOf(`\n\`${name}\`:\n`))) ?? [];
  return [name, content] as const;
});

describe("docs/how-to", () => {
  for (const page of readdirSync(join(docs, "how-to"))) {
    it(`how_to: ${page} does what it shows`, async function () {
      this.timeout(180_000);
      const project = await createProject();
      try {
        for (const name of ["package.json", "Pulumi.dev.yaml"]) {
          rmSync(join(project.folder, name), { force: true });
        }
        writeFileSync(join(project.folder, "package.json"), "{}\n");
        rmSync(join(project.folder, ".pulumi"), { recursive: true, force: true });
        for (const [name, content] of beginning) {
          writeFileSync(join(project.folder, name), content);
        }
        const commands = await walk(readFileSync(join(docs, "how-to", page), "utf8"), project);
        assert.ok(commands > 0);
      } finally {
        project.remove();
      }
    });
  }
});
