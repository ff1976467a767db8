import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ts from "typescript";
import type { Operation, Reply } from "../../../client/transport";
import { createProject, type Project, type Run } from "../pulumi";
import type { Options, Outcome, Problem, StateResource } from "./engine";
import type { LiveProfiles } from "./liveProfiles";
import type { Program } from "./program";
import type { Props } from "./programRun";
import { type Stack, urnOf } from "./world";

/**
 * The real CLI with a project of its own, over profiles that are served on a free loopback port.
 */
export class RealEngine implements Stack {
  state: readonly StateResource[] = [];
  #program: Program = [];

  readonly #project: Project;
  readonly #service: Service;

  private constructor(project: Project, service: Service) {
    this.#project = project;
    this.#service = service;
  }

  static async start(profiles: LiveProfiles): Promise<RealEngine> {
    const service = await Service.start(profiles);
    const project = await createProject({ "codestar:endpoint": service.url });
    const source = readFileSync(join(__dirname, "declareProgram.ts"), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(project.folder, "declareProgram.js"), outputText);
    return new RealEngine(project, service);
  }

  async close(): Promise<void> {
    this.#project.remove();
    await this.#service.close();
  }

  async up(program: Program, options: Options, stopAfter?: number): Promise<Outcome | "killed"> {
    this.#write(program, options);
    const targets = [...(options.targets ?? [])].flatMap((urn) => ["--target", urn]);
    const refresh = options.refresh ? ["--refresh"] : [];
    return this.#change(["up", "--yes", "--skip-preview", ...targets, ...refresh], stopAfter);
  }

  async preview(program: Program, options: Options): Promise<Outcome> {
    this.#write(program, options);
    const run = await this.#project.attempt("preview", "--json");
    const planned = new Map<string, "update">();
    if (run.code !== 0) return { planned, problems: this.#problemsOf(run) };
    const { steps = [] } = JSON.parse(run.stdout) as { steps?: { op: string; urn: string }[] };
    for (const { op, urn } of steps) {
      if (op !== "same" && urn.includes("/codestar:")) planned.set(urn, "update");
    }
    return { planned, problems: [] };
  }

  refresh(options: Options): Promise<Outcome | "killed"> {
    this.#write(this.#program, options);
    return this.#change(["refresh", "--yes", "--skip-preview"], undefined);
  }

  destroy(options: Options, stopAfter?: number): Promise<Outcome | "killed"> {
    this.#write(this.#program, options);
    return this.#change(["destroy", "--yes", "--skip-preview"], stopAfter);
  }

  #write(program: Program, { config }: Options): void {
    this.#program = program;
    this.#project.config({ ...config, "codestar:endpoint": this.#service.url });
    const own = { "codestar:endpoint": this.#service.url, "aws:region": "us-east-1" };
    this.#project.program(`require("./declareProgram").declareProgram(
  codestarOf(CodeStarUserProfile, codestar),
  ${JSON.stringify(program)},
  {
    config: ${JSON.stringify(own)},
    rosterFolder: __dirname,
    later: () => new Promise((resolve) => setTimeout(resolve, 300)),
  },
);
function codestarOf(CodeStarUserProfile, codestar) { return { CodeStarUserProfile, ...codestar }; }`);
  }

  async #change(args: readonly string[], stopAfter?: number): Promise<Outcome | "killed"> {
    let outcome: Outcome | "killed" = "killed";
    if (stopAfter === undefined || stopAfter === Number.POSITIVE_INFINITY) {
      const run = await this.#project.attempt(...args);
      outcome = { planned: new Map(), problems: run.code === 0 ? [] : this.#problemsOf(run) };
    } else {
      await this.#project.killed(this.#service.after(stopAfter), ...args);
    }
    const { stdout } = await this.#project.pulumi("stack", "export", "--show-secrets");
    this.state = resourcesOf(JSON.parse(stdout));
    return outcome;
  }

  #problemsOf({ output }: Run): Problem[] {
    const problems: Problem[] = [];
    let urn = "";
    for (const line of output.split("\n")) {
      const [, name] = /^ {2}\S+ \(([\w-]+)\):/.exec(line) ?? [];
      const resource = this.#program.find((one) => one.name === name);
      if (name !== undefined) urn = resource ? urnOf(resource) : name;
      const [, message] = /^\s+error: (.*)/.exec(line) ?? [];
      if (message === undefined || /^(update|preview) failed$/.test(message)) continue;
      const isTarget = /target/.test(message);
      problems.push({ urn, during: isTarget ? "target" : "update", message });
    }
    return problems.length > 0 ? problems : [{ urn: "", during: "program", message: output }];
  }
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly type: string;
      readonly id?: string;
      readonly inputs?: Props;
      readonly outputs?: Props;
      readonly delete?: boolean;
    }[];
  };
}

function resourcesOf({ deployment }: Exported): StateResource[] {
  return (deployment.resources ?? [])
    .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/codestar:"))
    .map(({ urn, type, id = "", inputs = {}, outputs = {}, delete: isDeleted = false }) => ({
      urn,
      type,
      id,
      inputs,
      outputs: { ...outputs, people: plain(outputs.people) },
      provider: "",
      dependencies: [],
      deletePending: isDeleted,
      partlyDone: false,
    }));
}

/** An export with secrets wraps each as text. */
function plain(value: unknown): unknown {
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  return plaintext === undefined ? value : JSON.parse(plaintext);
}

/** The profiles over HTTP. */
class Service {
  readonly url: string;
  #requests = 0;
  #waiting: { count: number; resolve: () => void } | undefined;

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;

    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(profiles: LiveProfiles): Promise<Service> {
    const server = createServer(async (request, response) => {
      service.#count();
      const body = await bodyOf(request);
      const operation = String(request.headers["x-amz-target"]).split(".")[1] as Operation;
      // Credential=<key>/<date>/<region>/<service>/aws4_request
      const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(String(request.headers.authorization));
      const answer = answerOf(() => profiles.perform(operation, region?.[1] ?? "", body));
      // Lost on the way, and the client tries again.
      if (answer.isLost) return void request.socket.destroy();
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer.body));
      service.#count();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const service = new Service(server);
    return service;
  }

  /** Settles after so many requests and answers. */
  after(count: number): Promise<void> {
    this.#requests = 0;
    return new Promise((resolve) => {
      this.#waiting = { count, resolve };
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #count(): void {
    if (++this.#requests >= (this.#waiting?.count ?? Number.POSITIVE_INFINITY)) {
      this.#waiting?.resolve();
      this.#waiting = undefined;
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

function answerOf(perform: () => Reply): { status: number; body: object; isLost?: boolean } {
  try {
    const { createdTimestamp, lastModifiedTimestamp, ...reply } = perform();
    const times = Object.entries({ createdTimestamp, lastModifiedTimestamp }).flatMap(
      ([name, time]) => (time ? [[name, time.getTime() / 1000]] : []),
    );
    return { status: 200, body: { ...reply, ...Object.fromEntries(times) } };
  } catch (error) {
    const { name } = error as Error;
    return {
      status: 400,
      body: { __type: name, message: name },
      isLost: name === "TimeoutError",
    };
  }
}
