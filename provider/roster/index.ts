import { accountOf, userNameOf } from "../userArn";
import { findFiles, readText } from "./files";
import { at, entry } from "./located";
import { mergePeople, placeOf } from "./merge";
import { anyAccount, type DeclaredPerson, type Person, readPeople } from "./people";
import { type Problem, Problems, quote } from "./problems";
import { readCsv } from "./readCsv";
import { readJson } from "./readJson";
import { readYaml } from "./readYaml";
import { checkRestrictions } from "./restrictions";
import type { Allowance } from "./schema";
import { Cascade, type RosterFile, readRosterSettings } from "./settings";
import { SourceText } from "./sourceText";

export { type Comparison, compareRoster, type Drifted } from "./compare";
export type { Person } from "./people";
export { formatProblem, type Problem, type Rule } from "./problems";
export type { Position, SourceText } from "./sourceText";
export { type RosterFormat, rosterFormats, type WriteOptions, writeRoster } from "./write";

/** People whose profiles are declared in files. */
export interface Roster {
  /** The account of everyone in it; absent when there are people of several. */
  readonly account?: string;
  readonly region?: string;
  /** In the order of the files, every ARN once. */
  readonly people: readonly Person[];
  /** ARNs of people who must never be removed. */
  readonly required: readonly string[];
}

export interface LoadedRoster {
  /** With problems: what could be read, fit for nothing but looking at. */
  readonly roster: Roster;
  /** By file, line and column; empty when the roster is right. */
  readonly problems: readonly Problem[];
  /** The files by the name that problems have, for `formatProblem`. */
  readonly sources: ReadonlyMap<string, SourceText>;
}

export interface LoadOptions {
  /** The account of people keyed by user name, where no file says. */
  readonly account?: string;
  /** The region, where no file says. */
  readonly region?: string;
  /** Takes DSA and short RSA keys, as `allow: [weak-keys]` does. */
  readonly allowWeakKeys?: boolean;
  /** Where relative paths start; the working folder when absent. */
  readonly folder?: string;
}

/**
 * Reads a roster from files and folders. Never throws for what a file holds: everything wrong is among
 * the problems, all of it at once.
 */
export function loadRoster(
  paths: string | readonly string[],
  options: LoadOptions = {},
): LoadedRoster {
  const problems = new Problems();
  const sources = new Map<string, SourceText>();
  const given = typeof paths === "string" ? [paths] : paths;
  const files = readFiles(given, options, sources, problems);
  // Someone may be missing only because their file could not be read.
  const complete = !problems.has("unreadable") && !problems.has("syntax");
  const cascade = new Cascade(files, problems);
  const isAllowed = (file: RosterFile, what: Allowance) =>
    cascade.root(file).settings.allow?.includes(what) ?? false;

  const declared = files.flatMap((file) =>
    readPeople(
      file,
      cascade,
      {
        ...(options.account && { account: options.account }),
        allowWeakKeys: (of) => options.allowWeakKeys || isAllowed(of, "weak-keys"),
      },
      problems,
    ),
  );
  for (const root of new Set(files.map((file) => cascade.root(file)))) {
    const under = declared.filter(({ file }) => cascade.root(file) === root);
    checkRestrictions(root, under, problems);
  }
  const people = mergePeople(declared, isAllowed, problems);
  const accountFor = (file: RosterFile) => cascade.find(file, "account") ?? options.account;
  const required = findRequired(files, accountFor, people, complete, problems);
  if (people.length === 0 && problems.size === 0) {
    problems.addFile(files[0]?.source.file ?? given[0] ?? "", "empty-roster", emptyRoster);
  }
  const region = findRegion(files, cascade, problems) ?? options.region;
  const sound = people.filter(({ flawed }) => !flawed);
  const accounts = new Set(sound.map(({ userArn }) => accountOf(userArn)));
  const [account] = accounts;
  return {
    roster: {
      ...(accounts.size === 1 && account && { account }),
      ...(region && { region }),
      people: sound.map(toPerson),
      required,
    },
    problems: problems.sorted(),
    sources,
  };
}

const privateKey =
  "a private key stands here; put the public key in its place (the .pub file beside it), and replace the pair: this one has been stored where others read";

const emptyRoster =
  "the roster declares nobody; an empty roster would remove everyone, so it is taken for a mistake";

function readFiles(
  paths: readonly string[],
  options: LoadOptions,
  sources: Map<string, SourceText>,
  problems: Problems,
): RosterFile[] {
  const found = findFiles(paths, options.folder ?? process.cwd(), problems);
  return found.flatMap((file) => {
    const text = readText(file, problems);
    if (text === undefined) return [];
    const source = new SourceText(file.file, text);
    sources.set(file.file, source);
    if (source.privateKeyAt !== undefined) {
      const at = { start: source.privateKeyAt, end: source.privateKeyAt };
      problems.add(source, at, "invalid-value", privateKey);
    }
    const content = readerOf(file.path)(source, problems);
    const settings = readRosterSettings(content, source, problems);
    return [{ source, path: file.path, content, settings }];
  });
}

function readerOf(path: string) {
  if (/\.csv$/i.test(path)) return readCsv;
  return /\.json$/i.test(path) ? readJson : readYaml;
}

/** A roster is of one region: profiles of another are other profiles. */
function findRegion(
  files: readonly RosterFile[],
  cascade: Cascade,
  problems: Problems,
): string | undefined {
  let first: { region: string; place: string } | undefined;
  for (const file of files) {
    const region = cascade.find(file, "region");
    const written = entry(file.content, "region")?.value;
    if (region === undefined || region === first?.region) continue;
    if (first && written) {
      const message = `a roster is of one region, and ${first.place} says ${first.region}`;
      problems.add(file.source, written.span, "settings", message);
    }
    const span = written?.span ?? { start: 0, end: 0 };
    first ??= { region, place: placeOf({ position: file.source.position(span.start) }) };
  }
  return first?.region;
}

function findRequired(
  files: readonly RosterFile[],
  accountFor: (file: RosterFile) => string | undefined,
  people: readonly DeclaredPerson[],
  complete: boolean,
  problems: Problems,
): string[] {
  if (!files.some(({ settings }) => settings.required?.length)) return [];
  const byName = new Map(people.map(({ userArn }) => [nameKey(userArn), userArn]));
  const arns = new Set(people.map(({ userArn }) => userArn));
  const resolve = (file: RosterFile, name: string, index: number): string[] => {
    const key = `${accountFor(file) ?? anyAccount} ${name}`;
    const userArn = name.startsWith("arn:") ? name : byName.get(key);
    if (userArn !== undefined && arns.has(userArn)) return [userArn];
    if (complete) {
      const span = at(entry(file.content, "required")!.value, [index]).span;
      const message = `${quote(name)} is required, but nobody of that name is declared`;
      problems.add(file.source, span, "required-person", message);
    }
    return [];
  };
  const required = files.flatMap((file) =>
    (file.settings.required ?? []).flatMap((name, index) => resolve(file, name, index)),
  );
  return [...new Set(required)];
}

function nameKey(userArn: string): string {
  return `${accountOf(userArn)} ${userNameOf(userArn)}`;
}

function toPerson({
  userArn,
  displayName,
  emailAddress,
  sshPublicKey,
  position,
}: DeclaredPerson): Person {
  const keys = sshPublicKey === undefined ? {} : { sshPublicKey };
  return { userArn, displayName, emailAddress, ...keys, position };
}
