// How soon the provider answers in a new process, and what it loads for that.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../running/children.mjs";
import { duration, startProgress } from "../running/progress.mjs";
import { environmentWithoutOwn } from "./environment";
import { expectDone } from "./measure";
import { people } from "./people";
import { createProject } from "./project";
import type { Service } from "./service";
import { withoutCheckpoints } from "./stage";
import { median } from "./statistics";
import { variants } from "./variants";

/** Times in milliseconds, medians. */
export interface Readiness {
  readonly runs: number;
  /** Node by itself, from start to exit. */
  readonly bare: number;
  /** Drift off: the same with the provider answering its first check, less Node by itself. */
  readonly offBeyondBare: number;
  /** Drift off: from before the module is loaded to the answer. */
  readonly offInside: number;
  /** Drift on: the same, with the first read of live profiles. */
  readonly onInside: number;
  /** Whether the SDK was loaded by a check with drift off, or before any check. */
  readonly sdkLoadedUnasked: boolean;
  /** Processes of a no-op preview that load the SDK; there should be none. */
  readonly sdkLoadedWithDriftOff: readonly string[];
  /** Should be the provider alone. */
  readonly sdkLoadedWithDriftOn: readonly string[];
}

/** What `readiness/provider.cjs` prints. */
interface FirstCheck {
  readonly milliseconds: number;
  readonly loadedBefore: boolean;
  readonly loadedAfter: boolean;
}

const { region } = variants.ours;
const file = (name: string) => join(__dirname, "readiness", name);

export async function measureReadiness(
  runs: number,
  service: Service,
  log: (line: string) => void,
): Promise<Readiness> {
  const progress = startProgress("Readiness of the provider");
  await service.reset(region);
  const bare: number[] = [];
  const beyond: number[] = [];
  const off: number[] = [];
  const on: number[] = [];
  let sdkLoadedUnasked = false;
  for (let round = 0; round < runs; round++) {
    progress.update(`${round + 1} of ${runs}`);
    const alone = await node([file("bare.cjs")]);
    const without = await firstCheck("off", service);
    const reading = await firstCheck("on", service);
    sdkLoadedUnasked ||= without.loadedAfter || reading.loadedBefore;
    bare.push(alone.process);
    beyond.push(without.process - alone.process);
    off.push(without.milliseconds);
    on.push(reading.milliseconds);
  }
  const result = {
    runs,
    bare: median(bare),
    offBeyondBare: median(beyond),
    offInside: median(off),
    onInside: median(on),
    sdkLoadedUnasked,
    ...(await loadedInPreviews(service)),
  };
  log(
    `Readiness of the provider (${duration(progress.stop())})\n` +
      `  first check ${Math.round(result.offBeyondBare)} ms beyond Node by itself; with drift on ${Math.round(result.onInside)} ms`,
  );
  return result;
}

async function firstCheck(drift: "on" | "off", { url }: Service) {
  const config = { "aws:region": region, "codestar:endpoint": url, "codestar:drift": drift };
  const { name: _name, ...person } = people(1)[0] ?? {};
  const args = [file("provider.cjs"), JSON.stringify(config), JSON.stringify(person)];
  const { process, stdout } = await node(args);
  return { process, ...(JSON.parse(stdout) as FirstCheck) };
}

async function loadedInPreviews(service: Service) {
  const project = await createProject("ours", { people: people(3), url: service.url, region });
  const notes = join(project.folder, "notes");
  const env = {
    NODE_OPTIONS: `--require ${JSON.stringify(file("noteSdk.cjs"))}`,
    BENCH_SDK_NOTES: notes,
  };
  const preview = async (drift: "on" | "off") => {
    project.configure({ "codestar:drift": drift });
    rmSync(notes, { force: true });
    await expectDone(project.command("preview", { env }), service);
    const scripts = existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n") : [];
    return [...new Set(scripts.map((script) => script.replace(/^.*node_modules\//, "")))];
  };
  try {
    await expectDone(project.command("up", withoutCheckpoints), service);
    return {
      sdkLoadedWithDriftOff: await preview("off"),
      sdkLoadedWithDriftOn: await preview("on"),
    };
  } finally {
    project.remove();
  }
}

async function node(args: readonly string[]): Promise<{ process: number; stdout: string }> {
  const begun = performance.now();
  const { code, stdout, stderr } = await run(process.execPath, args, {
    env: environmentWithoutOwn(),
  });
  if (code !== 0) throw new Error(stderr);
  return { process: performance.now() - begun, stdout };
}
