import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gte } from "semver";
import ts from "typescript";
import { repository } from "./support/imports";

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/**
 * A project of a user with the packed package and what it declares that it needs, and nothing else.
 */
interface Consumer {
  readonly folder: string;
  readonly packed: Packed;
  /** Runs a script with Node in the project, and answers what it prints as JSON. */
  run(script: string, options?: { readonly esm: boolean }): unknown;
}

function createConsumer(): Consumer {
  if (!existsSync(join(repository, "dist/provider/index.js"))) {
    throw new Error("there is no dist; run npm run build");
  }
  const folder = mkdtempSync(join(tmpdir(), "codestar-package-"));
  const output = execFileSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    { cwd: repository, encoding: "utf8", shell: process.platform === "win32" },
  );
  // An array up to npm 11, an object by name since.
  const [packed] = Object.values(JSON.parse(output) as Packed[]) as [Packed];
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "pulumi-codestar"), { recursive: true });
  const archive = [
    "-xzf",
    packed.filename,
    "--strip-components=1",
    "-C",
    "node_modules/pulumi-codestar",
  ];
  execFileSync("tar", archive, { cwd: folder });
  const { dependencies, peerDependencies } = manifestOf(join(modules, "pulumi-codestar"));
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(modules, name), "junction");
  }
  return {
    folder,
    packed,
    run(script, { esm } = { esm: false }) {
      const path = join(folder, esm ? "program.mjs" : "program.cjs");
      writeFileSync(path, script);
      return JSON.parse(execFileSync(process.execPath, [path], { cwd: folder, encoding: "utf8" }));
    },
  };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Record<string, string>;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function isOfAnotherPackage(path: string): boolean {
  return /node_modules(?!.pulumi-codestar)/.test(path);
}

/**
 * The package and all that npm puts beside it on this machine, by folder: optional
 * ones if they fit, no peers.
 */
function installedWith(root: string): Map<string, Manifest> {
  const found = new Map<string, Manifest>();
  const follow = (folder: string) => {
    if (found.has(folder)) return;
    const manifest = manifestOf(folder);
    found.set(folder, manifest);
    const { dependencies, optionalDependencies } = manifest;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const place = placeOf(name, folder);
      if (place !== undefined) follow(realpathSync(place));
      else assert.ok(name in (optionalDependencies ?? {}), `${name} is missing`);
    }
  };
  follow(root);
  return found;
}

/** Where Node finds a package that one in the folder needs. */
function placeOf(name: string, folder: string): string | undefined {
  for (let level = folder; level !== dirname(level); level = dirname(level)) {
    const place = join(level, "node_modules", name);
    if (existsSync(place)) return place;
  }
  return undefined;
}

/**
 * Kilobytes that a package takes of a disk, whose blocks are of four; without packages inside it.
 */
function diskUse(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? diskUse(path) : 4 * Math.ceil(statSync(path).size / 4096);
    })
    .reduce((sum, size) => sum + size, 4);
}

/**
 * What the frozen client asks for in older versions, and the first without an advisory of GitHub's.
 */
const mendedSince = new Map([
  ["uuid", "11.1.1"], // GHSA-w5hq-g745-h8pq
  ["@smithy/config-resolver", "4.4.0"], // GHSA-6475-r3vj-m8vf
]);

const publicNames = [
  "CodeStarUserProfile",
  "getUserProfile",
  "getUserProfileOutput",
  "listUserProfiles",
  "listUserProfilesOutput",
];

