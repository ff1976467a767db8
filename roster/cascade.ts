import { basename, dirname } from "node:path";
import { checkInputs } from "../profile/check";
import { settingsFileNames } from "./around";
import { entry, isExtension, type Located, plain } from "./reading/located";
import { type Problems, quote } from "./reading/problems";
import { reportRepeated, reportShape } from "./reading/shape";
import type { SourceText } from "./reading/sourceText";
import { suggestion } from "./reading/suggestion";
import { type RosterSettings, settingNames, settingsSchema } from "./schema";

/** A roster file as read: its own settings, and where they stand. */
export interface RosterFile {
  readonly source: SourceText;
  /** The absolute path. */
  readonly path: string;
  /** Undefined when the file is empty or could not be read. */
  readonly content: Located | undefined;
  /** Not all of it could be read. */
  readonly broken: boolean;
  readonly settings: RosterSettings;
  /** The settings that it has, and that are not right. */
  readonly wrong: ReadonlySet<string>;
}

const fieldsOf: Partial<Record<string, readonly string[]>> = {
  defaults: ["path", "emailDomain"],
  restrictions: ["files", "userArns", "accounts", "emailDomains"],
};

/** The settings of one file that are right, and the names of the others, which are reported. */
export function readRosterSettings(
  content: Located | undefined,
  source: SourceText,
  problems: Problems,
): { settings: RosterSettings; wrong: ReadonlySet<string> } {
  const settings: Record<string, unknown> = {};
  const wrong = new Set<string>();
  if (content === undefined) return { settings, wrong };
  if (content.kind !== "map") {
    const message = "a roster is a map with people: and settings such as account:";
    problems.add(source, content.span, "wrong-type", message);
    return { settings, wrong };
  }
  const seen = new Set<string>();
  for (const { key, keySpan, value } of content.entries) {
    if (seen.has(key)) {
      problems.add(source, keySpan, "syntax", `${quote(key)} comes twice in this file`);
      continue;
    }
    seen.add(key);
    if (key === "people" || isExtension(key)) continue;
    if (key === "$schema" && value.kind === "text") continue;
    if (!settingNames.includes(key)) {
      const message = `${quote(key)} is no field of a roster${suggestion(key, ["people", ...settingNames])}`;
      problems.add(source, keySpan, "unknown-field", message);
      continue;
    }
    reportRepeated(value, source, problems);
    const schema = settingsSchema.shape[key as keyof RosterSettings];
    const parsed = schema.safeParse(plain(value));
    const failure = parsed.error ?? (key === "region" && regionProblem(parsed.data as string));
    if (!failure) {
      settings[key] = parsed.data;
      continue;
    }
    wrong.add(key);
    if (typeof failure === "string") problems.add(source, value.span, "invalid-value", failure);
    else reportShape(failure.issues, value, key, fieldsOf[key] ?? [], source, problems);
    if (key === "defaults") settings[key] = soundDefaults(value);
  }
  return { settings, wrong };
}

/**
 * What of the defaults is right, when not all is: else everybody would lack
 * an address that is there.
 */
function soundDefaults(value: Located): RosterSettings["defaults"] {
  const fields = Object.entries(settingsSchema.shape.defaults.unwrap().shape);
  return Object.fromEntries(
    fields.flatMap(([name, schema]) => {
      const written = entry(value, name)?.value;
      const { data } = schema.safeParse(written && plain(written));
      return data === undefined ? [] : [[name, data]];
    }),
  );
}

function regionProblem(region: string): string | undefined {
  const failures = checkInputs({ region }, { allowWeakKeys: true });
  return failures.find(({ property }) => property === "region")?.reason;
}

/** A file whose settings hold for its folder and those below. */
export function isSettingsFile({ path }: RosterFile): boolean {
  return settingsFileNames.includes(basename(path));
}

/** Finds, for every file, the settings that hold for it. */
export class Cascade {
  readonly #byFolder = new Map<string, RosterFile>();
  /** Asked for by every person. */
  readonly #chains = new Map<RosterFile, readonly RosterFile[]>();

  readonly #files: readonly RosterFile[];

  constructor(files: readonly RosterFile[], problems: Problems) {
    this.#files = files;

    for (const file of files) {
      if (!isSettingsFile(file)) continue;
      const folder = dirname(file.path);
      const other = this.#byFolder.get(folder);
      if (other === undefined) {
        this.#byFolder.set(folder, file);
        continue;
      }
      const message = `there are two files of settings for this folder, this one and ${other.source.file}`;
      problems.addFile(file.source.file, "settings", message);
    }
    for (const file of files) {
      this.#refuseMisplaced(file, problems);
      refuseIdle(file, problems);
    }
  }

  /** The nearest value of a setting: the file's own, or of the settings files above it. */
  find<K extends "account" | "region">(file: RosterFile, key: K): string | undefined {
    return (
      file.settings[key] ?? this.#chain(file).find(({ settings }) => settings[key])?.settings[key]
    );
  }

  /** Whether the file, or one above it, sets it wrongly. */
  isWrong(file: RosterFile, key: "account" | "defaults"): boolean {
    return [file, ...this.#chain(file)].some(({ wrong }) => wrong.has(key));
  }

  default(file: RosterFile, key: "path" | "emailDomain"): string | undefined {
    return [file, ...this.#chain(file)].find(
      ({ settings }) => settings.defaults?.[key] !== undefined,
    )?.settings.defaults?.[key];
  }

  /** The topmost file, whose `restrictions` and `allow` hold. */
  root(file: RosterFile): RosterFile {
    return this.#chain(file).at(-1) ?? file;
  }

  /** The settings files above a file, the nearest first. */
  #chain(file: RosterFile): readonly RosterFile[] {
    const known = this.#chains.get(file);
    if (known) return known;
    const found: RosterFile[] = [];
    let folder = dirname(file.path);
    if (this.#byFolder.get(folder) === file) folder = parent(folder);
    for (; folder !== ""; folder = parent(folder)) {
      const settings = this.#byFolder.get(folder);
      if (settings && settings !== file) found.push(settings);
    }
    this.#chains.set(file, found);
    return found;
  }

  /** Else a team's file could allow itself what the top file does not. */
  #refuseMisplaced(file: RosterFile, problems: Problems): void {
    const root = this.root(file);
    if (root === file && (isSettingsFile(file) || this.#files.length === 1)) return;
    for (const key of ["restrictions", "allow"] as const) {
      const found = entry(file.content, key);
      if (!found) continue;
      const where = root === file ? "a file named roster.yaml above the others" : root.source.file;
      problems.add(file.source, found.keySpan, "settings", `${key} belongs in ${where}`);
    }
  }
}

/**
 * Settings hold for nobody in a file without people, unless its name makes them those of a folder.
 */
function refuseIdle(file: RosterFile, problems: Problems): void {
  if (isSettingsFile(file) || entry(file.content, "people")) return;
  for (const key of ["account", "defaults"]) {
    const found = entry(file.content, key);
    if (!found) continue;
    const message = `${key} holds for the people of this file, and there are none; what is for other files belongs in a file named roster.yaml`;
    problems.add(file.source, found.keySpan, "settings", message);
  }
}

/** `""` above the topmost folder. */
function parent(folder: string): string {
  const above = dirname(folder);
  return above === folder ? "" : above;
}
