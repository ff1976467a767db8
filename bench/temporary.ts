// Folders that are gone when the benchmark is, also when it is interrupted.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onInterrupt } from "../running/interruption.mjs";

export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = fs.mkdtempSync(join(tmpdir(), "pulumi-codestar-bench-"));
  const clear = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const forget = onInterrupt(clear);
  process.once("exit", clear);
  return {
    folder,
    remove() {
      forget();
      process.off("exit", clear);
      clear();
    },
  };
}
