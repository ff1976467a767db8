// What a roster costs: beside a resource that does nothing with the same secret map, and beside one resource per person.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.mjs";
import { measure } from "./measure.mjs";
import { median } from "./median.mjs";
import { people as firstPeople } from "./people.mjs";
import { createProject } from "./project.mjs";
import { verdictTable } from "./report/format.mjs";
import { startService } from "./service.mjs";

/** @typedef {import("./people.mjs").Person} Person */
/** @typedef {import("./project.mjs").Project} Project */
/** @typedef {import("./service.mjs").Service} Service */
/** @typedef {{ what: string; target: string; measured: string; met: boolean }} Verdict */

const region = "us-east-1";
const size = 10_000;
const few = 1_000;
const resultsFolder = fileURLToPath(new URL("results/roster", import.meta.url));

/** Runs it and answers the exit code. @param {{ log?: (line: string) => void }} [options] */
export async function runRosterBenchmark({ log = console.log } = {}) {
  const service = await startService();
  /** @type {Verdict[]} */
  const verdicts = [];
  const judge = (
    /** @type {string} */ what,
    /** @type {number} */ value,
    /** @type {"≤" | "≥"} */ sign,
    /** @type {number} */ limit,
    /** @type {string} */ unit,
  ) => {
    const met = sign === "≤" ? value <= limit : value >= limit;
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(2);
    verdicts.push({ what, target: `${sign} ${limit} ${unit}`, measured: `${shown} ${unit}`, met });
    log(`${met ? "ok  " : "MISS"} ${what}: ${shown} ${unit} (${sign} ${limit})`);
  };
  /** @type {Project[]} */
  const projects = [];
  const open = async (
    /** @type {string} */ program,
    /** @type {Person[]} */ people,
    /** @type {string} */ endpoint,
  ) => {
    const project = await createProject({ program, people, url: service.url, region });
    projects.push(project);
    project.configure({ "codestar:endpoint": endpoint });
    writeRoster(project, people);
    return project;
  };
  const timed = async (
    /** @type {string} */ title,
    /** @type {Project} */ project,
    /** @type {"up" | "preview" | "repair"} */ operation,
  ) => {
    const run = await measure(project.command(operation), service, 10 * 60_000);
    if (run.outcome !== "done") throw new Error(`${title}: ${run.outcome}\n${run.output}`);
    log(`  ${title}: ${run.seconds.toFixed(1)} s`);
    return run;
  };

  try {
    const people = firstPeople(size);
    log(`A roster of ${size.toLocaleString("en")} on the embedded store`);
    const seconds = {
      floorUp: /** @type {number[]} */ ([]),
      ourUp: /** @type {number[]} */ ([]),
      floorPreview: /** @type {number[]} */ ([]),
      ourPreview: /** @type {number[]} */ ([]),
    };
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
    judge(
      "First up of 10,000",
      median(seconds.ourUp) / median(seconds.floorUp),
      "≤",
      1.5,
      "× the floor",
    );
    judge(
      "No-op preview of 10,000",
      median(seconds.ourPreview) / median(seconds.floorPreview),
      "≤",
      1.15,
      "× the floor",
    );
    judge("State", bytes, "≤", 650, "bytes a person");

    log("The same over HTTP, calls counted");
    const counted = await open("roster", people, service.url);
    await service.fill(region, people);
    await timed("taking over what is there and equal", counted, "up");
    const preview = await timed("preview", counted, "preview");
    judge("Read calls of a preview", preview.reads, "≤", Math.ceil(size / 100) + 2, "calls");
    writeRoster(counted, [
      { .../** @type {Person} */ (people[0]), displayName: "Another" },
      ...people.slice(1),
    ]);
    const one = await timed("one changed person", counted, "repair");
    judge("Writes for one changed person", one.writes, "≤", 1, "calls");

    log(`${few.toLocaleString("en")} people, one resource each`);
    const each = await open("ours", people.slice(0, few), "file:profiles.db");
    const together = await open("roster", people.slice(0, few), "file:profiles.db");
    const apart = await timed("a resource each, first up", each, "up");
    const joined = await timed("one roster, first up", together, "up");
    judge(
      "First up of 1,000",
      apart.seconds / joined.seconds,
      "≥",
      10,
      "× faster than a resource each",
    );
  } finally {
    for (const project of projects) project.remove();
    service.stop();
  }
  await write(verdicts);
  return verdicts.every(({ met }) => met) ? 0 : 1;
}

/** @param {Project} project @param {readonly Person[]} people */
function writeRoster(project, people) {
  const entries = people.map(({ name: _name, userArn, ...fields }) => [userArn, fields]);
  writeFileSync(
    join(project.folder, "roster.json"),
    JSON.stringify({ region, people: Object.fromEntries(entries) }),
  );
}

/** @param {readonly Verdict[]} verdicts */
async function write(verdicts) {
  const machine = await describeMachine();
  const text = `# Rosters

${machine.cores} cores, ${machine.system}, Node.js ${machine.node}, Pulumi CLI ${machine.pulumiCli}. The floor is a dynamic
resource with the same secret map that does nothing. Times are medians, in alternation.

${verdictTable(verdicts)}
`;
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, "results.md"), text);
  writeFileSync(
    join(resultsFolder, "results.json"),
    `${JSON.stringify({ machine, verdicts }, undefined, 1)}\n`,
  );
}
