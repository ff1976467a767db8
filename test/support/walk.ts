import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { codestarProfiles } from "./commandLine";
import { repository } from "./imports";
import type { Project } from "./pulumi";
import { type ServeProcess, startServe } from "./serveProcess";

/**
 * A reader's steps: a file, whose name stands alone above its content; the server; requests to it;
 * and commands with lines of what they print.
 */
const step =
  /^`(?<file>[\w./-]+)`:\n\n```\w+\n(?<content>[\s\S]*?)^```|^```sh\nnpx --no -- codestar-profiles serve (?<serve>.*)\n```|^```sh\n(?<request>curl [\s\S]*?)```|^```console\n(?<session>[\s\S]*?)^```/gm;

/** A command that fails says so, or with which status where that is of use. */
const command = /^\$ (?<line>.*?)(?: +# (?:exits with (?<status>\d+)|(?<fails>fails)))?$/;

/**
 * Takes the steps of a page one after another, as it shows them. A line that is shown must be in
 * what is printed; what Pulumi adds at its end may be left out on the page.
 * @returns how many commands were run.
 */
export async function walk(page: string, project: Project): Promise<number> {
  let server: ServeProcess | undefined;
  let commands = 0;
  try {
    for (const { groups = {} } of page.matchAll(step)) {
      const { file, content, serve, request, session } = groups;
      if (file !== undefined) write(join(project.folder, file), here(content!, server));
      if (serve !== undefined) server = await startServe(project.folder, serve.split(" "));
      if (request !== undefined) send(request, server, project.folder);
      let printed = "";
      for (const line of session?.trimEnd().split("\n") ?? []) {
        const called = command.exec(line)?.groups;
        if (called === undefined) {
          const isPrinted = printed.split("\n").some((one) => one.includes(line.trim()));
          assert.ok(isPrinted, `${line}\nis not in\n${printed}`);
          continue;
        }
        const { status, output } = await run(called.line!, project);
        const isRight = called.fails ? status !== 0 : status === Number(called.status ?? 0);
        assert.ok(isRight, `${line}\nexited with ${status}\n${output}`);
        printed = output;
        commands++;
      }
    }
  } finally {
    await server?.terminate();
  }
  return commands;
}

/** A page's server has a port of its own. */
function here(text: string, server: ServeProcess | undefined): string {
  return server === undefined ? text : text.replaceAll("http://127.0.0.1:4600", server.url);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

async function run(line: string, project: Project): Promise<{ status: number; output: string }> {
  const { env: settings } = /^set -a; \. \.\/(?<env>\S+); set \+a$/.exec(line)?.groups ?? {};
  if (settings !== undefined) {
    const text = readFileSync(join(project.folder, settings), "utf8");
    Object.assign(project.environment, parseEnv(text));
    return { status: 0, output: "" };
  }
  const words = line.split(" ");
  if (words[0] === "pulumi") {
    const { code, output } = await project.attempt(...words.slice(1));
    return { status: code, output };
  }
  if (line.startsWith("npx --no -- mocha ")) {
    const mocha = join(repository, "node_modules/mocha/bin/mocha.js");
    const args = ["--no-config", ...line.split(" ").slice(4)];
    const { PATH } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [mocha, ...args], {
      cwd: project.folder,
      encoding: "utf8",
      env: { PATH },
    });
    return { status: status ?? -1, output: stdout + stderr };
  }
  const own = "npx --no -- codestar-profiles ";
  assert.ok(line.startsWith(own), `${line}: no command that a page may show`);
  const [called, file] = line.slice(own.length).split(" > ");
  const { status, out, err } = await codestarProfiles(project.folder, called!.split(" "));
  if (file === undefined) return { status, output: out + err };
  write(join(project.folder, file), out);
  return { status, output: err };
}

function send(request: string, server: ServeProcess | undefined, cwd: string): void {
  assert.ok(server, "the page starts a server before it is asked");
  const quiet = here(request, server).replaceAll(/^curl /gm, "curl --silent --show-error --fail ");
  const { status, stderr } = spawnSync("sh", ["-euc", quiet], { cwd, encoding: "utf8" });
  assert.equal(status, 0, stderr);
}
