import * as pulumi from "@pulumi/pulumi";
import { type Connection, connections } from "./connection";
import { projectFolder } from "./projectFolder";
import { runError } from "./runError";
import { readSettings, refuseUnknownSettings, type Settings } from "./settings";

/** What belongs to one deployment of one stack; a process may run several. */
export interface Deployment {
  readonly settings: Settings;
  /** The name of the resource that declares a profile, by region and ARN. */
  readonly claims: Map<string, string>;
  readonly connection: (region?: string) => Promise<Connection>;
}

const deployments = new WeakMap<object, Deployment>();

/**
 * The deployment that the program runs in.
 * @throws pulumi.RunError, which the engine prints as one sentence, when a setting is misspelt or malformed.
 */
export function deployment(): Deployment {
  // Each deployment, and each set of mocks in a unit test, has a monitor of its own.
  const monitor: object = pulumi.runtime.getMonitor() ?? deployments;
  let here = deployments.get(monitor);
  if (here === undefined) {
    const settings = programSettings();
    here = { settings, claims: new Map(), connection: connections(settings) };
    deployments.set(monitor, here);
  }
  return here;
}

function programSettings(): Settings {
  const config = pulumi.runtime.allConfig();
  try {
    refuseUnknownSettings(Object.keys(config));
    return readSettings(
      (key) => config[key],
      process.env,
      projectFolder(process.cwd(), pulumi.getProject()),
    );
  } catch (error) {
    throw runError((error as Error).message);
  }
}