describe("the package, as npm packs it", function () {
  this.timeout(120_000);
  let consumer: Consumer;
  before(() => {
    consumer = createConsumer();
  });
  after(() => rmSync(consumer.folder, { recursive: true, force: true, maxRetries: 5 }));

  it("holds what is built and what is to be read, no sources, tests or leavings", () => {
    const paths = consumer.packed.files.map(({ path }) => path);
    for (const path of ["package.json", "LICENSE", "NOTICE", "README.md", "CHANGELOG.md"]) {
      assert.ok(paths.includes(path), path);
    }
    const stray = paths.filter(
      (path) =>
        !/^(?:package\.json|LICENSE|NOTICE|[A-Z]+\.md|(?:docs|models|schema)\/.+|dist\/LICENSES\.txt|dist\/(?:profile|client|roster|files|provider|service|cli)\/.+\.(?:js|d\.ts))$/.test(
          path,
        ) || /(?<!\.d)\.ts$|\.spec\.|node_modules|\.db(?:-|$)|\.env/.test(path),
    );
    assert.deepEqual(stray, []);
  });

  it("names no folder of the machine that built it", () => {
    const { folder, packed } = consumer;
    const telling = packed.files.filter(({ path }) =>
      readFileSync(join(folder, "node_modules/pulumi-codestar", path), "utf8").includes(repository),
    );
    assert.deepEqual(telling, []);
  });

  it("can be required, and exports what it documents", () => {
    const names = consumer.run(
      'console.log(JSON.stringify(Object.keys(require("pulumi-codestar"))))',
    ) as string[];
    for (const name of publicNames) assert.ok(names.includes(name), name);
  });

  it("can be imported by name from ES modules", () => {
    const kinds = consumer.run(
      `import { ${publicNames.join(", ")} } from "pulumi-codestar";
       console.log(JSON.stringify([${publicNames.join(", ")}].map((value) => typeof value)));`,
      { esm: true },
    );
    assert.deepEqual(
      kinds,
      publicNames.map(() => "function"),
    );
  });

  it("answers the line that state files hold, from the folder of a program", () => {
    const lifecycle = consumer.run(`
      const Module = require("node:module");
      const { readFileSync } = require("node:fs");
      const resource = readFileSync("node_modules/pulumi-codestar/dist/provider/program/profileResource.js", "utf8");
      const line = /'(exports\\.handler = .*)'/.exec(resource)[1];
      // As the host loads it: a module without a file, in the folder of the program.
      const text = new Module("", module);
      text.paths = Module._nodeModulePaths(process.cwd());
      text._compile(line, "");
      const provider = text.exports.handler();
      console.log(JSON.stringify({ line, methods: Object.keys(provider).sort() }));`);
    assert.deepEqual(lifecycle, {
      line: 'exports.handler = () => require("pulumi-codestar/provider")',
      methods: ["check", "configure", "create", "delete", "diff", "read", "update"],
    });
  });

  it("has a notice, and the licence of every package whose code is in it", () => {
    const root = join(consumer.folder, "node_modules/pulumi-codestar");
    const licences = readFileSync(join(root, "dist/LICENSES.txt"), "utf8");
    const listed = [...licences.matchAll(/^(\S+ \d\S+) \(\S+\)$/gm)].map(([, name]) => name);
    // The bundler writes above each module from which file it is.
    const inside = consumer.packed.files
      .filter(({ path }) => path.endsWith(".js"))
      .flatMap(({ path }) => [
        ...readFileSync(join(root, path), "utf8").matchAll(
          /^\s*\/\/ (\S*node_modules\/(?:@[^/\s]+\/)?[^/\s]+)\S*$/gm,
        ),
      ])
      .map(([, folder]) => {
        const { name, version } = manifestOf(join(repository, folder!));
        return `${name} ${version}`;
      });
    assert.deepEqual([...new Set(inside)].sort(), listed.sort());
    assert.ok(listed.includes("@aws-sdk/client-codestar 3.523.0"));
    assert.match(licences, /Apache License/);
    const notice = readFileSync(join(root, "NOTICE"), "utf8");
    assert.match(notice, /dist\/LICENSES\.txt/);
    for (const name of listed.filter((name) => !/^@(?:aws|aws-sdk|smithy)\//.test(name!))) {
      const mit = new RegExp(`^${name} \\(MIT\\)$[^]+?Permission is hereby granted`, "m");
      assert.match(licences, mit);
      assert.ok(notice.includes(` ${name!.split(" ")[0]} (`), `${name} is not in NOTICE`);
    }
  });

  it("loads neither Pulumi, the SDK nor a store with the provider", () => {
    const loaded = consumer.run(`
      require("pulumi-codestar/provider");
      console.log(JSON.stringify(Object.keys(require.cache)));`) as string[];
    const heavy = loaded.filter((path) => /@pulumi|libsql|awsSdk|credentials/.test(path));
    assert.deepEqual(heavy, []);
    assert.deepEqual(loaded.filter(isOfAnotherPackage), []);
  });

  it("asks a remote endpoint without loading any other package", () => {
    const { answer, loaded } = consumer.run(`
      const provider = require("pulumi-codestar/provider");
      const { createServer } = require("node:http");
      const server = createServer((request, response) => {
        response.setHeader("connection", "close");
        response.end(JSON.stringify({ userArn, displayName: "Ada", emailAddress: "ada@example.com" }));
      });
      const userArn = "arn:aws:iam::123456789012:user/ada";
      server.listen(0, "127.0.0.1", async () => {
        const endpoint = "http://127.0.0.1:" + server.address().port;
        const config = { "codestar:endpoint": endpoint, "aws:region": "us-east-1" };
        provider.configure({ config: { get: (key) => config[key] } });
        const { props } = await provider.read(userArn, { userArn, displayName: "Old" });
        console.log(JSON.stringify({ answer: props.displayName, loaded: Object.keys(require.cache) }));
        process.exit();
      });`) as { answer: string; loaded: string[] };
    assert.equal(answer, "Ada");
    assert.deepEqual(loaded.filter(isOfAnotherPackage), []);
    assert.ok(loaded.some((path) => /dist.client.awsSdk\.js$/.test(path)));
  });

  it("keeps profiles in a file with nothing but its own dependencies", () => {
    const answers = consumer.run(`
      const provider = require("pulumi-codestar/provider");
      const config = { "codestar:endpoint": "file:profiles.db", "aws:region": "us-east-1" };
      provider.configure({ config: { get: (key) => config[key] } });
      const userArn = "arn:aws:iam::123456789012:user/ada";
      (async () => {
        const args = { userArn, displayName: "Ada", emailAddress: "ada@example.com" };
        const { inputs } = await provider.check({}, args);
        const { id, outs } = await provider.create(inputs);
        const { id: read } = await provider.read(id, outs);
        console.log(JSON.stringify([id, read]));
      })();`);
    const userArn = "arn:aws:iam::123456789012:user/ada";
    assert.deepEqual(answers, [userArn, userArn]);
    assert.ok(existsSync(join(consumer.folder, "profiles.db")));
  });

  it("exports the service, the schema of rosters and its manifest, and nothing inside it", () => {
    const found = consumer.run(`
      const attempt = (name) => {
        try { return typeof require(name); } catch (error) { return error.code; }
      };
      console.log(JSON.stringify([
        "pulumi-codestar/service",
        "pulumi-codestar/package.json",
        "pulumi-codestar/schema/roster.schema.json",
        "pulumi-codestar/dist/provider/dynamic/profile.js",
        "pulumi-codestar/dist/profile/check",
      ].map(attempt)));`);
    const inside = "ERR_PACKAGE_PATH_NOT_EXPORTED";
    assert.deepEqual(found, ["object", "object", "object", inside, inside]);
  });

  it("has a command that runs without Pulumi, which is an optional peer", () => {
    const { folder } = consumer;
    const root = join(folder, "node_modules/pulumi-codestar");
    const { bin, version, peerDependenciesMeta } = manifestOf(root);
    assert.deepEqual(peerDependenciesMeta?.["@pulumi/pulumi"], { optional: true });
    const path = join(root, bin!["codestar-profiles"]!);
    assert.match(readFileSync(path, "utf8"), /^#!\/usr\/bin\/env node\n/);
    const pulumi = join(folder, "node_modules/@pulumi");
    renameSync(pulumi, `${pulumi}-away`);
    try {
      const run = (...args: string[]) =>
        execFileSync(process.execPath, [path, ...args], { cwd: folder, encoding: "utf8" });
      assert.equal(run("--version").trim(), version);
      const person = "ada: { displayName: Ada, emailAddress: ada@example.com }";
      writeFileSync(join(folder, "team.yaml"), `account: "123456789012"\npeople:\n  ${person}\n`);
      assert.match(run("check", "team.yaml"), /1 person in 1 file, no problems/);
    } finally {
      renameSync(`${pulumi}-away`, pulumi);
    }
  });

  describe("what npm installs with it", () => {
    let installed: Map<string, Manifest>;
    before(() => {
      installed = installedWith(join(consumer.folder, "node_modules/pulumi-codestar"));
    });

    it("is at most 50 packages and 40 MB", () => {
      const kilobytes = [...installed.keys()].map(diskUse).reduce((sum, size) => sum + size, 0);
      const report = `${installed.size} packages, ${(kilobytes / 1024).toFixed(1)} MB`;
      assert.ok(installed.size >= 20 && installed.size <= 50, report);
      assert.ok(kilobytes >= 20 * 1024 && kilobytes <= 40 * 1024, report);
    });

    it("runs no install script", () => {
      const scripted = [...installed].filter(
        ([folder, { scripts = {} }]) =>
          ["preinstall", "install", "postinstall"].some((name) => name in scripts) ||
          existsSync(join(folder, "binding.gyp")),
      );
      assert.deepEqual(scripted, []);
    });

    it("holds none of the frozen client's packages, and no XML parser or STS client of its day", () => {
      const names = [...installed.values()].map(({ name }) => name);
      assert.deepEqual(
        names.filter((name) => /^@(?:aws-sdk|aws|smithy|aws-crypto)\/|xml|^uuid$|^zod$/.test(name)),
        [],
      );
      const licences = readFileSync(
        join(consumer.folder, "node_modules/pulumi-codestar/dist/LICENSES.txt"),
        "utf8",
      );
      assert.doesNotMatch(licences, /^(?:fast-xml-parser|@aws-sdk\/client-s\w+|strnum) /m);
    });

    it("bundles what advisories stand against in versions that are mended", () => {
      const licences = readFileSync(
        join(consumer.folder, "node_modules/pulumi-codestar/dist/LICENSES.txt"),
        "utf8",
      );
      const versions = [...licences.matchAll(/^(\S+) (\d\S+) \(\S+\)$/gm)];
      assert.ok(versions.some(([, name]) => name === "uuid"));
      for (const [, name, version] of versions) {
        const mended = mendedSince.get(name!);
        assert.ok(mended === undefined || gte(version!, mended), `${name} ${version}`);
      }
    });
  });

  describe("its types", () => {
    const { Node10, Node16, Bundler } = ts.ModuleResolutionKind;
    const kinds = { Node10, Node16, Bundler };
    for (const [kind, moduleResolution] of Object.entries(kinds)) {
      // What Pulumi's templates use (Node10) knows nothing of `exports`: it
      // finds the main entry alone.
      const entries = kind === "Node10" ? [""] : ["", "/provider", "/service"];
      for (const entry of entries) {
        it(`of pulumi-codestar${entry} are found by the resolution ${kind}`, () => {
          for (const mode of [ts.ModuleKind.CommonJS, ts.ModuleKind.ESNext] as const) {
            const { resolvedModule } = ts.resolveModuleName(
              `pulumi-codestar${entry}`,
              join(consumer.folder, "index.ts"),
              { moduleResolution },
              ts.sys,
              undefined,
              undefined,
              mode,
            );
            assert.match(resolvedModule?.resolvedFileName ?? "none", /\.d\.ts$/);
          }
        });
      }
    }

    it("check a program as Pulumi's templates do, and name what is wrong with another", () => {
      const { folder } = consumer;
      const right = `
        import * as pulumi from "@pulumi/pulumi";
        import { CodeStarUserProfile, type CodeStarUserProfileArgs, getUserProfileOutput } from "pulumi-codestar";
        const args: CodeStarUserProfileArgs = {
          userArn: pulumi.output("arn:aws:iam::123456789012:user/ada"),
          displayName: "Ada", emailAddress: pulumi.secret("ada@example.com"),
          sshPublicKey: undefined, ignoreDrift: ["displayName"], adopt: true,
        };
        const profile = new CodeStarUserProfile("ada", args, { protect: true });
        export const created: pulumi.Output<string> = profile.createdTimestamp;
        export const name: pulumi.Output<string | undefined> = profile.displayName;
        export const live = getUserProfileOutput({ userArn: profile.userArn }).emailAddress;`;
      const wrong = `
        import { CodeStarUserProfile } from "pulumi-codestar";
        new CodeStarUserProfile("a", { displayName: "Ada" });
        new CodeStarUserProfile("b", { userArn: "arn", email: "ada@example.com" });
        new CodeStarUserProfile("c", { userArn: "arn", adopt: "yes" });`;
      writeFileSync(join(folder, "right.ts"), right);
      writeFileSync(join(folder, "wrong.ts"), wrong);
      const program = ts.createProgram([join(folder, "right.ts"), join(folder, "wrong.ts")], {
        strict: true,
        target: ts.ScriptTarget.ES2020,
        module: ts.ModuleKind.CommonJS,
        moduleResolution: Node10,
        skipLibCheck: true,
        noEmit: true,
        types: [],
      });
      const found = ts
        .getPreEmitDiagnostics(program)
        .map(({ file, code, start = 0 }) => [
          file?.fileName.split("/").at(-1),
          file?.getLineAndCharacterOfPosition(start).line,
          code,
        ]);
      assert.deepEqual(found, [
        ["wrong.ts", 2, 2345],
        ["wrong.ts", 3, 2353],
        ["wrong.ts", 4, 2322],
      ]);
    });

    it("name only packages that come with it", () => {
      const root = join(consumer.folder, "node_modules/pulumi-codestar");
      const { dependencies, peerDependencies } = manifestOf(root);
      const declared = { ...dependencies, ...peerDependencies };
      const seen = new Set<string>();
      const undeclared: string[] = [];
      const follow = (path: string) => {
        if (seen.has(path)) return;
        seen.add(path);
        for (const { fileName } of ts.preProcessFile(readFileSync(path, "utf8")).importedFiles) {
          if (fileName.startsWith(".")) {
            const target = join(dirname(path), fileName);
            follow(existsSync(`${target}.d.ts`) ? `${target}.d.ts` : join(target, "index.d.ts"));
          } else if (!fileName.startsWith("node:")) {
            const [scope, name] = fileName.split("/");
            const owner = scope!.startsWith("@") ? `${scope}/${name}` : scope!;
            if (!(owner in declared)) undeclared.push(`${path} names ${fileName}`);
          }
        }
      };
      for (const entry of ["provider/index", "provider/dynamic/profile", "service/index"]) {
        follow(join(root, `dist/${entry}.d.ts`));
      }
      assert.ok(seen.size > 5);
      assert.deepEqual(undeclared, []);
    });
  });
});
