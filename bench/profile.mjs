// Where the time of an operation goes: a real one, with Node's profiler in its processes.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { duration, startProgress } from "../running/progress.mjs";
import { measure } from "./measure.mjs";
import { people } from "./people.mjs";
import { createProject } from "./project.mjs";
import { withoutCheckpoints } from "./stage.mjs";
import { operationTitles, variants } from "./variants.mjs";

/**
 * @typedef {object} Profile
 * @property {number} n
 * @property {"up" | "preview"} operation
 * @property {number} seconds The profiler's own cost included.
 * @property {import("./processTree.mjs").Usage["cpuByRole"]} [cpuByRole]
 * @property {ProcessProfile[]} processes
 *
 * @typedef {object} ProcessProfile
 * @property {"program" | "provider"} process
 * @property {number} lifetime Seconds from its start to its end.
 * @property {Record<string, number>} shares Seconds by what they were spent on.
 *
 * @typedef {object} Frame
 * @property {number} id
 * @property {{ functionName: string; url: string }} callFrame
 * @property {number[]} [children]
 *
 * @typedef {object} CpuProfile
 * @property {string} script
 * @property {Frame[]} nodes
 * @property {number} startTime In microseconds.
 * @property {number} endTime
 * @property {number[]} samples
 * @property {number[]} timeDeltas
 */

/** What code belongs to, by its file; the first that matches. @type {[RegExp, string][]} */
const owners = [
  [/\/dist\/client\/(awsSdk|credentials|configuredRegion)\.js/, "AWS SDK"],
  [/node_modules\/(typescript|ts-node)\//, "TypeScript"],
  [/node_modules\/(@grpc|google-protobuf|protobufjs|@protobufjs|long)\//, "gRPC and protobuf"],
  [/node_modules\/@pulumi\/pulumi\/proto\//, "gRPC and protobuf"],
  [/node_modules\/@pulumi\//, "Pulumi's SDK"],
  [/\/dist\/(provider|service)\//, "pulumi-codestar"],
  [/node_modules\//, "other packages"],
];

/**
 * @param {"up" | "preview"} operation A first up, or a no-op preview.
 * @param {number} n
 * @param {import("./service.mjs").Service} service
 * @param {(line: string) => void} log
 * @returns {Promise<Profile>}
 */
export async function profileOperation(operation, n, service, log) {
  const title = `Profile of ${operationTitles[operation]}, N = ${n}`;
  const progress = startProgress(title);
  const { region } = variants.ours;
  await service.pace({});
  await service.fill(region, []);
  const project = await createProject({
    program: "ours",
    people: people(n),
    url: service.url,
    region,
  });
  const folder = join(project.folder, "profiles");
  mkdirSync(folder);
  try {
    if (operation === "preview") {
      const deployed = await measure(project.command("up", { env: withoutCheckpoints }), service);
      if (deployed.outcome !== "done") throw new Error(deployed.output);
    }
    const recorder = fileURLToPath(new URL("profile/record.cjs", import.meta.url));
    const env = {
      NODE_OPTIONS: `--require ${JSON.stringify(recorder)}`,
      BENCH_PROFILES: folder,
    };
    const { outcome, output, seconds, cpuByRole } = await measure(
      project.command(operation, { env }),
      service,
    );
    if (outcome !== "done") throw new Error(output);
    const processes = readdirSync(folder)
      .map((file) => summarize(JSON.parse(readFileSync(join(folder, file), "utf8"))))
      .filter((profile) => profile !== undefined);
    log(`${title} (${duration(progress.stop())})`);
    for (const { process, lifetime, shares } of processes) {
      const parts = Object.entries(shares).map(([what, time]) => `${what} ${time.toFixed(2)}`);
      log(`  ${process}, ${lifetime.toFixed(2)} s: ${parts.join(", ")}`);
    }
    return { n, operation, seconds, ...(cpuByRole && { cpuByRole }), processes };
  } finally {
    progress.stop();
    project.remove();
  }
}

/** @param {CpuProfile} profile @returns {ProcessProfile | undefined} */
function summarize({ script, nodes, startTime, endTime, samples, timeDeltas }) {
  const [, command] = script.replaceAll("\\", "/").match(/@pulumi\/pulumi\/cmd\/([\w-]+)/) ?? [];
  if (command !== "run" && command !== "dynamic-provider") return undefined;
  const what = purposes(nodes);
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const [index, id] of samples.entries()) {
    const purpose = what.get(id) ?? "Node";
    times.set(purpose, (times.get(purpose) ?? 0) + (timeDeltas[index] ?? 0) / 1e6);
  }
  return {
    process: command === "run" ? "program" : "provider",
    lifetime: (endTime - startTime) / 1e6,
    shares: Object.fromEntries([...times].sort(([, a], [, b]) => b - a)),
  };
}

/** What each frame of a profile is for. @param {readonly Frame[]} nodes */
function purposes(nodes) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** @type {Map<number, string>} */
  const found = new Map();
  const [root] = nodes;
  /** @type {[id: number, owner: string, loading: boolean][]} */
  const open = root ? [[root.id, "Node", false]] : [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, inherited, wasLoading] = next;
    const { callFrame, children = [] } = /** @type {Frame} */ (byId.get(id));
    const url = callFrame.url.replaceAll("\\", "/");
    const owner = owners.find(([file]) => file.test(url))?.[1] ?? inherited;
    const loading = wasLoading || url.startsWith("node:internal/modules/");
    found.set(id, special.get(callFrame.functionName) ?? (loading ? `loading ${owner}` : owner));
    for (const child of children) open.push([child, owner, loading]);
  }
  return found;
}

const special = new Map([
  ["(idle)", "waiting"],
  ["(garbage collector)", "garbage collection"],
  ["(program)", "Node"],
]);
