import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { repository } from "./support/imports";

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** A project of a user with the packed package and what it declares that it needs, and nothing else. */
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

function manifestOf(folder: string): Record<string, Record<string, string>> & { version: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

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
        !/^(?:package\.json|LICENSE|NOTICE|[A-Z]+\.md|(?:docs|models|schema)\/.+|dist\/(?:provider|service|cli)\/.+\.(?:js|d\.ts))$/.test(
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
      const resource = readFileSync("node_modules/pulumi-codestar/dist/provider/resource.js", "utf8");
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

  it("loads neither Pulumi, the SDK nor a store with the provider", () => {
    const loaded = consumer.run(`
      require("pulumi-codestar/provider");
      console.log(JSON.stringify(Object.keys(require.cache)));`) as string[];
    const heavy = loaded.filter((path) => /@pulumi|@aws-sdk|libsql|node-http-handler/.test(path));
    assert.deepEqual(heavy, []);
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
        "pulumi-codestar/dist/provider/provider.js",
        "pulumi-codestar/dist/provider/check",
      ].map(attempt)));`);
    const inside = "ERR_PACKAGE_PATH_NOT_EXPORTED";
    assert.deepEqual(found, ["object", "object", "object", inside, inside]);
  });

  it("has a command that runs", () => {
    const { folder } = consumer;
    const { bin, version } = manifestOf(join(folder, "node_modules/pulumi-codestar"));
    const path = join(folder, "node_modules/pulumi-codestar", bin!["codestar-profiles"]!);
    assert.match(readFileSync(path, "utf8"), /^#!\/usr\/bin\/env node\n/);
    const printed = execFileSync(process.execPath, [path, "--version"], { encoding: "utf8" });
    assert.equal(printed.trim(), version);
  });

  describe("its types", () => {
    const { Node10, Node16, Bundler } = ts.ModuleResolutionKind;
    const kinds = { Node10, Node16, Bundler };
    for (const [kind, moduleResolution] of Object.entries(kinds)) {
      // What Pulumi's templates use (Node10) knows nothing of `exports`: it finds the main entry alone.
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
      for (const entry of ["provider/index", "provider/provider", "service/index"]) {
        follow(join(root, `dist/${entry}.d.ts`));
      }
      assert.ok(seen.size > 5);
      assert.deepEqual(undeclared, []);
    });
  });
});
