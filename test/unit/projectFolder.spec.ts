import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { projectFolder } from "../../client/projectFolder";

describe("projectFolder", () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "codestar-project-")));
    mkdirSync(join(root, "infra/programs/team"), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is the folder itself when it holds the project", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: team\n");
    assert.equal(projectFolder(root, "team"), root);
  });

  it("is the nearest folder upwards that holds the project, for a program that main moves away", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: team\n");
    assert.equal(projectFolder(join(root, "infra/programs/team"), "team"), root);
    writeFileSync(join(root, "infra/Pulumi.yml"), "name: team\n");
    assert.equal(projectFolder(join(root, "infra/programs/team"), "team"), join(root, "infra"));
  });

  it("passes over other projects on the way", () => {
    writeFileSync(join(root, "Pulumi.yaml"), 'runtime: nodejs\nname: "whole"\nmain: infra\n');
    writeFileSync(join(root, "infra/Pulumi.yaml"), "name: part\n");
    assert.equal(projectFolder(join(root, "infra/programs"), "whole"), root);
    assert.equal(projectFolder(join(root, "infra/programs"), "part"), join(root, "infra"));
  });

  it("reads the name as YAML writes it", () => {
    for (const line of ["name: team", "name:   'team'", 'name: "team" # ours', "name: team\r"]) {
      writeFileSync(join(root, "infra/Pulumi.yaml"), "name: part\n");
      writeFileSync(join(root, "Pulumi.yaml"), `config:\n  app:\n    name: other\n${line}\n`);
      assert.equal(projectFolder(join(root, "infra"), "team"), root, line);
    }
  });

  it("is the nearest project where none has the name, or none is known", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: whole\n");
    writeFileSync(join(root, "infra/Pulumi.yaml"), "name: part\n");
    assert.equal(projectFolder(join(root, "infra/programs"), "other"), join(root, "infra"));
    assert.equal(projectFolder(join(root, "infra/programs"), undefined), join(root, "infra"));
  });

  it("is not moved by the settings of a stack", () => {
    writeFileSync(join(root, "Pulumi.yaml"), "name: team\n");
    writeFileSync(join(root, "infra/Pulumi.dev.yaml"), "name: team\n");
    assert.equal(projectFolder(join(root, "infra"), "team"), root);
  });

  it("is the folder asked about where there is no project", () => {
    assert.equal(projectFolder(join(root, "infra"), "team"), join(root, "infra"));
    assert.equal(projectFolder(parse(root).root, undefined), parse(root).root);
  });
});
