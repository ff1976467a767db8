// Whole Pulumi projects, each in a folder of its own, driven by the real CLI.
import * as fs from "node:fs";
import { join } from "node:path";
import { run } from "../running/children.mjs";
import { repository } from "../running/repository.mjs";
import { clientEnvironment, pulumiEnvironment } from "./environment";
import { temporaryFolder } from "./temporary";
import type { Operation, Place, Special } from "./variants";

/**
 * What the CLI is told for each operation; `--skip-preview`, so that each is measured by itself.
 */
const invocations: Record<Operation, readonly string[]> = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  drift: ["preview"],
  repair: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** Where the engine finds the native plugin. */
const plugin = "plugins:\n  providers:\n    - name: codestar\n      path: ./plugin\n";

export type Project = Awaited<ReturnType<typeof createProject>>;

/** `program` is a file of `programs/`, without its ending. */
export async function createProject(program: string, { people, url, region }: Place) {
  const { folder, remove } = temporaryFolder();
  const env = {
    ...(await pulumiEnvironment()),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_HOME: join(folder, "home"),
    PULUMI_STACK: "dev",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...clientEnvironment(folder, url, region),
  };
  const write = (name: string, text: string, mode = 0o644) =>
    fs.writeFileSync(join(folder, name), text, { mode });
  fs.symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  write("package.json", '{ "name": "bench", "main": "index.js" }\n');
  write("Pulumi.yaml", `name: bench\nruntime: nodejs\n${program === "native" ? plugin : ""}`);
  fs.mkdirSync(join(folder, "plugin"));
  const main = JSON.stringify(join(repository, "dist/provider/native/main.js"));
  write("plugin/pulumi-resource-codestar", `#!/usr/bin/env node\nrequire(${main});\n`, 0o755);
  write("people.json", JSON.stringify(people));
  fs.copyFileSync(join(__dirname, `programs/${program}.cjs`), join(folder, "index.js"));
  const state = join(folder, ".pulumi/stacks/bench/dev.json");
  const saved = join(folder, "saved.json");

  const project = {
    folder,
    command: (operation: Operation, more: Special = {}) => ({
      command: "pulumi",
      args: [
        ...invocations[operation],
        ...["--non-interactive", "--color", "never"],
        ...(more.args ?? []),
      ],
      cwd: folder,
      env: { ...env, ...more.env },
    }),
    /** Sets the stack's configuration. */
    configure(more: Record<string, string> = {}) {
      const settings = { "aws:region": region, "codestar:endpoint": url, ...more };
      const lines = Object.entries(settings).map(
        ([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`,
      );
      write("Pulumi.dev.yaml", `config:\n${lines.join("")}`);
    },
    stateBytes: () => fs.statSync(state).size,
    async clear() {
      fs.rmSync(join(folder, ".pulumi"), { recursive: true, force: true });
      const init = ["stack", "init", "dev", "--non-interactive"];
      const { code, stderr } = await run("pulumi", init, { cwd: folder, env });
      if (code !== 0) throw new Error(`pulumi stack init failed:\n${stderr}`);
    },
    saveState: () => fs.copyFileSync(state, saved),
    restoreState: () => fs.copyFileSync(saved, state),
    remove,
  };
  project.configure();
  await project.clear();
  return project;
}
