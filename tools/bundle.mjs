// The step of the build after the compiler: compiled files that use a package of `bundled` get its
// code into them, what they use of it and no more, so that nobody who installs this package
// installs those. docs/decisions/0010 says why.
import * as fs from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { sources } from "./sources.mjs";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Development dependencies whose code is published in ours. Every other package stays an import.
 */
export const bundled = [
  "@aws-sdk/client-codestar",
  "@aws-sdk/credential-providers",
  "@smithy/core",
  "@smithy/node-http-handler",
  "@smithy/signature-v4",
  "@smithy/util-retry",
  "zod",
];

/**
 * What the frozen client imports for credentials, in the version of its day. It is
 * never without other ones.
 */
const leftOut = { importer: "@aws-sdk/client-codestar", path: "@aws-sdk/credential-provider-node" };

/**
 * Writes the bundled files over the compiler's, and beside them the
 * licences of the packages inside.
 *
 * @param {string} dist The compiler's output.
 */
export async function bundle(dist) {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: repository,
    entryPoints: sources.flatMap((folder) => modulesIn(folder)),
    outdir: "dist",
    outbase: ".",
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    // The packages' ES modules: of those, what is not used can be left out.
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "error",
    define: {
      // Users of this package cannot follow the advice: the version of the SDK
      // is this package's choice.
      "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": '"true"',
    },
    plugins: [choosePackages],
  });
  const inside = new Set();
  for (const { path, contents } of outputFiles) {
    const name = path.slice(join(repository, "dist").length + 1);
    const { inputs } = metafile.outputs[`dist/${name.replaceAll("\\", "/")}`] ?? { inputs: {} };
    const folders = Object.entries(inputs).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput === 0 ? [] : (packageFolder(input) ?? []),
    );
    if (folders.length === 0) continue;
    for (const folder of folders) inside.add(folder);
    fs.writeFileSync(join(dist, name), contents);
  }
  fs.writeFileSync(join(dist, "LICENSES.txt"), licences([...inside]));
}

/** @type {esbuild.Plugin} */
const choosePackages = {
  name: "choose packages",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind, importer }) => {
      if (kind === "entry-point") return undefined;
      const owner = packageFolder(importer);
      // A package inside the bundle, and what it imports itself.
      if (owner !== undefined) {
        const left = path === leftOut.path && owner.endsWith(leftOut.importer);
        return left ? { path, namespace: "left out" } : undefined;
      }
      if (!bundled.includes(nameOf(path))) return { path, external: true };
      if (kind === "import-statement") return undefined;
      // Of a required package nothing could be left out.
      return { errors: [{ text: `import ${path} in a module of its own, and require that` }] };
    });
    build.onLoad({ filter: /.*/, namespace: "left out" }, () => ({
      contents: "export const defaultProvider = undefined;",
    }));
  },
};

/** @param {string} specifier */
function nameOf(specifier) {
  const [scope = "", name] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

/**
 * @param {string} file
 * @returns {string | undefined} The folder of the package that the file belongs to.
 */
export function packageFolder(file) {
  return /^.*node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(file)?.[0];
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function modulesIn(folder) {
  return fs
    .readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

/**
 * Each licence once, after the packages that are under it.
 *
 * @param {readonly string[]} folders
 */
export function licences(folders) {
  /** @type {Map<string, Set<string>>} */
  const packages = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(
      fs.readFileSync(join(repository, folder, "package.json"), "utf8"),
    );
    const text =
      licenceText(join(repository, folder)) ??
      (license === "Apache-2.0" ? licenceText(repository, /^LICENSE$/) : undefined);
    if (text === undefined) throw new Error(`${name} is bundled and has no file of its licence`);
    packages.set(text, (packages.get(text) ?? new Set()).add(`${name} ${version} (${license})`));
  }
  const parts = [...packages]
    .map(([text, names]) => `${[...names].sort().join("\n")}\n\n${text}\n`)
    .sort();
  const head =
    "Parts of these packages are in the JavaScript files here: joined by a bundler, otherwise unchanged.\n";
  return [head, ...parts].join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function licenceText(folder, names = /^(?:licen[cs]e|notice|copying)\b/i) {
  const texts = fs
    .readdirSync(folder)
    .filter((file) => names.test(file))
    .sort()
    .map((file) => fs.readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim());
  return texts.length === 0 ? undefined : texts.join("\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(join(repository, "dist"));
