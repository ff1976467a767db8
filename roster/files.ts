import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { compare, type Problems } from "./reading/problems";

/** A roster file found: its path as messages show it, and the whole one. */
export interface FoundFile {
  readonly file: string;
  readonly path: string;
}

const rosterFile = /\.(ya?ml|json|csv)$/i;

/**
 * The roster files at the given paths: files as they are, folders with all their .yaml, .yml, .json
 * and .csv files, at any depth. Names that begin with a dot, and node_modules, are passed over.
 */
export function findFiles(
  paths: readonly string[],
  folder: string,
  problems: Problems,
): FoundFile[] {
  const found = new Map<string, FoundFile>();
  for (const given of paths) {
    if (given === "") {
      // It would resolve to the working folder.
      problems.addFile(
        '""',
        "unreadable",
        "the name of a roster is empty; name a file or a folder",
      );
      continue;
    }
    const shown = given.replaceAll("\\", "/").replace(/^(?:\.\/)+(?=.)|(?<=.)\/+$/g, "");
    for (const file of filesAt({ file: shown, path: resolve(folder, given) }, problems)) {
      if (!found.has(file.path)) found.set(file.path, file);
    }
  }
  return [...found.values()];
}

function filesAt(given: FoundFile, problems: Problems): FoundFile[] {
  const { file, path } = given;
  const refuse = (message: string): FoundFile[] => {
    problems.addFile(file, "unreadable", message);
    return [];
  };
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return refuse("there is no such file or folder");
    if (!status.isDirectory()) {
      if (!rosterFile.test(path)) return refuse("a roster is a .yaml, .yml, .json or .csv file");
      // A named pipe would be waited for without end.
      return status.isFile() ? [given] : refuse("this is no ordinary file, but a pipe or a device");
    }
    const files = walk(path, file === "." ? "" : `${file}/`, new Set(), problems);
    return files.length > 0 ? files : refuse("the folder has no .yaml, .yml, .json or .csv file");
  } catch (error) {
    const { code, path: where = path } = error as NodeJS.ErrnoException;
    return refuse(`${where} cannot be read (${code})`);
  }
}

/** @param seen the real paths of folders walked already: a link may lead back up. */
function walk(folder: string, shown: string, seen: Set<string>, problems: Problems): FoundFile[] {
  const real = realpathSync(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  return readdirSync(folder)
    .sort(compare)
    .flatMap((name) => {
      if (name.startsWith(".") || name === "node_modules") return [];
      const path = resolve(folder, name);
      // Follows links: a mounted ConfigMap is made of them.
      const status = statSync(path, { throwIfNoEntry: false });
      if (status?.isDirectory()) return walk(path, `${shown}${name}/`, seen, problems);
      if (status === undefined && rosterFile.test(name)) {
        // People who are not read look like people who were taken out.
        problems.addFile(shown + name, "unreadable", "a symbolic link to nothing");
      }
      return status?.isFile() && rosterFile.test(name) ? [{ file: shown + name, path }] : [];
    });
}

/**
 * The text of a file in UTF-8, without a byte order mark. Undefined, and
 * reported, when it has none.
 */
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
