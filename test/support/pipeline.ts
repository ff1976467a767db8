import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { parse } from "yaml";
import { openStore } from "../../service/store/open";
import { RosterFolder } from "./rosterFiles";

const repository = resolve(__dirname, "../..");
const command = join(repository, "dist/cli/main.js");

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PipelineOutcome {
  readonly ok: boolean;
  /** The exit status of the last script. */
  readonly status: number;
  readonly output: string;
  /** The calls of `gh` and `curl`, which are stood in for, a line each. */
  readonly calls: readonly string[];
}

/**
 * A checkout of examples/gitops, whose scripts are run as a runner would; the
 * profiles are in a file there.
 */
export class Pipeline {
  readonly #folder = new RosterFolder();
  readonly path = this.#folder.path;
  readonly #calls = join(this.path, "calls.log");
  /** What the stood-in `gh` answers when it is asked for comments and issues. */
  answers: { comment?: string; issue?: string } = {};
  endpoint = "file:profiles.db";

  constructor() {
    assert.ok(existsSync(command), "dist/cli/main.js is missing: npm run build");
    cpSync(join(repository, "examples/gitops"), this.path, {
      recursive: true,
      filter: (path) => !/node_modules|\.db/.test(path),
    });
    mkdirSync(join(this.path, "bin"));
    this.#program("npx", `shift 3; exec "${process.execPath}" "${command}" "$@"`);
    this.#program("gh", `echo "gh $*" >> "${this.#calls}"; ${answer}`);
    this.#program("curl", `echo "curl $*" >> "${this.#calls}"`);
  }

  write(files: Readonly<Record<string, string>>): void {
    this.#folder.write(files);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  remove(): void {
    this.#folder.remove();
  }

  /**
   * Makes the profiles those that the roster declares, but for the changes: by
   * user name, null for nobody.
   */
  async live(changes: Readonly<Record<string, object | null>> = {}): Promise<void> {
    const { roster } = this.#folder.load("rosters");
    const store = await openStore(`file:${join(this.path, "profiles.db")}`);
    const times = { createdAt: 1_700_000_000_000, modifiedAt: 1_700_000_000_000 };
    for (const { userArn, displayName, emailAddress, sshPublicKey = "" } of roster.people) {
      const change = changes[userArn.slice(userArn.lastIndexOf("/") + 1)];
      if (change === null) continue;
      const profile = { userArn, displayName, emailAddress, sshPublicKey, ...times, ...change };
      await store.create("eu-central-1", profile);
    }
    await store.close();
  }

  /**
   * Runs the scripts of a job of a GitHub workflow, each if its condition
   * holds, up to one that fails.
   */
  github(file: string, job: string): PipelineOutcome {
    const { jobs } = parse(this.read(`.github/workflows/${file}`));
    const steps: Step[] = jobs[job].steps;
    const outputs = new Map<string, string>();
    let output = "";
    let status = 0;
    for (const { run, id, env = {}, ...step } of steps) {
      if (run === undefined || run === "npm ci" || !holds(step.if, outputs)) continue;
      this.write({ "outputs.txt": "" });
      const script = this.#script(run, Object.keys(env), ["-e"]);
      output += script.output;
      status = script.status;
      if (status !== 0) break;
      for (const [, name, value] of this.read("outputs.txt").matchAll(/^(\w+)=(.*)$/gm)) {
        outputs.set(`steps.${id}.outputs.${name}`, value!);
      }
    }
    return { ok: status === 0, status, output, calls: this.#takeCalls() };
  }

  /** Runs the script of a job of .gitlab-ci.yml. */
  gitlab(job: string): PipelineOutcome {
    const script: string[] = parse(this.read(".gitlab-ci.yml"))[job].script;
    const { status, output } = this.#script(script.join("\n"), [], ["-e", "-o", "pipefail"]);
    return { ok: status === 0, status, output, calls: this.#takeCalls() };
  }

  #script(script: string, names: readonly string[], options: readonly string[]) {
    this.write({ "step.sh": script });
    const { status, stdout, stderr } = spawnSync("bash", [...options, "step.sh"], {
      cwd: this.path,
      encoding: "utf8",
      env: {
        ...Object.fromEntries(names.map((name) => [name, "1"])),
        PATH: `${join(this.path, "bin")}${delimiter}${process.env.PATH}`,
        HOME: this.path,
        AWS_EC2_METADATA_DISABLED: "true",
        CODESTAR_ENDPOINT: this.endpoint,
        COMMENT: this.answers.comment ?? "",
        ISSUE: this.answers.issue ?? "",
        GITHUB_REPOSITORY: "example/codestar-profiles",
        GITHUB_OUTPUT: "outputs.txt",
        GITHUB_STEP_SUMMARY: "summary.md",
        CI_API_V4_URL: "https://gitlab.example.com/api/v4",
        CI_PROJECT_ID: "7",
        CI_MERGE_REQUEST_IID: "1",
        GITLAB_TOKEN: "token",
      },
    });
    return { status: status ?? 1, output: stdout + stderr };
  }

  #takeCalls(): string[] {
    if (!existsSync(this.#calls)) return [];
    const calls = readFileSync(this.#calls, "utf8").trimEnd().split("\n");
    writeFileSync(this.#calls, "");
    return calls.filter((call) => call !== "");
  }

  #program(name: string, script: string): void {
    const path = join(this.path, "bin", name);
    writeFileSync(path, `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(path, 0o755);
  }
}

const answer =
  'case "$1 $2" in "api --paginate") echo "$COMMENT" ;; "issue list") echo "$ISSUE" ;; esac';

/** A step's condition, of the one form that the workflows have. */
function holds(condition: string | undefined, outputs: ReadonlyMap<string, string>): boolean {
  if (condition === undefined) return true;
  const [, name, value] = /^(\S+) == '(\w+)'$/.exec(condition) ?? [];
  assert.ok(name, `the condition ${condition} is of a form that is not known here`);
  return outputs.get(name) === value;
}
