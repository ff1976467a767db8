import { existsSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { FoundFile } from "./files";

/** The names of files whose settings hold for their folder and those below. */
export const settingsFileNames = ["roster.yaml", "roster.yml", "roster.json"];

/** What else holds for the given paths. */
export interface Around {
  /** The files of settings in and above their folders. */
  readonly settings: readonly FoundFile[];
  /** For every given path the topmost folder with such a file. */
  readonly tops: readonly string[];
}

/**
 * Finds the settings that hold for the given files and folders: up to the folder of `.git`, else
 * that of Pulumi.yaml, else the working folder, and never beyond.
 */
export function findAround(paths: readonly string[], folder: string): Around {
  const settings = new Map<string, FoundFile>();
  const tops = new Set<string>();
  for (const given of paths.filter(Boolean)) {
    const shown = (path: string) =>
      (isAbsolute(given) ? path : relative(folder, path) || ".").split(sep).join("/");
    const path = resolve(folder, given);
    let top: string | undefined;
    for (const here of foldersUpTo(isFolder(path) ? path : dirname(path), folder)) {
      const files = settingsFileNames.map((name) => join(here, name)).filter(isFile);
      for (const file of files) settings.set(file, { file: shown(file), path: file });
      if (files.length > 0) top = shown(here);
    }
    if (top !== undefined) tops.add(top);
  }
  return { settings: [...settings.values()], tops: [...tops] };
}

/** The folder and those above it, up to the last whose settings may count. */
function foldersUpTo(start: string, workingFolder: string): string[] {
  const all = upwards(start);
  const holding = (...names: string[]) =>
    all.findIndex((here) => names.some((name) => existsSync(join(here, name))));
  const last = [holding(".git"), holding("Pulumi.yaml", "Pulumi.yml"), all.indexOf(workingFolder)];
  return all.slice(0, (last.find((index) => index >= 0) ?? 0) + 1);
}

function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

function isFolder(path: string): boolean {
  return statusOf(path)?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statusOf(path)?.isFile() ?? false;
}

/**
 * Undefined for what cannot be looked at, too; whether a given path can be read is said elsewhere.
 */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
