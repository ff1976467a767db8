// What is compared.
import { createLoop } from "./loop.mjs";
import { createProject } from "./project.mjs";

/** @typedef {"doNothing" | "barest" | "usual" | "ours" | "native" | "sdkLoop" | "awsCliLoop"} VariantId */
/** @typedef {"up" | "preview" | "drift" | "repair" | "refresh" | "destroy"} Operation */

/**
 * @typedef {object} Subject One variant at work on its people.
 * @property {(operation: Operation, more?: { args?: readonly string[]; env?: Record<string, string> }) => import("./measure.mjs").Command} command
 * @property {() => number | undefined} stateBytes
 * @property {() => Promise<void>} clear Forgets everything that was deployed.
 * @property {() => void} saveState
 * @property {() => void} restoreState
 * @property {() => void} remove
 *
 * @typedef {object} Variant
 * @property {string} title
 * @property {string} region Its profiles' own, so that the variants share one service and no profile.
 * @property {readonly Operation[]} operations
 * @property {boolean} touchesService
 * @property {(place: { people: readonly import("./people.mjs").Person[]; url: string; region: string }) => Promise<Subject>} open
 */

/** @type {readonly Operation[]} */
export const operations = ["up", "preview", "drift", "repair", "refresh", "destroy"];

/** @type {Record<Operation, string>} */
export const operationTitles = {
  up: "first up",
  preview: "no-op preview",
  drift: "preview, 1 % drifted",
  repair: "repair",
  refresh: "refresh",
  destroy: "destroy",
};

/** @type {Record<VariantId, Variant>} */
export const variants = {
  doNothing: {
    title: "do-nothing dynamic.Resource",
    region: "us-east-1",
    operations,
    touchesService: false,
    open: (place) => createProject({ ...place, program: "doNothing" }),
  },
  barest: {
    title: "the same, create and diff only",
    region: "sa-east-1",
    operations,
    touchesService: false,
    open: (place) => createProject({ ...place, program: "barest" }),
  },
  usual: {
    title: "the usual way",
    region: "us-east-2",
    operations,
    touchesService: true,
    open: (place) => createProject({ ...place, program: "usual" }),
  },
  ours: {
    title: "pulumi-codestar",
    region: "us-west-1",
    operations,
    touchesService: true,
    open: (place) => createProject({ ...place, program: "ours" }),
  },
  native: {
    title: "pulumi-codestar, native plugin",
    region: "ca-central-1",
    operations,
    touchesService: true,
    open: (place) => createProject({ ...place, program: "native" }),
  },
  sdkLoop: {
    title: "loop over the AWS SDK",
    region: "us-west-2",
    operations: operations.filter((operation) => operation !== "refresh"),
    touchesService: true,
    open: (place) => createLoop({ ...place, script: "sdk.mjs" }),
  },
  awsCliLoop: {
    title: "shell loop over the AWS CLI",
    region: "eu-west-1",
    operations: operations.filter((operation) => operation !== "refresh"),
    touchesService: true,
    open: (place) => createLoop({ ...place, script: "awsCli.sh" }),
  },
};
