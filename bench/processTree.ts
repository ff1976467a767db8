// What a command and everything that it starts take of the machine.
import { readdirSync, readFileSync } from "node:fs";

/**
 * The variable by which the processes of a run are recognized: a child inherits it,
 * whatever group it moves to.
 */
export const markerName = "BENCH_RUN";

/**
 * Milliseconds between two looks. What a process uses after the last one before its end is missed.
 */
const interval = 50;

/**
 * Linux counts processor time in hundredths of a second for whoever reads /proc, and
 * memory in pages of 4 KiB.
 */
const ticksPerSecond = 100;
const pageBytes = 4096;

/**
 * How often a process is looked at before it counts as none of ours: right after a fork it still
 * has another's environment.
 */
const patience = 3;

export interface Usage {
  /** User and system time. */
  readonly cpuSeconds?: number;
  /** Resident sets of one moment, added up. */
  readonly peakBytes?: number;
}

/**
 * Watches the processes whose environment carries the marker. On systems other than
 * Linux nothing is measured.
 */
export function watchTree(marker: string) {
  const entry = `${markerName}=${marker}`;
  /** Processor time in ticks, by process. */
  const members = new Map<string, number>();
  /** How often a process was looked at in vain. */
  const strangers = new Map<string, number>();
  let peakPages = 0;

  const carriesMarker = (pid: string) => read(pid, "environ").split("\0").includes(entry);
  const joins = (pid: string) => {
    const seen = strangers.get(pid) ?? 0;
    if (seen >= patience) return false;
    if (carriesMarker(pid)) return true;
    strangers.set(pid, seen + 1);
    return false;
  };
  const look = () => {
    let pages = 0;
    for (const pid of readdirSync("/proc")) {
      if (!/^\d/.test(pid) || (!members.has(pid) && !joins(pid))) continue;
      const stat = read(pid, "stat");
      if (stat === "") continue;
      // The name of the program, in parentheses, may hold anything.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      members.set(pid, Number(fields[11]) + Number(fields[12]));
      pages += Number(fields[21]);
    }
    peakPages = Math.max(peakPages, pages);
  };

  const timer = process.platform === "linux" ? setInterval(look, interval) : undefined;
  return {
    stop(): Usage {
      if (timer === undefined) return {};
      clearInterval(timer);
      const ticks = [...members.values()].reduce((sum, own) => sum + own, 0);
      return { cpuSeconds: ticks / ticksPerSecond, peakBytes: peakPages * pageBytes };
    },
    /** Ends what a run that was cut short has left behind. */
    end(): void {
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

/** What the system tells of a process; nothing once it has ended. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
