import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

export const repository = resolve(__dirname, "../..");

/** Folders whose files are published. */
export const rooms = [
  "profile",
  "client",
  "roster",
  "files",
  "provider",
  "service",
  "cli",
] as const;

/** Every folder with source files. */
export const everything = [
  ...rooms,
  "examples",
  "templates",
  "test",
  "tools",
  "bench",
  "running",
] as const;

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** Gone once compiled. */
  readonly typeOnly: boolean;
  /**
   * The file meant by a relative specifier, from the repository's root; undefined for a package.
   */
  readonly file: string | undefined;
}

const sourceFile = /\.(?:ts|mts|cts|js|mjs|cjs)$/;
const generated = new Set(["node_modules", "dist", ".git"]);

/** Every source file under the folders, from the repository's root, with `/`. */
export function sourcesUnder(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .map((path) => join(folder, path))
      .filter((path) => !path.split(sep).some((part) => generated.has(part)))
      .filter((path) => sourceFile.test(path) && statSync(join(repository, path)).isFile())
      .map((path) => path.split(sep).join("/"))
      .sort(),
  );
}

/**
 * All that a file imports: `import`, `export … from`, `require`, `import()`
 * and `import("…")` in types.
 */
export function importsOf(path: string): Import[] {
  const text = readFileSync(join(repository, path), "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    found.push({ specifier: specifier.text, typeOnly, file: target(path, specifier.text) });
  };
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    if (ts.isExportDeclaration(node)) {
      const named = node.exportClause && ts.isNamedExports(node.exportClause);
      add(node.moduleSpecifier, node.isTypeOnly || (named === true && allTypes(node.exportClause)));
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    }
    if (ts.isExternalModuleReference(node)) add(node.expression, false);
    if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The files and packages that are loaded, sooner or later, when the file is. */
export function reachableFrom(path: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const { specifier, typeOnly, file: imported } of importsOf(file)) {
      if (typeOnly) continue;
      if (imported === undefined) packages.add(packageOf(specifier));
      else follow(imported);
    }
  };
  follow(path);
  return { files, packages };
}

/** The package that a specifier names, without the path inside it. */
export function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function target(from: string, specifier: string): string | undefined {
  if (!/^\.{0,2}\//.test(specifier) && specifier !== "." && specifier !== "..") return undefined;
  const path = resolve(repository, dirname(from), specifier);
  const candidates = [path, `${path}.ts`, join(path, "index.ts"), `${path}.mjs`, `${path}.d.ts`];
  const file = candidates.find((name) => existsSync(name) && statSync(name).isFile()) ?? path;
  return relative(repository, file).split(sep).join("/");
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  return name === undefined && namedBindings !== undefined && allTypes(namedBindings);
}

function allTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (bindings === undefined || !("elements" in bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function isLoad(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  const text = callee.getText();
  return text === "require" || text === "require.resolve";
}
