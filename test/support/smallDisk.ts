import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { skipUnless } from "./skip";

export interface SmallDisk {
  readonly path: string;
  /** Takes up all room, but for `bytes`. */
  fill(bytes?: number): void;
  /** Gives the room back. */
  empty(): void;
  remove(): void;
}

/**
 * A file system of so many KiB below the folder; skips the test, and says so,
 * where none can be mounted.
 */
export function smallDisk(context: Mocha.Context, folder: string, kibibytes: number): SmallDisk {
  const path = join(folder, "small-disk");
  mkdirSync(path);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", path]);
  if (mounted.status !== 0) rmdirSync(path);
  skipUnless(context, mounted.status === 0, "only root on Linux can mount a small file system");
  const ballast = join(path, "ballast");
  return {
    path,
    fill(bytes = 0) {
      try {
        // More than there is room for: as much as fits is written.
        writeFileSync(ballast, Buffer.alloc(kibibytes * 1024));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
      if (bytes > 0) {
        const { size } = statSync(ballast);
        spawnSync("truncate", ["--size", String(Math.max(0, size - bytes)), ballast]);
      }
    },
    empty: () => spawnSync("rm", ["--force", ballast]),
    remove() {
      spawnSync("umount", ["--lazy", path]);
      rmdirSync(path);
    },
  };
}
