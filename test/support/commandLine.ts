import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const main = join(__dirname, "../../dist/cli/main.js");

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `codestar-profiles`, as built, in the folder. */
export async function codestarProfiles(
  folder: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  assert.ok(existsSync(main), "dist/cli/main.js is missing: npm run build");
  const child = spawn(process.execPath, [main, ...argv], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    // Nothing of the machine's own AWS settings.
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: "true",
      ...env,
    },
  });
  const [[status], out, err] = await Promise.all([
    once(child, "exit"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status: status as number, out, err };
}
