import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { projectFolder } from "../../provider/projectFolder";

describe("projectFolder", () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "codestar-project-")));
    mkdirSync(join(root, "infra/programs/team"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is the folder itself when it holds a Pulumi.yaml", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "");
    assert.equal(projectFolder(root), root);
  });

  it("is the nearest folder upwards that holds one, for a program that main moves away", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "");
    assert.equal(projectFolder(join(root, "infra/programs/team")), root);
    writeFileSync(join(root, "infra/Pulumi.yml"), "");
    assert.equal(projectFolder(join(root, "infra/programs/team")), join(root, "infra"));
  });

  it("is not moved by the settings of a stack", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "");
    writeFileSync(join(root, "infra/Pulumi.dev.yaml"), "");
    assert.equal(projectFolder(join(root, "infra")), root);
  });

  it("is the folder asked about where there is no project", () => {
    assert.equal(projectFolder(join(root, "infra")), join(root, "infra"));
    assert.equal(projectFolder(parse(root).root), parse(root).root);
  });
});
