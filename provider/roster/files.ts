import { readdirSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { compare, type Problems } from "./problems";

/** A roster file found: its path as messages show it, and the whole one. */
export interface FoundFile {
  readonly file: string;
  readonly path: string;
}

const rosterFile = /\.(ya?ml|json|csv)$/i;

/**
 * The roster files at the given paths: files as they are, folders with all their .yaml, .yml, .json and
 * .csv files, at any depth. Names that begin with a dot, and node_modules, are passed over.
 */
export function findFiles(
  paths: readonly string[],
  folder: string,
  problems: Problems,
): FoundFile[] {
  const found = new Map<string, FoundFile>();
  for (const given of paths) {
    const shown = given.replaceAll("\\", "/").replace(/^(?:\.\/)+(?=.)|(?<=.)\/+$/g, "");
    const path = resolve(folder, given);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) {
      problems.addFile(shown, "unreadable", "there is no such file or folder");
      continue;
    }
    const files = status.isDirectory()
      ? walk(path, shown === "." ? "" : `${shown}/`)
      : [{ file: shown, path }];
    if (files.length === 0) {
      problems.addFile(shown, "unreadable", "the folder has no .yaml, .yml, .json or .csv file");
    }
    for (const file of files) {
      if (!rosterFile.test(file.path)) {
        problems.addFile(file.file, "unreadable", "a roster is a .yaml, .yml, .json or .csv file");
      } else if (!found.has(file.path)) {
        found.set(file.path, file);
      }
    }
  }
  return [...found.values()];
}

function walk(folder: string, shown: string): FoundFile[] {
  const names = readdirSync(folder).sort(compare);
  return names.flatMap((name) => {
    if (name.startsWith(".") || name === "node_modules") return [];
    const path = resolve(folder, name);
    // Follows links: a mounted ConfigMap is made of them.
    const status = statSync(path, { throwIfNoEntry: false });
    if (status?.isDirectory()) return walk(path, `${shown}${name}/`);
    return status?.isFile() && rosterFile.test(name) ? [{ file: shown + name, path }] : [];
  });
}

/** The text of a file in UTF-8, without a byte order mark. Undefined, and reported, when it has none. */
export function readText({ file, path }: FoundFile, problems: Problems): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === "ERR_ENCODING_INVALID_ENCODED_DATA"
        ? "the file is not UTF-8; save it as UTF-8 (in Excel: CSV UTF-8)"
        : `the file cannot be read (${code})`;
    problems.addFile(file, "unreadable", message);
    return undefined;
  }
}
