// What Pulumi programs in other languages need besides the CLI:
//   YAML    its language host
//   Python  its language host, and an environment with Pulumi's package
//   SDKs    the generator of SDKs from a schema
// `node tools/languages.mjs` obtains them and says what there is. Needs nothing but Node.js.
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { prepared, preparedPython, succeed } from "../running/prepared.mjs";
import { startProgress } from "../running/progress.mjs";
import { executable, findOnPath } from "../running/pulumi-cli/executables.mjs";
import {
  engineModule,
  goBuild,
  goEnv,
  goLines,
  languageHostModule,
  sdkModule,
} from "../running/pulumi-cli/goBuild.mjs";

/**
 * @typedef {import("../running/prepared.mjs").Shown} Shown
 * @typedef {{ program: string; missing?: undefined }} Found
 * @typedef {{ missing: string; program?: undefined }} Missing Why there is none, as a clause.
 */

const yamlVersion = "1.25.0";
/** The last that publishes its language hosts; it works with the new engine. */
const hostVersion = "3.68.0";
const generatorVersion = "3.274.1";
const pythonVersion = "3.272.0";

/**
 * Pulumi's language host for YAML: on the PATH, or built from its Go module.
 * @returns {Promise<Found | Missing>}
 */
export function obtainYamlHost() {
  const name = "pulumi-language-yaml";
  return built(name, yamlVersion, async (go, folder, shown) => {
    const source = `github.com/pulumi/pulumi-yaml/cmd/${name}@v${yamlVersion}`;
    await succeed(go, ["install", "-v", "-trimpath", source], {
      env: { ...process.env, ...goEnv, GOBIN: folder, GOFLAGS: "" },
      onLine: (line) => shown.update(line.replace(/^go: /, "")),
    });
  });
}

/**
 * Pulumi's language host for Python: on the PATH, or built from Go modules.
 * @returns {Promise<Found | Missing>}
 */
export function obtainPythonHost() {
  const name = "pulumi-language-python";
  return built(name, hostVersion, async (go, folder, shown) => {
    const source = `${sdkModule}/python/cmd/${name}`;
    const target = join(folder, executable(name));
    await goBuild({ go, folder: languageHostModule, source, target, shown });
    // What the host runs is a script beside it.
    const list = ["list", "-m", "-f", "{{.Dir}}", sdkModule];
    const [sdk = ""] = await goLines(go, languageHostModule, list);
    const script = join(folder, `${name}-exec`);
    fs.copyFileSync(join(sdk, `python/cmd/${name}-exec`), script);
    fs.chmodSync(script, 0o755);
  });
}

/** The generator of SDKs, built from Go modules. @returns {Promise<Found | Missing>} */
export function obtainSdkGenerator() {
  const name = "generate-sdk";
  return built(name, generatorVersion, (go, folder, shown) =>
    goBuild({
      go,
      folder: engineModule,
      source: "./generate-sdk",
      target: join(folder, executable(name)),
      shown,
    }),
  );
}

/**
 * The Python of an environment that has Pulumi's package.
 *
 * @returns {Promise<Found | Missing>}
 */
export function obtainPulumiPython() {
  return preparedPython({
    name: "pulumi-python",
    version: pythonVersion,
    packages: [`pulumi==${pythonVersion}`, "setuptools==80.9.0"],
    look: async (program) => ({ program }),
  });
}

/**
 * An executable that Go builds, once for all processes of the user.
 *
 * @param {string} name
 * @param {string} version
 * @param {(go: string, folder: string, shown: Shown) => Promise<void>} build
 * @returns {Promise<Found | Missing>}
 */
async function built(name, version, build) {
  const own = findOnPath(name);
  if (own !== undefined) return { program: own };
  return prepared({
    name,
    version,
    async look(folder) {
      const program = join(folder, executable(name));
      return fs.existsSync(program) ? { program } : undefined;
    },
    async fill(folder, shown) {
      const go = findOnPath("go");
      if (go === undefined) throw new Error("neither it nor Go is on the PATH");
      await build(go, folder, shown);
    },
  });
}

/**
 * Writes the SDK of a schema.
 * @param {"python" | "go"} language
 * @param {string} schema
 * @param {string} folder
 */
export async function generateSdk(language, schema, folder) {
  const { program, missing } = await obtainSdkGenerator();
  if (program === undefined) throw new Error(missing);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(dirname(folder), { recursive: true });
  await promisify(execFile)(program, [language, schema, folder]);
  if (language === "go") fs.writeFileSync(join(folder, "go.mod"), goSdkModule);
}

/**
 * The generator leaves it to who publishes. A program that uses the SDK pins what the
 * module needs by checksum.
 */
const goSdkModule = `module github.com/pulumi-codestar/pulumi-codestar/sdk/go

go 1.24

require ${sdkModule} v${generatorVersion}
`;

/**
 * Builds a program whose module is in a folder.
 * @param {string} folder
 * @param {string} target
 * @returns {Promise<Found | Missing>}
 */
export async function buildGoProgram(folder, target) {
  const go = findOnPath("go");
  if (go === undefined) return { missing: "Go is not on the PATH" };
  const shown = startProgress("Building a program in Go");
  try {
    // What cannot be had is a reason to do without; what does not compile is a mistake.
    const obstacle = await goLines(go, folder, ["mod", "download"]).then(
      () => undefined,
      (/** @type {Error} */ { message }) => message,
    );
    if (obstacle !== undefined) return { missing: `its modules are not there: ${obstacle}` };
    await goBuild({ go, folder, source: ".", target, shown });
    return { program: target };
  } finally {
    shown.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const obtain of [obtainYamlHost, obtainPythonHost, obtainPulumiPython, obtainSdkGenerator]) {
    const { program, missing } = await obtain();
    console.log(program ?? `missing: ${missing}`);
  }
}
