import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { killTree } from "./processTree";

const repository = resolve(__dirname, "../..");

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for asserting what a user saw. */
  readonly output: string;
}

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
  readonly oldState?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/** Name, arguments and options of a CodeStarUserProfile. */
export type Declaration = [
  name: string,
  args: Record<string, unknown>,
  opts?: Record<string, unknown>,
];

/** A whole Pulumi project in a folder of its own, with its own state, driven by the real CLI. */
export interface Project {
  readonly folder: string;
  /** Of every call of the CLI. */
  readonly environment: NodeJS.ProcessEnv;
  /** Declares just these profiles. */
  declare(...profiles: Declaration[]): void;
  /** Writes the program, a CommonJS module; `CodeStarUserProfile` and `pulumi` are in scope. */
  program(text: string): void;
  config(settings: Record<string, string>): void;
  /** Runs the CLI and throws unless it exits with 0. */
  pulumi(...args: string[]): Promise<Run>;
  /** Runs the CLI, whatever its exit code. */
  attempt(...args: string[]): Promise<Run>;
  up(...args: string[]): Promise<Run>;
  /** Runs the CLI and kills it, with the program and the provider, once the promise settles. */
  killed(when: Promise<unknown>, ...args: string[]): Promise<void>;
  /** The steps that a preview plans for profiles, those that change nothing left out. */
  plan(...args: string[]): Promise<Step[]>;
  /** What the state holds of profiles. */
  state(): StateResource[];
  stateText(): string;
  output(name: string): unknown;
  remove(): void;
}

/** In which form the provider's scenarios run: `CODESTAR_TEST_FORM=native` for the plugin. */
export const form = process.env.CODESTAR_TEST_FORM === "native" ? "native" : "dynamic";

const profileType = {
  dynamic: "pulumi-nodejs:dynamic/codestar:CodeStarUserProfile",
  native: "codestar:index:UserProfile",
}[form];

/** What the engine calls a profile and a roster. */
export const named = {
  dynamic: { profile: "CodeStarUserProfile", roster: "CodeStarRoster" },
  native: { profile: "UserProfile", roster: "Roster" },
}[form];

/** What a program has in scope. */
const preamble = {
  dynamic: 'const { CodeStarUserProfile, ...codestar } = require("pulumi-codestar");',
  native:
    'const { UserProfile: CodeStarUserProfile, Roster: CodeStarRoster } = require("pulumi-codestar/native");' +
    '\nconst codestar = { ...require("pulumi-codestar"), CodeStarRoster };',
}[form];

/** Lets the project find the plugin as `plugins:` in Pulumi.yaml does. */
export function installPlugin({ folder }: { folder: string }): void {
  if (existsSync(join(folder, "plugin"))) return;
  mkdirSync(join(folder, "plugin"));
  const main = join(repository, "dist/provider/native/main.js");
  const script = `#!/usr/bin/env node\nrequire(${JSON.stringify(main)});\n`;
  writeFileSync(join(folder, "plugin/pulumi-resource-codestar"), script, { mode: 0o755 });
  const plugins = "plugins:\n  providers:\n    - name: codestar\n      path: ./plugin\n";
  appendFileSync(join(folder, "Pulumi.yaml"), plugins);
}

export async function createProject(
  settings: Record<string, string> = {},
  path: readonly string[] = [],
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-codestar-"));
  const environment = await cliEnvironment(folder, path);
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "name": "test", "main": "index.js" }\n');
  writeFileSync(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  const statePath = join(folder, ".pulumi/stacks/test/dev.json");
  const resources = (): StateResource[] =>
    JSON.parse(readFileSync(statePath, "utf8")).checkpoint.latest?.resources ?? [];

  const project: Project = {
    folder,
    environment,
    declare(...profiles) {
      project.program(
        `for (const [name, args, opts] of ${JSON.stringify(profiles)}) new CodeStarUserProfile(name, args, opts);`,
      );
    },
    program(text) {
      writeFileSync(
        join(folder, "index.js"),
        `const pulumi = require("@pulumi/pulumi");\n${preamble}\n${text}\n`,
      );
    },
    config(more) {
      const all: Record<string, string> = { "aws:region": "us-east-1", ...settings, ...more };
      // Settings of another name space do not reach a plugin.
      if (form === "native") all["codestar:region"] ??= all["aws:region"]!;
      const lines = Object.entries(all).map(
        ([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`,
      );
      writeFileSync(join(folder, "Pulumi.dev.yaml"), `config:\n${lines.join("")}`);
    },
    async pulumi(...args) {
      const run = await project.attempt(...args);
      if (run.code !== 0) {
        throw new Error(`pulumi ${args.join(" ")} exited with ${run.code}:\n${run.output}`);
      }
      return run;
    },
    attempt: (...args) =>
      execute("pulumi", [...args, "--non-interactive", "--color", "never"], folder, environment),
    up: (...args) => project.pulumi("up", "--yes", "--skip-preview", ...args),
    async killed(when, ...args) {
      const child = spawn("pulumi", [...args, "--non-interactive"], {
        cwd: folder,
        env: environment,
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.on("close", resolve));
      await Promise.race([when, ended]);
      killTree(child.pid!);
      await ended;
      // What the CLI itself asks for after a crash: the lock is still there.
      await project.attempt("cancel", "--yes");
    },
    async plan(...args) {
      const { stdout } = await project.pulumi("preview", "--json", ...args);
      const { steps = [] } = JSON.parse(stdout) as { steps?: Step[] };
      return steps.filter(
        ({ op, urn }) => !["same", "refresh"].includes(op) && urn.includes(profileType),
      );
    },
    state: () => resources().filter(({ type }) => type === profileType),
    stateText: () => readFileSync(statePath, "utf8"),
    output: (name) => resources().find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs[name],
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  if (form === "native") installPlugin(project);
  project.config({});
  await project.pulumi("stack", "init", "dev");
  return project;
}

/** The environment of the CLI: nothing of the user's own Pulumi or AWS set-up takes part. */
async function cliEnvironment(folder: string, path: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const { obtainPulumi } = await importModule<{
    obtainPulumi(options: object): Promise<{ directory: string; env: NodeJS.ProcessEnv }>;
  }>(pathToFileURL(join(repository, "running/pulumiCli.mjs")).href);
  const { directory, env } = await obtainPulumi({});
  const own = Object.entries(process.env).filter(([key]) => !/^(PULUMI|AWS)_/.test(key));
  return {
    ...Object.fromEntries(own),
    ...env,
    PATH: [directory, ...path, process.env.PATH].join(delimiter),
    // Where a Python program of the project has packages of its own.
    PYTHONPATH: join(folder, "packages"),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_HOME: join(tmpdir(), "pulumi-codestar-home"),
    PULUMI_STACK: "dev",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "aws-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "aws-credentials"),
  };
}

// TypeScript would turn a plain import() into a require, which cannot load ES modules on Node 20.
const importModule = new Function("path", "return import(path)") as <T>(path: string) => Promise<T>;

function execute(
  command: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? -1, stdout, stderr, output: stdout + stderr });
    });
  });
}
