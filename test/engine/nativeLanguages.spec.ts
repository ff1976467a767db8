import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../support/imports";
import { languages } from "../support/languages";
import { installPlugin } from "../support/nativePlugin";
import { createProject, type Project } from "../support/pulumi";
import { skipUnless } from "../support/skip";

/**
 * Deploys an example as its page says: what it declares is live then, and a preview plans nothing.
 */
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
    const file = join(folder, "Pulumi.yaml");
    cpSync(join(from, "Pulumi.yaml"), file);
    // The name of the stack's project stays that of the test's.
    replaceIn(file, `name: codestar-${example}`, "name: test");
    replaceIn(file, "path: node_modules/.bin", "path: ./plugin");
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
    // The host that is built from Go modules takes the Python of the PATH,
    // later ones that of `venv`.
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

  it("native_go: examples/go with its generated SDK, deployed by the Automation API as its page says", async function () {
    this.timeout(20 * 60_000);
    const { obtainSdkGenerator, generateSdk, buildGoProgram } = await languages();
    const generator = await obtainSdkGenerator();
    if (generator.program === undefined) return skipUnless(this, false, generator.missing);
    const project = await createProject();
    try {
      installPlugin(project);
      const { folder, environment } = project;
      const example = join(folder, "example");
      cpSync(join(repository, "examples/go"), example, { recursive: true });
      await generateSdk("go", join(repository, "schema/provider.json"), join(example, "sdk"));
      replaceIn(join(example, "go.mod"), "../../sdk/go", "./sdk");
      replaceIn(join(example, "Pulumi.yaml"), "path: node_modules/.bin", "path: ../plugin");
      const { program, missing } = await buildGoProgram(example, join(folder, "program"));
      if (program === undefined) return skipUnless(this, false, missing);
      const run = (...args: string[]) =>
        promisify(execFile)(program, args, { cwd: example, env: environment });
      await run("up");
      const output = await project.attempt("stack", "output", "--json", "--cwd", example);
      assert.deepEqual(JSON.parse(output.stdout), {
        region: "us-east-1",
        emailAddress: "ada@example.com",
      });
      await run("preview");
      await run("destroy");
    } finally {
      project.remove();
    }
  });
});

function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes(from), `${file} names ${from}`);
  writeFileSync(file, text.replace(from, to));
}
