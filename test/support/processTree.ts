import { execFileSync } from "node:child_process";

/** Kills a process and all that it started, at once and without a chance to tidy up. */
export function killTree(root: number): void {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [pid: number, parent: number]);
  const below = (pid: number): number[] =>
    table.flatMap(([child, parent]) => (parent === pid ? [child, ...below(child)] : []));
  for (const pid of [root, ...below(root)]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
