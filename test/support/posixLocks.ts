import { readFileSync, statSync } from "node:fs";

/** How many POSIX locks this process holds on the file, by the kernel's own count. Linux only. */
export function posixLocksOn(file: string): number {
  const inode = String(statSync(file).ino);
  return readFileSync("/proc/locks", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, kind, , , pid, where]) => {
      const ours = kind === "POSIX" && pid === String(process.pid);
      return ours && where?.split(":").at(-1) === inode;
    }).length;
}
