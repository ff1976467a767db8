// npm run package:plugin [FOLDER]: the native plugin as one archive,
// pulumi-resource-codestar-vVERSION-OS-ARCH.tar.gz, for
// `pulumi plugin install resource codestar VERSION --file …`. It needs Node.js on the
// PATH and nothing installed.
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { arch, argv, platform } from "node:process";
import * as esbuild from "esbuild";
import { repository } from "../running/repository.mjs";
import { licences, packageFolder } from "./bundle.mjs";

const require = createRequire(import.meta.url);
const { version } = require("../package.json");

/**
 * Not in the archive: stores that need packages of their own, and what the AWS SDK does without.
 */
const absent = ["postgres", "@aws-sdk/client-dynamodb", "@aws-sdk/signature-v4-crt"];

/** Has a compiled part, so it is copied as it is, with what it needs on this platform. */
const copied = "libsql";

/** @type {esbuild.Plugin} */
const fromPulumi = {
  name: "packages of Pulumi",
  setup(build) {
    build.onLoad({ filter: /provider[/\\]native[/\\]proto\.js$/ }, ({ path }) => ({
      contents: fs
        .readFileSync(path, "utf8")
        .replace(/^const fromPulumi = .*$/m, "")
        .replaceAll("fromPulumi(", "require("),
      resolveDir: dirname(require.resolve("@pulumi/pulumi/package.json")),
    }));
  },
};

const stage = fs.mkdtempSync(join(tmpdir(), "codestar-plugin-"));
try {
  const { metafile } = await esbuild.build({
    absWorkingDir: repository,
    entryPoints: ["dist/provider/native/main.js"],
    outfile: join(stage, "plugin.js"),
    bundle: true,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    mainFields: ["module", "main"],
    external: [copied, ...absent],
    legalComments: "none",
    logLevel: "error",
    plugins: [fromPulumi],
  });
  const folders = copiedFolders(copied);
  for (const folder of folders) {
    fs.cpSync(join(repository, folder), join(stage, folder), { recursive: true });
  }
  const bundled = Object.keys(metafile.inputs).flatMap((input) => packageFolder(input) ?? []);
  fs.writeFileSync(join(stage, "LICENSES.txt"), licences([...new Set(bundled)]));
  // What the build has bundled before.
  fs.copyFileSync(join(repository, "dist/LICENSES.txt"), join(stage, "LICENSES-aws.txt"));
  for (const name of ["LICENSE", "NOTICE"]) {
    fs.copyFileSync(join(repository, name), join(stage, name));
  }
  // On Windows the engine looks for the second, elsewhere for the first.
  const programs = {
    "pulumi-resource-codestar": '#!/usr/bin/env node\nrequire("./plugin.js");\n',
    "pulumi-resource-codestar.cmd": '@node "%~dp0plugin.js" %*\r\n',
  };
  for (const [file, text] of Object.entries(programs)) {
    fs.writeFileSync(join(stage, file), text, { mode: 0o755 });
  }
  const system = platform === "win32" ? "windows" : platform;
  const name = `pulumi-resource-codestar-v${version}-${system}-${arch === "x64" ? "amd64" : arch}.tar.gz`;
  const target = resolve(argv[2] ?? repository, name);
  execFileSync("tar", ["-czf", target, "-C", stage, "."]);
  console.log(`${target} (${(fs.statSync(target).size / 2 ** 20).toFixed(1)} MB)`);
} finally {
  fs.rmSync(stage, { recursive: true, force: true });
}

/**
 * @param {string} name
 * @returns {string[]} The folders of the package and of those that it needs, as far as they are installed.
 */
function copiedFolders(name) {
  const folder = `node_modules/${name}`;
  if (!fs.existsSync(join(repository, folder))) return [];
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    fs.readFileSync(join(repository, folder, "package.json"), "utf8"),
  );
  // Packages for both C libraries of Linux are installed; a machine has one of the two.
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  const other = header.glibcVersionRuntime === undefined ? "-gnu" : "-musl";
  const needed = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
    (needed) => !needed.endsWith(other),
  );
  return [folder, ...needed.flatMap(copiedFolders)];
}
