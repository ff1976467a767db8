// What the two benchmarks' commands share: their arguments, what has to be there
// first, and the exit status.
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "../running/repository.mjs";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";

const require = createRequire(import.meta.url);

/**
 * Reads `--help`, `--quick` and at most one other word, and runs the benchmark.
 *
 * @param {object} command
 * @param {string} command.usage
 * @param {readonly string[]} [command.words] Those that may be given instead of `--quick`.
 * @param {(given: { quick: boolean; word: string | undefined }) => Promise<number>} command.run Answers the exit status.
 */
export async function benchCommand({ usage, words = [], run }) {
  const given = readArguments(words);
  if (given === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  if (given.help) {
    process.stdout.write(usage);
    return;
  }
  try {
    await ensureDependencies();
    await ensureBuilt();
    require("ts-node").register({ transpileOnly: true, cwd: repository });
    process.exitCode = await run(given);
  } catch (error) {
    process.stderr.write(`The benchmark failed: ${/** @type {Error} */ (error).stack}\n`);
    process.exitCode = 1;
  }
}

/**
 * A module of the benchmarks, which are in TypeScript; only within `run`.
 *
 * @param {string} path Below `bench`.
 */
export const load = (path) => require(join(repository, "bench", path));

/** @param {readonly string[]} words */
function readArguments(words) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [word, ...more] = positionals;
    const wrong = word !== undefined && (!words.includes(word) || values.quick);
    return more.length > 0 || wrong ? undefined : { ...values, word };
  } catch {
    return undefined;
  }
}
