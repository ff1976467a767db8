// What a roster costs: beside a resource that does nothing with the same secret map, and
// beside one resource per person.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "./machine";
import { expectDone } from "./measure";
import { people as firstPeople, type Person } from "./people";
import { createProject, type Project } from "./project";
import { count, type Verdict, verdictTable } from "./report/format";
import { startService } from "./service";
import { median } from "./statistics";

const region = "us-east-1";
const size = 10_000;
const few = 1_000;
const limit = 10 * 60_000;
const log = (line: string) => console.log(line);

/** Runs it and answers the exit code. */
export async function runRosterBenchmark(): Promise<number> {
  const service = await startService();
  const verdicts: Verdict[] = [];
  const projects: Project[] = [];

  function judge(what: string, value: number, sign: "≤" | "≥", bound: number, unit: string) {
    const met = sign === "≤" ? value <= bound : value >= bound;
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
    verdicts.push({ what, target: `${sign} ${bound} ${unit}`, measured: `${shown} ${unit}`, met });
    log(`${met ? "ok  " : "MISS"} ${what}: ${shown} ${unit} (${sign} ${bound})`);
  }
  async function open(program: string, people: readonly Person[], endpoint: string) {
    const project = await createProject(program, { people, url: service.url, region });
    projects.push(project);
    project.configure({ "codestar:endpoint": endpoint });
    writeRoster(project, people);
    return project;
  }
  async function timed(title: string, project: Project, operation: "up" | "preview" | "repair") {
    const run = await expectDone(project.command(operation), service, limit);
    log(`  ${title}: ${run.seconds.toFixed(1)} s`);
    return run;
  }

  try {
    const people = firstPeople(size);
    log(`A roster of ${count(size)} on the embedded store`);
    const seconds = { floorUp: [], ourUp: [], floorPreview: [], ourPreview: [] } as Record<
      "floorUp" | "ourUp" | "floorPreview" | "ourPreview",
      number[]
    >;
    let bytes = 0;
    for (let round = 0; round < 2; round++) {
      const floor = await open("doNothingRoster", people, service.url);
      const ours = await open("roster", people, "file:profiles.db");
      seconds.floorUp.push((await timed("floor, first up", floor, "up")).seconds);
      seconds.ourUp.push((await timed("roster, first up", ours, "up")).seconds);
      for (let again = 0; again < 3; again++) {
        seconds.floorPreview.push((await timed("floor, preview", floor, "preview")).seconds);
        seconds.ourPreview.push((await timed("roster, preview", ours, "preview")).seconds);
      }
      bytes = ours.stateBytes() / size;
    }
    const beside = (ours: readonly number[], floor: readonly number[]) =>
      median(ours) / median(floor);
    const up = beside(seconds.ourUp, seconds.floorUp);
    const preview = beside(seconds.ourPreview, seconds.floorPreview);
    judge("First up of 10,000", up, "≤", 1.5, "× the floor");
    judge("No-op preview of 10,000", preview, "≤", 1.15, "× the floor");
    judge("State", bytes, "≤", 650, "bytes a person");

    log("The same over HTTP, calls counted");
    const counted = await open("roster", people, service.url);
    await service.fill(region, people);
    await timed("taking over what is there and equal", counted, "up");
    const { reads } = await timed("preview", counted, "preview");
    judge("Read calls of a preview", reads, "≤", Math.ceil(size / 100) + 2, "calls");
    writeRoster(
      counted,
      people.map((person, index) => (index === 0 ? { ...person, displayName: "Another" } : person)),
    );
    const { writes } = await timed("one changed person", counted, "repair");
    judge("Writes for one changed person", writes, "≤", 1, "calls");

    log(`${count(few)} people, one resource each`);
    const each = await open("ours", people.slice(0, few), "file:profiles.db");
    const together = await open("roster", people.slice(0, few), "file:profiles.db");
    const apart = await timed("a resource each, first up", each, "up");
    const joined = await timed("one roster, first up", together, "up");
    const faster = apart.seconds / joined.seconds;
    judge("First up of 1,000", faster, "≥", 10, "× faster than a resource each");
  } finally {
    for (const project of projects) project.remove();
    service.stop();
  }
  await write(verdicts);
  return verdicts.every(({ met }) => met) ? 0 : 1;
}

function writeRoster({ folder }: Project, everyone: readonly Person[]): void {
  const entries = everyone.map(({ name: _name, userArn, ...fields }) => [userArn, fields]);
  const people = Object.fromEntries(entries);
  writeFileSync(join(folder, "roster.json"), JSON.stringify({ region, people }));
}

async function write(verdicts: readonly Verdict[]): Promise<void> {
  const machine = await describeMachine();
  const text = `# Rosters

${machine.cores} cores, ${machine.system}, Node.js ${machine.node}, Pulumi CLI ${machine.pulumiCli}. The floor is a dynamic
resource with the same secret map that does nothing. Times are medians, in alternation.

${verdictTable(verdicts)}
`;
  const folder = join(__dirname, "results/roster");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.md"), text);
  const json = JSON.stringify({ machine, verdicts }, undefined, 1);
  writeFileSync(join(folder, "results.json"), `${json}\n`);
}
