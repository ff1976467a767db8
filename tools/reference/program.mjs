// docs/reference/program.md: what a program imports, from the declarations and their doc comments.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { repository } from "../../running/repository.mjs";
import { code, table } from "./markdown.mjs";

const sections = /** @type {const} */ ([
  ["Profiles", "provider/program/profileResource.ts"],
  ["Rosters", "provider/program/rosterResource.ts"],
  ["Functions", "provider/program/functions.ts"],
  ["The native form", "provider/program/nativeResources.ts"],
  ["The service, embedded", "service/index.ts"],
]);

export function programPage() {
  const parts = sections.map(([title, path]) => {
    const text = readFileSync(join(repository, path), "utf8");
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    return `## ${title}\n\n${source.statements.flatMap((statement) => entry(statement, source)).join("\n")}`;
  });
  return `# In a program

What \`pulumi-codestar\` exports, with \`pulumi-codestar/native\` and \`pulumi-codestar/service\`. An argument that is an
\`Input\` takes a value, a promise or an output.

${parts.join("\n")}`;
}

/**
 * @param {ts.Statement} statement
 * @param {ts.SourceFile} source
 * @returns {string[]}
 */
function entry(statement, source) {
  const isExported = ts.canHaveModifiers(statement)
    ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    : false;
  if (!isExported) return [];
  if (ts.isInterfaceDeclaration(statement)) {
    const extended = statement.heritageClauses?.flatMap(({ types }) => types) ?? [];
    const base = extended.map((type) => `\n\nAnd those of ${code(type.getText(source))}.`).join("");
    return [
      `### ${statement.name.text}\n\n${about(statement)}${members(statement, source)}${base}\n`,
    ];
  }
  if (ts.isClassDeclaration(statement) && statement.name) {
    const { name } = statement;
    const outputs = members(statement, source);
    return [`### ${name.text}\n\n${about(statement)}${outputs && `Outputs:\n\n${outputs}`}\n`];
  }
  if (ts.isFunctionDeclaration(statement) && statement.name) {
    const { name, parameters, type } = statement;
    const taken = parameters.map((parameter) => parameter.getText(source)).join(", ");
    const line = `${name.text}(${taken}): ${type?.getText(source) ?? "void"}`.replace(/\s+/g, " ");
    return [`### ${name.text}\n\n\`\`\`ts\n${line}\n\`\`\`\n\n${about(statement)}`];
  }
  return [];
}

/**
 * The doc comment, with its example and errors.
 *
 * @param {ts.Node} node
 */
function about(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  if (comment === undefined) return "";
  const tags = (comment.tags ?? []).map((tag) => {
    const text = textOf(tag.comment);
    if (tag.tagName.text === "example") return `\`\`\`ts\n${text}\n\`\`\``;
    if (tag.tagName.text === "throws") return `Throws ${text.replaceAll("\n", " ")}`;
    return "";
  });
  return [textOf(comment.comment).replaceAll("\n", " "), ...tags]
    .filter(Boolean)
    .map((part) => `${part}\n\n`)
    .join("");
}

/** @param {string | ts.NodeArray<ts.JSDocComment> | undefined} comment */
const textOf = (comment) => ts.getTextOfJSDocComment(comment) ?? "";

/**
 * @param {ts.InterfaceDeclaration | ts.ClassDeclaration} declaration
 * @param {ts.SourceFile} source
 */
function members(declaration, source) {
  const rows = declaration.members.flatMap((member) => {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
    if (!ts.isIdentifier(member.name)) return [];
    const type = member.type?.getText(source) ?? "";
    const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
    const plain = type
      .replaceAll("pulumi.", "")
      .replaceAll(" | undefined", "")
      .replace(/\s+/g, " ");
    return [
      [
        code(member.name.text),
        code(plain),
        member.questionToken ? "no" : "yes",
        textOf(comment?.comment),
      ],
    ];
  });
  if (rows.length === 0) return "";
  return ts.isInterfaceDeclaration(declaration)
    ? table(["name", "type", "required", ""], rows)
    : table(
        ["name", "type", ""],
        rows.map(([name = "", type = "", , text = ""]) => [name, type, text]),
      );
}
