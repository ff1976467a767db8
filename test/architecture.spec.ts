import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import {
  everything,
  type Import,
  importsOf,
  packageOf,
  reachableFrom,
  repository,
  rooms,
  sourcesUnder,
} from "./support/imports";

const product = sourcesUnder(...rooms);

const rootOfErrors = "profile/codeStarError.ts";

const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  name: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

/** The imports of the files that break a rule, as lines to read. */
function breaches(
  files: readonly string[],
  forbidden: (imported: Import, file: string) => boolean,
): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => forbidden(imported, file))
      .map(({ specifier }) => `${file} imports ${specifier}`),
  );
}

function isIn(file: string | undefined, ...folders: readonly string[]): boolean {
  return file !== undefined && folders.some((folder) => file.startsWith(`${folder}/`));
}

/** Development dependencies whose code the build puts into what is published. */
async function bundledPackages(): Promise<readonly string[]> {
  // A variable, since the compiler would ask for a declaration of the module.
  const path = "../tools/bundle.mjs";
  return ((await import(path)) as { readonly bundled: readonly string[] }).bundled;
}

describe("architecture", () => {
  it("is read from files that are there", () => {
    for (const folder of everything) assert.ok(sourcesUnder(folder).length > 0, folder);
    const [first, ...others] = importsOf("test/architecture.spec.ts");
    assert.deepEqual(first, {
      specifier: "node:assert/strict",
      typeOnly: false,
      file: undefined,
    });
    assert.ok(others.some(({ file }) => file === "test/support/imports.ts"));
  });

  /** What the files of a room may import besides their own room. */
  const allowedIn: Readonly<Record<string, readonly string[]>> = {
    profile: [],
    files: [rootOfErrors],
    roster: ["profile"],
    // Of the service its door for programs in the same process alone.
    client: ["profile", "service/embedded.ts"],
    service: ["files", "profile/printable.ts", rootOfErrors],
    "provider/lifecycle": ["profile", "client"],
    "provider/dynamic": ["profile", "client", "provider/lifecycle"],
    "provider/native": ["profile", "client", "roster", "provider/lifecycle"],
    "provider/program": ["profile", "client", "roster", "provider/lifecycle"],
    cli: ["profile", "client", "roster", "files", "service", "schema"],
  };

  for (const [room, others] of Object.entries(allowedIn)) {
    it(`${room} imports ${others.join(", ") || "no other room"}`, () => {
      const allowed = [room, ...others];
      const wrong = breaches(
        sourcesUnder(room),
        ({ file }) =>
          file !== undefined &&
          !allowed.some((place) => file === place || file.startsWith(`${place}/`)),
      );
      assert.deepEqual(wrong, []);
    });
  }

  it("only what a program loads imports values of Pulumi", () => {
    const wrong = breaches(
      [
        "profile",
        "files",
        "roster",
        "client",
        "service",
        "provider/lifecycle",
        "provider/dynamic",
        "cli",
      ].flatMap((room) => sourcesUnder(room)),
      ({ specifier, typeOnly }) => specifier.startsWith("@pulumi/") && !typeOnly,
    );
    assert.deepEqual(wrong, []);
  });

  it("every error that the package makes is of one root, so that others are known for what they are", () => {
    // The SDK calls it, and expects an error like its own.
    const exempt = [rootOfErrors, "client/configuredRegion.ts"];
    const wrong = product
      .filter((file) => !exempt.includes(file))
      .filter((file) =>
        /^(?!\s*(\*|\/\/)).*\b(new|extends) (Type|Range|Syntax|Aggregate)?Error\b/m.test(
          readFileSync(join(repository, file), "utf8"),
        ),
      );
    assert.deepEqual(wrong, []);
  });

  it("no imports go round in a circle", () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const follow = (file: string, path: readonly string[]) => {
      const begun = path.indexOf(file);
      if (begun >= 0) circles.push([...path.slice(begun), file].join(" → "));
      if (begun >= 0 || done.has(file)) return;
      for (const { file: imported } of importsOf(file)) {
        if (imported !== undefined) follow(imported, [...path, file]);
      }
      done.add(file);
    };
    for (const file of product) follow(file, []);
    assert.deepEqual(circles, []);
  });

  it("examples and templates import the package as its users do", () => {
    const wrong = breaches(sourcesUnder("examples", "templates"), ({ specifier, file }, from) => {
      const example = from.split("/").slice(0, 2).join("/");
      if (file !== undefined) return !isIn(file, example);
      return /^pulumi-codestar\/(?!provider|native|service)/.test(specifier);
    });
    assert.deepEqual(wrong, []);
  });

  it("what the engine runs loads nothing of Pulumi: the provider process has types of it alone", () => {
    const { files, packages } = reachableFrom("provider/dynamic/profile.ts");
    assert.ok(files.has("client/directory.ts") && files.has("service/embedded.ts"));
    assert.ok(packages.has("@aws-sdk/client-codestar"));
    assert.deepEqual(
      [...packages].filter((name) => name.startsWith("@pulumi/")),
      [],
    );
  });

  it("loads the SDK, the store and Node's hashes late: no file that the provider loads at once needs them", () => {
    const atOnce = new Set<string>();
    const found: string[] = [];
    const follow = (file: string) => {
      if (atOnce.has(file)) return;
      atOnce.add(file);
      // A file's own imports are loaded with it; its calls of require are not.
      const text = readFileSync(join(repository, file), "utf8");
      const imports = importsOf(file).filter(
        ({ specifier, typeOnly }) => !typeOnly && !text.includes(`require("${specifier}")`),
      );
      for (const { specifier, file: imported } of imports) {
        if (imported !== undefined) follow(imported);
        else if (!isBuiltin(specifier) || specifier === "node:crypto") {
          found.push(`${file} imports ${specifier}`);
        }
      }
    };
    follow("provider/dynamic/profile.ts");
    follow("provider/dynamic/roster.ts");
    assert.deepEqual(found, []);
  });

  it("nothing that is published imports tests, tools or benchmarks", () => {
    const wrong = breaches(product, ({ file }) =>
      isIn(file, "test", "tools", "bench", "running", "examples", "templates"),
    );
    assert.deepEqual(wrong, []);
  });

  it("tools import benchmarks, never back, and what both share imports neither", () => {
    const scripts = sourcesUnder("bench", "running");
    assert.ok(scripts.includes("running/children.mjs"));
    // The benchmarks start servers as the tests do.
    const shared = ["test/support/postgresServer.ts", "test/support/freePort.ts"];
    assert.deepEqual(
      breaches(
        scripts,
        ({ file }) => isIn(file, "tools", "test") && !shared.includes(file as string),
      ),
      [],
    );
    assert.deepEqual(
      breaches(sourcesUnder("running"), ({ file }) => isIn(file, "bench")),
      [],
    );
  });

  it("every package that is imported is declared, what is published among the dependencies or bundled", async () => {
    const { dependencies, peerDependencies, devDependencies } = manifest;
    const bundled = Object.fromEntries((await bundledPackages()).map((name) => [name, ""]));
    const published = { ...dependencies, ...peerDependencies, ...bundled };
    const wrong = breaches(
      product,
      ({ specifier, typeOnly, file }) =>
        file === undefined &&
        !isBuiltin(specifier) &&
        !(packageOf(specifier) in published) &&
        packageOf(specifier) !== manifest.name &&
        !(typeOnly && packageOf(specifier) in devDependencies),
    );
    assert.deepEqual(wrong, []);
    const anywhere = { [manifest.name]: "", ...published, ...devDependencies };
    const undeclared = breaches(
      sourcesUnder("test", "tools", "bench", "running"),
      ({ specifier, file }) =>
        file === undefined && !isBuiltin(specifier) && !(packageOf(specifier) in anywhere),
    );
    assert.deepEqual(undeclared, []);
  });

  it("every dependency that is declared or bundled is imported", async () => {
    const used = new Set(
      product.flatMap((file) => importsOf(file).map(({ specifier }) => packageOf(specifier))),
    );
    const { dependencies, devDependencies } = manifest;
    const bundled = await bundledPackages();
    const idle = [...Object.keys(dependencies), ...bundled].filter((name) => !used.has(name));
    assert.deepEqual(idle, []);
    // Exactly one of both: what is bundled and installed as well would be there twice.
    const twice = bundled.filter((name) => name in dependencies || !(name in devDependencies));
    assert.deepEqual(twice, []);
  });

  it("no file imports from outside the repository", () => {
    const wrong = breaches(
      sourcesUnder(...everything),
      ({ file }) => file?.startsWith("..") === true,
    );
    assert.deepEqual(wrong, []);
  });
});
