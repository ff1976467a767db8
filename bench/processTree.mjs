// What a command and everything that it starts take of the machine.
import { readdirSync, readFileSync } from "node:fs";

/** The variable by which the processes of a run are recognized: a child inherits it, whatever group it moves to. */
export const markerName = "BENCH_RUN";

/** Milliseconds between two looks. What a process uses after the last one before its end is missed. */
const interval = 50;

/** Linux counts processor time in hundredths of a second for whoever reads /proc, and memory in pages of 4 KiB. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** How often a process is looked at before it counts as none of ours: right after a fork it still has another's environment. */
const patience = 3;

/**
 * @typedef {"engine" | "program" | "provider" | "other"} Role
 *
 * @typedef {object} Usage
 * @property {number} [cpuSeconds] User and system time.
 * @property {Partial<Record<Role, number>>} [cpuByRole] The same, by what the process is to Pulumi.
 * @property {number} [peakBytes] Resident sets of one moment, added up.
 */

/**
 * Watches the processes whose environment carries the marker. On systems other than Linux nothing is measured.
 *
 * @param {string} marker
 */
export function watchTree(marker) {
  const entry = `${markerName}=${marker}`;
  /** Processor time in ticks, by process. @type {Map<string, { ticks: number; role: Role }>} */
  const members = new Map();
  /** @type {Map<string, number>} How often a process was looked at in vain. */
  const strangers = new Map();
  let peakPages = 0;

  const look = () => {
    let pages = 0;
    for (const pid of readdirSync("/proc")) {
      if (!/^\d/.test(pid)) continue;
      if (!members.has(pid) && !joins(pid)) continue;
      const stat = read(`/proc/${pid}/stat`);
      if (stat === undefined) continue;
      // The name of the program, in parentheses, may hold anything.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const known = members.get(pid)?.role ?? "other";
      // A process has another command line before it becomes what it is, and none once it has ended.
      const role = known === "other" ? roleOf(pid) : known;
      members.set(pid, { ticks: Number(fields[11]) + Number(fields[12]), role });
      pages += Number(fields[21]);
    }
    peakPages = Math.max(peakPages, pages);
  };

  /** @param {string} pid */
  const carriesMarker = (pid) => read(`/proc/${pid}/environ`)?.split("\0").includes(entry) === true;

  /** @param {string} pid */
  const joins = (pid) => {
    const seen = strangers.get(pid) ?? 0;
    if (seen >= patience) return false;
    if (carriesMarker(pid)) return true;
    strangers.set(pid, seen + 1);
    return false;
  };

  const timer = process.platform === "linux" ? setInterval(look, interval) : undefined;
  return {
    /** @returns {Usage} */
    stop() {
      if (timer === undefined) return {};
      clearInterval(timer);
      /** @type {Partial<Record<Role, number>>} */
      const cpuByRole = {};
      let sum = 0;
      for (const { ticks, role } of members.values()) {
        cpuByRole[role] = ((cpuByRole[role] ?? 0) * ticksPerSecond + ticks) / ticksPerSecond;
        sum += ticks;
      }
      return { cpuSeconds: sum / ticksPerSecond, cpuByRole, peakBytes: peakPages * pageBytes };
    },
    /** Ends what a run that was cut short has left behind. */
    end() {
      for (const pid of members.keys()) {
        if (!carriesMarker(pid)) continue;
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // It has ended by itself.
        }
      }
    },
  };
}

/** @param {string} pid @returns {Role} */
function roleOf(pid) {
  const [program = "", ...args] = (read(`/proc/${pid}/cmdline`) ?? "").split("\0");
  if (/(^|\/)pulumi$/.test(program)) return "engine";
  const script = args.find((arg) => arg.includes("@pulumi/pulumi/cmd/"));
  if (script === undefined) return "other";
  return script.includes("cmd/dynamic-provider") ? "provider" : "program";
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}
