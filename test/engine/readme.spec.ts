import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProject, type Project } from "../support/pulumi";
import { type ServeProcess, startServe } from "../support/serveProcess";

const page = readFileSync(join(__dirname, "../../README.md"), "utf8");

/** The content of the block below the line that names its file. */
function fileOf(name: string): string {
  const below = page.slice(page.indexOf(`\n\`${name}\`:\n`));
  return /^```\w+\n([\s\S]*?)^```/m.exec(below)![1]!;
}

const squeezed = (text: string) => text.replace(/ +/g, " ");

describe("README.md", function () {
  this.timeout(120_000);
  let project: Project;
  let server: ServeProcess | undefined;
  before(async () => {
    project = await createProject();
    for (const name of ["package.json", "Pulumi.dev.yaml"]) {
      rmSync(join(project.folder, name), { force: true });
    }
    writeFileSync(join(project.folder, "package.json"), "{}\n");
    for (const name of ["Pulumi.yaml", "index.ts", "change.json"]) {
      writeFileSync(join(project.folder, name), fileOf(name));
    }
  });
  after(async () => {
    await server?.terminate();
    project?.remove();
  });

  it("readme: the first program is deployed, changed by others, shown as on the page, and repaired", async () => {
    await project.pulumi("stack", "init", "dev");
    assert.match((await project.up()).stdout, /CodeStarUserProfile ada created[\s\S]*\+ 2 created/);

    const [, store] = /codestar-profiles serve (--store \S+)\n/.exec(page)!;
    server = await startServe(project.folder, store!.split(" "));
    const [, name, value] = /^curl http\S+ -H "([^:]+): ([^"]+)" -d @change\.json$/m.exec(page)!;
    const answer = await fetch(server.url, {
      method: "POST",
      headers: { [name!]: value! },
      body: fileOf("change.json"),
    });
    assert.equal(answer.status, 200);

    const shown = /^\$ pulumi preview\n([\s\S]*?)^```/m.exec(
      page.slice(page.indexOf("## Drift")),
    )![1]!;
    const { stdout } = await project.pulumi("preview");
    for (const line of shown.trim().split("\n")) {
      assert.ok(squeezed(stdout).includes(squeezed(line.trim())), `${line}\n${stdout}`);
    }
    assert.equal((await project.attempt("preview", "--expect-no-changes")).code, 7);
    await project.up();
    await project.pulumi("preview", "--expect-no-changes");
  });
});
