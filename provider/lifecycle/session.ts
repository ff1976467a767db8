import { statSync } from "node:fs";
import { type Connection, connections } from "../../client/connection";
import { Failure } from "../../client/errors";
import { StoreMissing } from "../../client/facts";
import { projectFolder } from "../../client/projectFolder";
import { readSettings, type Settings, serviceOf } from "../../client/settings";
import type { openTransport } from "../../client/transport";
import { createDeclarations, type Declarations } from "./declarations";
import type { OtherProcesses } from "./otherProcesses";
import { explain, type Form, type Situation } from "./sentences";

/** What a provider's process has around it. */
export interface Environment {
  readonly variables: NodeJS.ProcessEnv;
  /** The working folder. */
  readonly folder: string;
  readonly others: OtherProcesses;
  readonly form?: Form;
  readonly openTransport?: typeof openTransport;
}

/**
 * What the resources of one operation of the engine share: a preview has a session,
 * the update after it another.
 */
export interface Session {
  /** Reads the settings of the stack. What is wrong with them is kept for `settingProblem`. */
  configure(get: (key: string) => unknown): void;
  /** @throws SettingError */
  settings(): Settings;
  /** What is wrong with the stack's settings, as a sentence. */
  settingProblem(): string | undefined;
  /** Notes that the program runs, and in which kind of operation. */
  noteProgram(isPreview: boolean): void;
  connection(region: string | undefined): Promise<Connection>;
  /** Whether the settings name a store in a file that is not there. */
  lacksStore(): boolean;
  /** The region of resources that name none. */
  defaultRegion(): Promise<string>;
  readonly declarations: Declarations;
  /**
   * One sentence for an error of this operation, with what was being done where the error says so.
   */
  sentenceOf(error: unknown): string;
  /** @param doing what failed, for example "deleting CodeStar user profile arn:…" */
  failure(doing: string, error: unknown): Failure;
}

export function createSession(environment: Environment): Session {
  const { variables, folder, others, form = "dynamic" } = environment;
  let settings: Settings | Error | undefined;
  /** An operation whose first call is no check runs no program: it refreshes or destroys. */
  let situation: Situation = "without program";
  let connect: ((region?: string) => Promise<Connection>) | undefined;

  const read = (get: (key: string) => unknown) =>
    readSettings(get, variables, projectFolder(folder, variables.PULUMI_PROJECT));
  const current = () => {
    if (settings instanceof Error) throw settings;
    // Hosts older than the configure call leave the provider with the SDK's environment alone.
    settings ??= read(() => undefined);
    return settings;
  };
  const reasonOf = (error: unknown) =>
    settings instanceof Error ? settings.message : explain(error, current(), situation, form);
  const connection: Session["connection"] = async (region) => {
    if (situation === "without program" && isStoreMissing(current())) {
      throw new Failure(
        "opening the store",
        explain(new StoreMissing(), current(), situation, form),
      );
    }
    connect ??= connections(current(), environment.openTransport);
    return connect(region);
  };
  return {
    // An error is kept, for one thrown here would reach only the first resource.
    configure(get) {
      try {
        settings = read(get);
      } catch (error) {
        settings = error as Error;
      }
    },
    settings: current,
    settingProblem: () => (settings instanceof Error ? settings.message : undefined),
    noteProgram(isPreview) {
      situation = isPreview ? "preview" : "other";
    },
    connection,
    lacksStore: () => isStoreMissing(current()),
    defaultRegion: async () => current().region ?? (await connection(undefined)).region,
    declarations: createDeclarations(others, () => serviceOf(current())),
    sentenceOf: (error) => (error instanceof Failure ? error.message : reasonOf(error)),
    failure: (doing, error) => new Failure(doing, reasonOf(error)),
  };
}

function isStoreMissing({ endpoint }: Settings): boolean {
  if (endpoint?.kind !== "store" || !endpoint.url.startsWith("file:")) return false;
  const path = endpoint.url.slice("file:".length).replace(/\?.*$/, "");
  return !statSync(path, { throwIfNoEntry: false })?.size;
}
