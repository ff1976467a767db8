import { statSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { type Connection, connections } from "../../client/connection";
import { explain, Failure, failure, missingStore, type Situation } from "../../client/errors";
import { projectFolder } from "../../client/projectFolder";
import { readSettings, type Settings } from "../../client/settings";

/*
 * What the providers in one process share. A process belongs to one operation of the engine: a preview has
 * one, and the update that follows has another.
 */

export type Props = Record<string, unknown>;

let settings: Settings | Error | undefined;
/** A process whose first call is no check runs no program: it refreshes or destroys. */
let situation: Situation = "without program";
let connect: ((region?: string) => Promise<Connection>) | undefined;

export async function configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
  // No await before this: the host uses the provider before configure has settled. An error is kept,
  // for one thrown here would reach only the first resource.
  try {
    settings = readSettings(
      (key) => config.get(key),
      process.env,
      projectFolder(process.cwd(), process.env.PULUMI_PROJECT),
    );
  } catch (error) {
    settings = error as Error;
  }
}

/** What is wrong with the stack's settings, as a sentence. */
export function settingProblem(): string | undefined {
  return settings instanceof Error ? settings.message : undefined;
}

export function current(): Settings {
  if (settings instanceof Error) throw settings;
  // Hosts older than the configure call leave the provider with the SDK's environment alone.
  settings ??= readSettings(() => undefined, process.env, process.cwd());
  return settings;
}

/** Notes that the program runs, and in which kind of operation. */
export function noteProgram(isPreview: boolean): void {
  situation = isPreview ? "preview" : "other";
}

export async function connection(region: string | undefined): Promise<Connection> {
  if (situation === "without program" && isStoreMissing(current())) {
    throw missingStore(current(), situation);
  }
  connect ??= connections(current());
  return connect(region);
}

function isStoreMissing({ endpoint }: Settings): boolean {
  if (endpoint?.kind !== "store" || !endpoint.url.startsWith("file:")) return false;
  const path = endpoint.url.slice("file:".length).replace(/\?.*$/, "");
  return !statSync(path, { throwIfNoEntry: false })?.size;
}

/** One sentence for an error of this operation. */
export function reasonOf(error: unknown): string {
  return explain(error, current(), situation);
}

export function failed(verb: string, userArn: string, error: unknown): Failure {
  if (settings instanceof Error)
    return new Failure(`${verb} CodeStar user profile ${userArn}`, settings.message);
  return failure(verb, userArn, error, current(), situation);
}

/** The engine prints the value of a property that a failure names, secret or not: the reason names it. */
export function refuse(...reasons: string[]): pulumi.dynamic.CheckResult {
  return { failures: reasons.map((reason) => ({ property: "", reason })) };
}

export function withoutNulls(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== null));
}
