// Whole Pulumi projects, each in a folder of its own, driven by the real CLI.
import * as fs from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { obtainPulumi } from "../running/pulumiCli.mjs";
import { repository } from "../running/repository.mjs";
import { temporaryFolder } from "./temporary.mjs";

/** @typedef {import("./people.mjs").Person} Person */
/** @typedef {Awaited<ReturnType<typeof createProject>>} Project */

/** What the CLI is told for each operation; `--skip-preview`, so that each is measured by itself. */
const invocations = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  drift: ["preview"],
  repair: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/** Where the engine finds the native plugin. */
const plugin = "plugins:\n  providers:\n    - name: codestar\n      path: ./plugin\n";

/**
 * @param {object} options
 * @param {string} options.program A file of `programs/`, without its ending.
 * @param {readonly Person[]} options.people
 * @param {string} options.url The service's.
 * @param {string} options.region
 */
export async function createProject({ program, people, url, region }) {
  const { folder, remove } = temporaryFolder();
  const env = await cliEnvironment(folder, { url, region });
  const write = (/** @type {string} */ name, /** @type {string} */ text) =>
    fs.writeFileSync(join(folder, name), text);
  fs.symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  write("package.json", '{ "name": "bench", "main": "index.js" }\n');
  write("Pulumi.yaml", `name: bench\nruntime: nodejs\n${program === "native" ? plugin : ""}`);
  fs.mkdirSync(join(folder, "plugin"));
  const main = join(repository, "dist/provider/native/main.js");
  fs.writeFileSync(
    join(folder, "plugin/pulumi-resource-codestar"),
    `#!/usr/bin/env node\nrequire(${JSON.stringify(main)});\n`,
    { mode: 0o755 },
  );
  write("people.json", JSON.stringify(people));
  fs.copyFileSync(
    fileURLToPath(new URL(`programs/${program}.cjs`, import.meta.url)),
    join(folder, "index.js"),
  );
  const state = join(folder, ".pulumi/stacks/bench/dev.json");
  const saved = join(folder, "saved.json");

  const project = {
    folder,
    /**
     * @param {keyof typeof invocations} operation
     * @param {{ args?: readonly string[]; env?: Record<string, string> }} [more]
     */
    command: (operation, more = {}) => ({
      command: "pulumi",
      args: [
        ...invocations[operation],
        "--non-interactive",
        "--color",
        "never",
        ...(more.args ?? []),
      ],
      cwd: folder,
      env: { ...env, ...more.env },
    }),
    /** Sets the stack's configuration. @param {Record<string, string>} [more] */
    configure(more = {}) {
      const settings = { "aws:region": region, "codestar:endpoint": url, ...more };
      const lines = Object.entries(settings).map(
        ([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`,
      );
      write("Pulumi.dev.yaml", `config:\n${lines.join("")}`);
    },
    stateBytes: () => fs.statSync(state).size,
    /** Forgets everything that was deployed. */
    async clear() {
      fs.rmSync(join(folder, ".pulumi"), { recursive: true, force: true });
      const outcome = await run("pulumi", ["stack", "init", "dev", "--non-interactive"], {
        cwd: folder,
        env,
      });
      if (outcome.code !== 0) throw new Error(`pulumi stack init failed:\n${outcome.stderr}`);
    },
    saveState: () => fs.copyFileSync(state, saved),
    restoreState: () => fs.copyFileSync(saved, state),
    remove,
  };
  project.configure();
  await project.clear();
  return project;
}

/**
 * Nothing of the user's own Pulumi or AWS set-up takes part.
 *
 * @param {string} folder
 * @param {{ url: string; region: string }} service
 */
async function cliEnvironment(folder, { url, region }) {
  const { directory, env } = await obtainPulumi();
  return {
    ...environmentWithoutOwn(),
    ...env,
    PATH: `${directory}${delimiter}${process.env.PATH}`,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_HOME: join(folder, "home"),
    PULUMI_STACK: "dev",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...clientEnvironment(folder, { url, region }),
  };
}

/**
 * How clients of the service find it. The files do not exist.
 *
 * @param {string} folder
 * @param {{ url: string; region: string }} service
 */
export function clientEnvironment(folder, { url, region }) {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL_CODESTAR: url,
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "aws-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "aws-credentials"),
  };
}

export function environmentWithoutOwn() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(PULUMI|AWS)_/.test(key)),
  );
}
