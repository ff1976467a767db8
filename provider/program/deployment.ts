import * as pulumi from "@pulumi/pulumi";
import { type Connection, connections } from "../../client/connection";
import { projectFolder } from "../../client/projectFolder";
import { readSettings, refuseUnknownSettings, type Settings } from "../../client/settings";
import type { Claim } from "./claim";
import { type Recorded, readRecorded } from "./recorded";
import { runError } from "./runError";

/** What belongs to one deployment of one stack; a process may run several. */
export interface Deployment {
  readonly settings: Settings;
  /** Where relative paths start. */
  readonly folder: string;
  /**
   * Whether mocks stand in for the engine: they have no state, and are asked nothing that
   * the program does not ask.
   */
  readonly isMocked: boolean;
  /** Every profile that the program declares, known or not. */
  readonly claims: Claim[];
  /** Those that are known, by what makes a profile. */
  readonly claimed: Map<string, Claim>;
  /** What the stack's state held before, asked for once. */
  readonly recorded: () => Promise<Recorded | undefined>;
  readonly connection: (region?: string) => Promise<Connection>;
}

const deployments = new WeakMap<object, Deployment>();

/**
 * The deployment that the program runs in.
 * @throws pulumi.RunError, which the engine prints as one sentence, when a setting
 * is misspelt or malformed.
 */
export function deployment(): Deployment {
  // Each deployment, and each set of mocks in a unit test, has a monitor of its own.
  const monitor: object = pulumi.runtime.getMonitor() ?? deployments;
  let here = deployments.get(monitor);
  if (here === undefined) {
    const folder = projectFolder(process.cwd(), pulumi.getProject());
    const settings = programSettings(folder);
    const isMocked = "mocks" in monitor;
    let recorded: Promise<Recorded | undefined> | undefined;
    here = {
      settings,
      folder,
      isMocked,
      claims: [],
      claimed: new Map(),
      recorded: async () => {
        recorded ??= isMocked ? Promise.resolve(undefined) : readRecorded(folder);
        return recorded;
      },
      connection: connections(settings),
    };
    deployments.set(monitor, here);
  }
  return here;
}

function programSettings(folder: string): Settings {
  const config = pulumi.runtime.allConfig();
  try {
    refuseUnknownSettings(Object.keys(config));
    return readSettings((key) => config[key], process.env, folder);
  } catch (error) {
    throw runError((error as Error).message);
  }
}
