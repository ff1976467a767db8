import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { repository, sourcesUnder } from "./support/imports";

/** The code of each `@example`, without the comment's own marks. */
function examplesIn(path: string): string[] {
  return [
    ...readFileSync(join(repository, path), "utf8").matchAll(
      /^ *\* @example\n((?: *\*(?!\/).*\n)+)/gm,
    ),
  ].map(([, lines = ""]) => lines.replace(/^ *\* ?/gm, ""));
}

const entries = [
  "provider/index.ts",
  "provider/program/nativeResources.ts",
  "service/index.ts",
].map((path) => join(repository, path));
const program = ts.createProgram(entries, { strict: true, skipLibCheck: true, noEmit: true });
const checker = program.getTypeChecker();

/** What the module exports, as the compiler resolves it. */
function exportsOf(path: string): readonly ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
  return checker.getExportsOfModule(module).map((symbol) => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return isAlias ? checker.getAliasedSymbol(symbol) : symbol;
  });
}

const namesOf = (symbols: readonly ts.Symbol[]) => symbols.map(({ name }) => name);

describe("examples in doc comments", () => {
  for (const entry of entries) {
    it(`stand at every function, class and value of ${relative(repository, entry)}`, () => {
      const bare = exportsOf(entry)
        .filter(({ flags }) => (flags & ts.SymbolFlags.Value) !== 0)
        .filter((symbol) => !symbol.getJsDocTags(checker).some(({ name }) => name === "example"));
      assert.deepEqual(namesOf(bare), []);
    });

    it(`are beside a comment at every type of ${relative(repository, entry)}`, () => {
      const bare = exportsOf(entry).filter(
        (symbol) => symbol.getDocumentationComment(checker).length === 0,
      );
      assert.deepEqual(namesOf(bare), []);
    });
  }

  it("are programs that compile against the package's exports", () => {
    const examples = sourcesUnder("provider", "service").flatMap(examplesIn);
    assert.ok(examples.length >= 9, `${examples.length} examples`);
    const text = [
      'import * as program from "pulumi-codestar";',
      `import { ${namesOf(exportsOf(entries[2]!)).join(", ")} } from "pulumi-codestar/service";`,
      'import { Roster, UserProfile } from "pulumi-codestar/native";',
      "const { CodeStarRoster, CodeStarUserProfile, rosterProfiles } = program;",
      "const { getUserProfile, getUserProfileOutput } = program;",
      "const { listUserProfiles, listUserProfilesOutput } = program;",
      ...examples.map((code) => `async () => {\n${code.replace(/^export /gm, "")}};`),
    ].join("\n");
    const file = join(repository, "test/docCommentExamples.ts");
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      target: ts.ScriptTarget.ES2022,
      types: ["node"],
      noEmit: true,
      strict: true,
      skipLibCheck: true,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (path) => path === file || fileExists(path);
    host.getSourceFile = (path, ...rest) =>
      path === file
        ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
        : getSourceFile(path, ...rest);
    const examplesProgram = ts.createProgram([file], options, host);
    const problems = ts.getPreEmitDiagnostics(examplesProgram, examplesProgram.getSourceFile(file));
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });
});
