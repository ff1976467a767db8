// What is compared.
import { createLoop } from "./loop";
import type { Command } from "./measure";
import type { Person } from "./people";
import { createProject } from "./project";

export const operationTitles = {
  up: "first up",
  preview: "no-op preview",
  drift: "preview, 1 % drifted",
  repair: "repair",
  refresh: "refresh",
  destroy: "destroy",
};
export type Operation = keyof typeof operationTitles;
export const operations = Object.keys(operationTitles) as Operation[];

/** What is special about a command. */
export interface Special {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
}

export interface Place {
  readonly people: readonly Person[];
  /** The service's. */
  readonly url: string;
  readonly region: string;
}

/** One variant at work on its people. */
export interface Subject {
  command(operation: Operation, more?: Special): Command;
  stateBytes(): number | undefined;
  /** Forgets everything that was deployed. */
  clear(): Promise<void>;
  saveState(): void;
  restoreState(): void;
  remove(): void;
}

interface Variant {
  readonly title: string;
  /** Its profiles' own, so that the variants share one service and no profile. */
  readonly region: string;
  readonly operations: readonly Operation[];
  readonly touchesService: boolean;
  open(place: Place): Promise<Subject>;
}

const program = (name: string, region: string, title: string, touchesService = true): Variant => ({
  title,
  region,
  operations,
  touchesService,
  open: (place) => createProject(name, place),
});

const loop = (script: "sdk.mjs" | "awsCli.sh", region: string, title: string): Variant => ({
  title,
  region,
  operations: operations.filter((operation) => operation !== "refresh"),
  touchesService: true,
  open: (place) => createLoop(script, place),
});

export const variants = {
  doNothing: program("doNothing", "us-east-1", "do-nothing dynamic.Resource", false),
  barest: program("barest", "sa-east-1", "the same, create and diff only", false),
  usual: program("usual", "us-east-2", "the usual way"),
  ours: program("ours", "us-west-1", "pulumi-codestar"),
  native: program("native", "ca-central-1", "pulumi-codestar, native plugin"),
  sdkLoop: loop("sdk.mjs", "us-west-2", "loop over the AWS SDK"),
  awsCliLoop: loop("awsCli.sh", "eu-west-1", "shell loop over the AWS CLI"),
};
export type VariantId = keyof typeof variants;
export const variantIds = Object.keys(variants) as VariantId[];
