import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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

describe("examples in doc comments", () => {
  it("are programs that compile against the package's exports", () => {
    const examples = sourcesUnder("provider", "service").flatMap(examplesIn);
    assert.ok(examples.length >= 9, `${examples.length} examples`);
    const text = [
      'import * as program from "pulumi-codestar";',
      'import * as service from "pulumi-codestar/service";',
      'import { Roster, UserProfile } from "pulumi-codestar/native";',
      "const { CodeStarRoster, CodeStarUserProfile, rosterProfiles } = program;",
      "const { getUserProfile, getUserProfileOutput } = program;",
      "const { listUserProfiles, listUserProfilesOutput } = program;",
      "const { openStore, startServer } = service;",
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
    const program = ts.createProgram([file], options, host);
    const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });
});
