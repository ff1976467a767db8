import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../support/imports";
import { languages } from "../support/languages";
import { installPlugin } from "../support/nativePlugin";
import { createProject, type Project } from "../support/pulumi";
import { skipUnless } from "../support/skip";

/** Deploys an example as its page says: what it declares is live then, and a preview plans nothing. */
async function deploy(
  example: string,
  programs: readonly string[],
  prepare?: (project: Project) => Promise<void>,
): Promise<void> {
  const project = await createProject({}, programs.map(dirname));
  try {
    installPlugin(project);
    const { folder } = project;
    const from = join(repository, "examples", example);
    const text = readFileSync(join(from, "Pulumi.yaml"), "utf8");
    // The name of the stack's project stays that of the test's.
    const own = text.replace(/^name: .*$/m, "name: test");
    const found = own.replace("path: node_modules/.bin", "path: ./plugin");
    assert.notEqual(found, own);
    writeFileSync(join(folder, "Pulumi.yaml"), found);
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: {}\n");
    await prepare?.(project);
    await project.up();
    assert.equal(project.output("region"), "us-east-1");
    assert.equal(project.output("emailAddress"), "ada@example.com");
    await project.pulumi("preview", "--expect-no-changes");
  } finally {
    project.remove();
  }
}

describe("the engine: programs in other languages", () => {
  it("native_yaml: examples/yaml, deployed as its page says, without drift after it", async function () {
    this.timeout(20 * 60_000);
    const { program, missing } = await (await languages()).obtainYamlHost();
    if (program === undefined) return skipUnless(this, false, missing);
    await deploy("yaml", [program]);
  });

  it("native_python: examples/python with its generated SDK, deployed as its page says", async function () {
    this.timeout(20 * 60_000);
    const { obtainPythonHost, obtainPulumiPython, generateSdk } = await languages();
    const host = await obtainPythonHost();
    if (host.program === undefined) return skipUnless(this, false, host.missing);
    const python = await obtainPulumiPython();
    if (python.program === undefined) return skipUnless(this, false, python.missing);
    // The host that is built from Go modules takes the Python of the PATH, later ones that of `venv`.
    await deploy("python", [host.program, python.program], async ({ folder }) => {
      const main = join(repository, "examples/python/__main__.py");
      cpSync(main, join(folder, "__main__.py"));
      symlinkSync(dirname(dirname(python.program)), join(folder, "venv"), "junction");
      const sdk = join(folder, "sdk");
      await generateSdk("python", join(repository, "schema/provider.json"), sdk);
      const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"];
      const target = ["--target", join(folder, "packages"), sdk];
      execFileSync(python.program, [...install, ...target], { stdio: "pipe" });
    });
  });
});
