// Where the time of an operation goes: a real one, with Node's profiler in its processes.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { join } from "node:path";
import { duration, startProgress } from "../running/progress.mjs";
import { expectDone } from "./measure";
import { people } from "./people";
import type { Usage } from "./processTree";
import { createProject } from "./project";
import type { Service } from "./service";
import { withoutCheckpoints } from "./stage";
import { operationTitles, variants } from "./variants";

export interface Profile extends Pick<Usage, "cpuByRole"> {
  readonly n: number;
  readonly operation: "up" | "preview";
  /** The profiler's own cost included. */
  readonly seconds: number;
  readonly processes: readonly ProcessProfile[];
}

interface ProcessProfile {
  readonly process: "program" | "provider";
  /** Seconds from its start to its end. */
  readonly lifetime: number;
  /** Seconds by what they were spent on. */
  readonly shares: Readonly<Record<string, number>>;
}

/** What `profile/record.cjs` writes. */
interface CpuProfile extends Profiler.Profile {
  readonly script: string;
  readonly samples: number[];
  readonly timeDeltas: number[];
}

/** What code belongs to, by its file; the first that matches. */
const owners: readonly (readonly [RegExp, string])[] = [
  [/\/dist\/client\/(awsSdk|credentials|configuredRegion)\.js/, "AWS SDK"],
  [/node_modules\/(typescript|ts-node)\//, "TypeScript"],
  [/node_modules\/(@grpc|google-protobuf|protobufjs|@protobufjs|long)\//, "gRPC and protobuf"],
  [/node_modules\/@pulumi\/pulumi\/proto\//, "gRPC and protobuf"],
  [/node_modules\/@pulumi\//, "Pulumi's SDK"],
  [/\/dist\/(provider|service)\//, "pulumi-codestar"],
  [/node_modules\//, "other packages"],
];

/** What a frame that the profiler made up stands for. */
const special = new Map([
  ["(idle)", "waiting"],
  ["(garbage collector)", "garbage collection"],
  ["(program)", "Node"],
]);

/** A first up, or a no-op preview. */
export async function profileOperation(
  operation: "up" | "preview",
  n: number,
  service: Service,
  log: (line: string) => void,
): Promise<Profile> {
  const title = `Profile of ${operationTitles[operation]}, N = ${n}`;
  const progress = startProgress(title);
  const { region } = variants.ours;
  await service.reset(region);
  const project = await createProject("ours", { people: people(n), url: service.url, region });
  const folder = join(project.folder, "profiles");
  mkdirSync(folder);
  const recorder = JSON.stringify(join(__dirname, "profile/record.cjs"));
  const env = { NODE_OPTIONS: `--require ${recorder}`, BENCH_PROFILES: folder };
  try {
    if (operation === "preview") {
      await expectDone(project.command("up", withoutCheckpoints), service);
    }
    const { seconds, cpuByRole } = await expectDone(project.command(operation, { env }), service);
    const processes = readdirSync(folder).flatMap((file) =>
      summarize(JSON.parse(readFileSync(join(folder, file), "utf8"))),
    );
    const lines = processes.map(({ process, lifetime, shares }) => {
      const parts = Object.entries(shares).map(([what, time]) => `${what} ${time.toFixed(2)}`);
      return `\n  ${process}, ${lifetime.toFixed(2)} s: ${parts.join(", ")}`;
    });
    log(`${title} (${duration(progress.stop())})${lines.join("")}`);
    return { n, operation, seconds, ...(cpuByRole && { cpuByRole }), processes };
  } finally {
    progress.stop();
    project.remove();
  }
}

/** Nothing of a process that is neither the program nor the provider. */
function summarize(profile: CpuProfile): ProcessProfile[] {
  const { script, nodes, startTime, endTime, samples, timeDeltas } = profile;
  const [, command] = script.replaceAll("\\", "/").match(/@pulumi\/pulumi\/cmd\/([\w-]+)/) ?? [];
  if (command !== "run" && command !== "dynamic-provider") return [];
  const purposes = purposesOf(nodes);
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const purpose = purposes.get(id) ?? "Node";
    times.set(purpose, (times.get(purpose) ?? 0) + (timeDeltas[index] ?? 0) / 1e6);
  }
  return [
    {
      process: command === "run" ? "program" : "provider",
      lifetime: (endTime - startTime) / 1e6,
      shares: Object.fromEntries([...times].sort(([, a], [, b]) => b - a)),
    },
  ];
}

/** What each frame of a profile is for. */
function purposesOf(nodes: readonly Profiler.ProfileNode[]): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, string>();
  const open = nodes.slice(0, 1).map((node) => ({ node, inherited: "Node", wasLoading: false }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, inherited, wasLoading } = next;
    const url = node.callFrame.url.replaceAll("\\", "/");
    const owner = owners.find(([file]) => file.test(url))?.[1] ?? inherited;
    const loading = wasLoading || url.startsWith("node:internal/modules/");
    const own = special.get(node.callFrame.functionName);
    found.set(node.id, own ?? (loading ? `loading ${owner}` : owner));
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) open.push({ node: child, inherited: owner, wasLoading: loading });
    }
  }
  return found;
}
