import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as codestar from "../../../provider";
import { declareProgram } from "./declareProgram";
import { turn } from "./network";
import type { Program } from "./program";

export type Props = Record<string, unknown>;

/** What a program asks the engine for. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Props;
  /** The URN of the provider instance; `""` for the default one. */
  readonly provider: string;
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
}

export interface Registered {
  readonly id: string;
  readonly outputs: Props;
}

/** What the engine answers to `pulumi:pulumi:readStackResourceOutputs`. */
export type StackOutputs = Record<string, { readonly type: string; readonly outputs: Props }>;

export interface ProgramOptions {
  readonly preview: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly stackOutputs: () => StackOutputs;
}

const rosterFolder = mkdtempSync(join(tmpdir(), "codestar-programs-"));
process.on("exit", () => rmSync(rosterFolder, { recursive: true, force: true }));

/**
 * Runs the package's own resource classes as a deployment of its own, and hands what they register
 * to the engine. All of these deployments share the package's modules, as the Automation API's do.
 * A registration that is never answered is one of an engine that gave up.
 * @returns once the program has ended and everything it registered is answered.
 * @throws what the program throws.
 */
export async function runProgram(
  program: Program,
  { preview, config, stackOutputs }: ProgramOptions,
  register: (registration: Registration) => Promise<Registered>,
): Promise<void> {
  const unused = () => {
    throw new Error("everything goes to the engine");
  };
  await pulumi.runtime.setMocks(
    { newResource: unused, call: unused },
    "test",
    "dev",
    preview,
    "organization",
  );
  pulumi.runtime.setAllConfig(config);
  const monitor = pulumi.runtime.getMonitor()!;
  // What is left is no set of mocks.
  Reflect.deleteProperty(monitor, "mocks");
  const registered = new Set<string>();
  Object.assign(monitor, {
    invoke(request: { getTok(): string }, answer: (error: null, response: unknown) => void) {
      assert.equal(request.getTok(), "pulumi:pulumi:readStackResourceOutputs");
      const made = new provider.InvokeResponse();
      made.setReturn(structs.Struct.fromJavaScript({ outputs: stackOutputs() }));
      answer(null, made);
    },
    registerResource(request: Request, answer: (error: null, response: unknown) => void) {
      const [type, name] = [request.getType(), request.getName()];
      const urn = `urn:pulumi:dev::test::${type}::${name}`;
      registered.add(name);
      void register({
        urn,
        type,
        name,
        inputs: unwrapped(request.getObject().toJavaScript()) as Props,
        provider: request.getProvider().split("::").slice(0, -1).join("::"),
        dependencies: request.getDependenciesList(),
        ignoreChanges: request.getIgnorechangesList(),
      }).then(({ id, outputs }) => {
        answer(null, response(urn, id, outputs));
      });
    },
  });
  declareProgram(codestar, program, { config, rosterFolder, later });
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };
  await waitForRPCs();
  // What is thrown where nobody waits ends a real program.
  for (const { name } of program) assert.ok(registered.has(name), `${name} was not registered`);
}

interface Request {
  getType(): string;
  getName(): string;
  getProvider(): string;
  getObject(): { toJavaScript(): unknown };
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
}

/** A program whose engine gave up waits for ever; the SDK would fail this process for that. */
export function forgetProgram(): void {
  promises.leakedPromises();
}

async function later(): Promise<void> {
  for (let turns = 0; turns < 40; turns++) await turn();
}

const secretMark = "4dabf18193072939515e22adb298388d";

/** The engine gives a provider that takes no secrets their values in clear. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, secretMark)) return unwrapped((value as { value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner)]));
}

const structs = require("google-protobuf/google/protobuf/struct_pb") as {
  Struct: { fromJavaScript(value: object): unknown };
};
const provider = require("@pulumi/pulumi/proto/provider_pb") as {
  InvokeResponse: new () => { setReturn(value: unknown): void };
};
const promises = require("@pulumi/pulumi/runtime/debuggable") as { leakedPromises(): unknown };
const messages = require("@pulumi/pulumi/proto/resource_pb") as {
  RegisterResourceResponse: new () => {
    setUrn(urn: string): void;
    setId(id: string): void;
    setObject(object: unknown): void;
  };
};

function response(urn: string, id: string, outputs: Props): unknown {
  const made = new messages.RegisterResourceResponse();
  made.setUrn(urn);
  made.setId(id);
  made.setObject(structs.Struct.fromJavaScript(outputs));
  return made;
}
