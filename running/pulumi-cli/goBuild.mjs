// The CLI built from Pulumi's own Go modules. The two modules beside this file pin every package by
// checksum: engine the CLI itself language-host the host for Node.js programs; later releases do
// not publish it as a Go module, and the old one works with the new engine Go keeps downloads and
// compiled packages in its own caches, so that a second build takes seconds.
import * as fs from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../children.mjs";
import { dynamicProvider, engine, executable, findOnPath, languageHost } from "./executables.mjs";

export const engineModule = fileURLToPath(new URL("engine", import.meta.url));
export const languageHostModule = fileURLToPath(new URL("language-host", import.meta.url));
const enginePackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const languageHostPackage = "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs";
export const sdkModule = "github.com/pulumi/pulumi/sdk/v3";

/** Settings of the user's that would change what is built. */
export const goEnv = { GOWORK: "off", CGO_ENABLED: "0", GOOS: "", GOARCH: "" };

/**
 * Builds into `root/bin`.
 *
 * @param {{ root: string; version: string; progress: typeof import("../progress.mjs").startProgress }} options
 * @returns {Promise<string | undefined>} Why it did not work; undefined when it did.
 */
export async function buildFromGo({ root, version, progress }) {
  const go = findOnPath("go");
  if (go === undefined) return "Go is not on the PATH";
  const bin = join(root, "bin");
  fs.mkdirSync(bin, { recursive: true });
  const shown = progress(`Building the Pulumi CLI ${version} with Go`);
  try {
    const flags = `-s -w -X ${sdkModule}/go/common/version.Version=v${version}`;
    for (const [folder, name, source] of /** @type {const} */ ([
      [languageHostModule, languageHost, languageHostPackage],
      [engineModule, engine, enginePackage],
    ])) {
      await goBuild({ go, folder, source, flags, target: join(bin, executable(name)), shown });
    }
    const [sdk = ""] = await goLines(go, engineModule, ["list", "-m", "-f", "{{.Dir}}", sdkModule]);
    copyLauncher(join(sdk, "nodejs", "dist"), bin);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    shown.stop();
  }
}

/**
 * Builds one executable of the packages that a module pins.
 *
 * @param {object} options
 * @param {string} options.go
 * @param {string} options.folder The module's.
 * @param {string} options.source The package.
 * @param {string} options.target
 * @param {string} [options.flags] For the linker.
 * @param {{ update(line: string): void }} options.shown
 */
export async function goBuild({ go, folder, source, target, flags = "-s -w", shown }) {
  const name = basename(target);
  shown.update(`looking at the sources of ${name}`);
  const packages = await goLines(go, folder, ["list", "-mod=readonly", "-deps", source], (line) =>
    shown.update(line.replace(/^go: /, "")),
  );
  let built = 0;
  await goLines(
    go,
    folder,
    // biome-ignore format: one flag with its value to a line
    [
      "build", "-v", "-trimpath", "-mod=readonly", "-buildvcs=false",
      "-ldflags", flags,
      "-o", target,
      source,
    ],
    (line) => {
      built += 1;
      shown.update(`${name}: package ${built} of at most ${packages.length}, ${line}`);
    },
  );
}

/**
 * Runs Go and returns the lines it prints.
 *
 * @param {string} go
 * @param {string} cwd
 * @param {readonly string[]} args
 * @param {(line: string) => void} [onProgress] Called with each line of standard error.
 */
export async function goLines(go, cwd, args, onProgress) {
  const outcome = await run(go, args, {
    cwd,
    env: { ...process.env, ...goEnv },
    onLine: (line, source) => source === "stderr" && onProgress?.(line),
  });
  if (outcome.code !== 0) throw new Error(`go ${args[0]} failed: ${complaint(outcome.stderr)}`);
  return outcome.stdout.split("\n").filter((line) => line !== "");
}

/**
 * What Go says is wrong: the last line that is neither a download nor the name of a package.
 *
 * @param {string} stderr
 */
function complaint(stderr) {
  const lines = stderr.split("\n").filter((line) => line.includes(": ") || line.includes(" "));
  return (
    lines
      .filter((line) => !line.startsWith("go: downloading"))
      .at(-1)
      ?.trim() ?? "no message"
  );
}

/**
 * The launcher is a script in Pulumi's SDK. Go's module cache is read-only, the copy must not be.
 *
 * @param {string} from
 * @param {string} bin
 */
function copyLauncher(from, bin) {
  const name = process.platform === "win32" ? `${dynamicProvider}.cmd` : dynamicProvider;
  const target = join(bin, name);
  fs.copyFileSync(join(from, name), target);
  fs.chmodSync(target, 0o755);
}
