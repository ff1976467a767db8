// How soon the provider answers in a new process, and what it loads for that.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../running/children.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { measure } from "./measure.mjs";
import { median } from "./median.mjs";
import { people } from "./people.mjs";
import { createProject, environmentWithoutOwn } from "./project.mjs";
import { withoutCheckpoints } from "./stage.mjs";
import { variants } from "./variants.mjs";

/**
 * @typedef {object} Readiness Times in milliseconds, medians.
 * @property {number} runs
 * @property {number} bare Node by itself, from start to exit.
 * @property {number} offBeyondBare Drift off: the same with the provider answering its first check, less Node by itself.
 * @property {number} offInside Drift off: from before the module is loaded to the answer.
 * @property {number} onInside Drift on: the same, with the first read of live profiles.
 * @property {boolean} sdkLoadedUnasked Whether the SDK was loaded by a check with drift off, or before any check.
 * @property {string[]} sdkLoadedWithDriftOff Processes of a no-op preview that load the SDK; there should be none.
 * @property {string[]} sdkLoadedWithDriftOn Should be the provider alone.
 */

const file = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`readiness/${name}`, import.meta.url));

/**
 * @param {number} runs
 * @param {import("./service.mjs").Service} service
 * @param {(line: string) => void} log
 * @returns {Promise<Readiness>}
 */
export async function measureReadiness(runs, service, log) {
  const progress = startProgress("Readiness of the provider");
  const { region } = variants.ours;
  await service.pace({});
  await service.fill(region, []);
  /** @type {{ bare: number[]; beyond: number[]; off: number[]; on: number[] }} */
  const times = { bare: [], beyond: [], off: [], on: [] };
  let sdkLoadedUnasked = false;
  for (let round = 0; round < runs; round++) {
    progress.update(`${round + 1} of ${runs}`);
    const bare = await node([file("bare.cjs")]);
    const off = await firstCheck("off");
    const on = await firstCheck("on");
    sdkLoadedUnasked ||= off.loadedAfter || on.loadedBefore;
    times.bare.push(bare.milliseconds);
    times.beyond.push(off.process - bare.milliseconds);
    times.off.push(off.milliseconds);
    times.on.push(on.milliseconds);
  }
  const loaded = await loadedInPreviews();
  const result = {
    runs,
    bare: median(times.bare),
    offBeyondBare: median(times.beyond),
    offInside: median(times.off),
    onInside: median(times.on),
    sdkLoadedUnasked,
    ...loaded,
  };
  log(
    `Readiness of the provider (${duration(progress.stop())})\n` +
      `  first check ${Math.round(result.offBeyondBare)} ms beyond Node by itself; with drift on ${Math.round(result.onInside)} ms`,
  );
  return result;

  /** @param {"on" | "off"} drift */
  async function firstCheck(drift) {
    const config = {
      "aws:region": region,
      "codestar:endpoint": service.url,
      "codestar:drift": drift,
    };
    const { name: _name, ...person } = people(1)[0] ?? {};
    const { milliseconds, stdout } = await node([
      file("provider.cjs"),
      JSON.stringify(config),
      JSON.stringify(person),
    ]);
    return { process: milliseconds, ...JSON.parse(stdout) };
  }

  async function loadedInPreviews() {
    const project = await createProject({
      program: "ours",
      people: people(3),
      url: service.url,
      region,
    });
    const notes = join(project.folder, "notes");
    const env = {
      NODE_OPTIONS: `--require ${JSON.stringify(file("noteSdk.cjs"))}`,
      BENCH_SDK_NOTES: notes,
    };
    try {
      await expectDone(project.command("up", { env: withoutCheckpoints }));
      const preview = async (/** @type {string} */ drift) => {
        project.configure({ "codestar:drift": drift });
        rmSync(notes, { force: true });
        await expectDone(project.command("preview", { env }));
        const scripts = existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : [];
        return [...new Set(scripts.map((script) => script.replace(/^.*node_modules\//, "")))];
      };
      return {
        sdkLoadedWithDriftOff: await preview("off"),
        sdkLoadedWithDriftOn: await preview("on"),
      };
    } finally {
      project.remove();
    }
  }

  /** @param {import("./measure.mjs").Command} command */
  async function expectDone(command) {
    const { outcome, output } = await measure(command, service);
    if (outcome !== "done") throw new Error(output);
  }
}

/** @param {string[]} args */
async function node(args) {
  const begun = performance.now();
  const { code, stdout, stderr } = await run(process.execPath, args, {
    env: environmentWithoutOwn(),
  });
  if (code !== 0) throw new Error(stderr);
  return { milliseconds: performance.now() - begun, stdout };
}
