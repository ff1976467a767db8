import { accountOf } from "../profile/userArn";
import { findAround } from "./around";
import { Cascade, type RosterFile } from "./cascade";
import { type FoundFile, findFiles } from "./files";
import { mergePeople, placeOf } from "./merge";
import { type DeclaredPerson, type Person, readPeople } from "./people";
import { readFiles } from "./readFiles";
import { entry } from "./reading/located";
import { type Problem, Problems } from "./reading/problems";
import type { SourceText } from "./reading/sourceText";
import { findRequired } from "./required";
import { checkRestrictions } from "./restrictions";
import type { Allowance } from "./schema";
import { dayOf, type Notice } from "./until";

export { type Comparison, compareRoster, type Drifted } from "./compareRoster";
export type { Person } from "./people";
export { formatProblem, type Problem, type Rule } from "./reading/problems";
export type { Position, SourceText } from "./reading/sourceText";
export type { Notice } from "./until";
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
  /** Whether the search ended at 1,000 problems. */
  readonly stopped: boolean;
  /** Of the given files: keys that end soon or have ended. */
  readonly notices: readonly Notice[];
  /** How many files the people are from. */
  readonly files: number;
  /** The files by the name that problems have, for `formatProblem`. */
  readonly sources: ReadonlyMap<string, SourceText>;
  /**
   * Files of settings that hold for the roster and are not among its own, as messages name them.
   */
  readonly settingsAbove: readonly string[];
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
  /** The day by which `until` is judged, as YYYY-MM-DD in UTC; today when absent. */
  readonly today?: string;
  /** Takes a key that is still written after its `until` for a problem. */
  readonly refuseEnded?: boolean;
  /** Passes over settings above the given paths. */
  readonly alone?: boolean;
  /**
   * The paths may be some files of a roster, as editors and hooks name them, and
   * declare nobody themselves.
   */
  readonly partial?: boolean;
}

/**
 * Reads a roster from files and folders. Settings above them count; rules and `required` are judged
 * by all the files that these settings are for, while people and problems are those of the given
 * files and of the settings above. Never throws for what a file holds: everything wrong is among
 * the problems, all of it at once.
 */
export function loadRoster(
  paths: string | readonly string[],
  options: LoadOptions = {},
): LoadedRoster {
  const given = typeof paths === "string" ? [paths] : paths;
  const unconcerned = new Set<string>();
  const problems = new Problems((file) => !unconcerned.has(file));
  const sources = new Map<string, SourceText>();
  const loaded = problems.gather(() => load(given, options, unconcerned, sources, problems));
  return {
    ...(loaded ?? { ...nothing, files: sources.size }),
    problems: problems.sorted(),
    stopped: problems.stopped,
    sources,
  };
}

const nothing = { roster: { people: [], required: [] }, notices: [], settingsAbove: [] };

/** @param unconcerned takes the names of files whose problems are not wanted. */
function load(
  given: readonly string[],
  options: LoadOptions,
  unconcerned: Set<string>,
  sources: Map<string, SourceText>,
  problems: Problems,
): Pick<LoadedRoster, "roster" | "files" | "notices" | "settingsAbove"> {
  const folder = options.folder ?? process.cwd();
  const own = readFiles(findFiles(given, folder, problems), sources, problems);
  const { above, others, unread } = options.alone
    ? nothingAround
    : readAround(given, folder, own, sources, problems);
  for (const { source } of others) unconcerned.add(source.file);

  // The others first: what somebody shares with one of them is reported in the given file.
  const files = [...others, ...above, ...own];
  const cascade = new Cascade(files, problems);
  const isAllowed = (file: RosterFile, what: Allowance) =>
    cascade.root(file).settings.allow?.includes(what) ?? false;

  const notices: Notice[] = [];
  const declared = files.flatMap((file) =>
    readPeople(
      file,
      cascade,
      {
        ...(options.account && { account: options.account }),
        today: options.today ?? dayOf(new Date()),
        refuseEnded: options.refuseEnded ?? false,
        notices,
        allowWeakKeys: (of) => options.allowWeakKeys || isAllowed(of, "weak-keys"),
      },
      problems,
    ),
  );
  for (const root of new Set(files.map((file) => cascade.root(file)))) {
    const isUnder = (file: RosterFile) => cascade.root(file) === root;
    const under = declared.filter(({ file }) => isUnder(file));
    checkRestrictions(root, files.filter(isUnder), under, problems);
  }
  const everybody = mergePeople(declared, isAllowed, problems);
  const mine = new Set(own);
  const people = everybody.filter(({ file }) => mine.has(file));
  const accountFor = (file: RosterFile) => cascade.find(file, "account") ?? options.account;
  // Someone may be missing only because their file could not be read.
  const complete = !unread && !problems.has("unreadable") && !files.some(({ broken }) => broken);
  const required = findRequired(files, accountFor, everybody, complete, problems);
  if ((options.partial ? everybody : people).length === 0 && problems.size === 0) {
    problems.addFile(own[0]?.source.file ?? given[0] ?? "", "empty-roster", emptyRoster);
  }
  const region = findRegion(own, cascade, problems) ?? options.region;
  const sound = people.filter(({ flawed }) => !flawed);
  const arns = new Set(sound.map(({ userArn }) => userArn));
  const accounts = new Set(sound.map(({ userArn }) => accountOf(userArn)));
  const [account] = accounts;
  return {
    roster: {
      ...(accounts.size === 1 && account && { account }),
      ...(region && { region }),
      people: sound.map(toPerson),
      required: required.filter((userArn) => arns.has(userArn)),
    },
    files: own.length,
    notices: notices.filter(({ file }) => own.some(({ source }) => source.file === file)),
    settingsAbove: above.map(({ source }) => source.file),
  };
}

const emptyRoster =
  "the roster declares nobody; an empty roster would remove everyone, so it is taken for a mistake";

interface Surroundings {
  readonly above: readonly RosterFile[];
  readonly others: readonly RosterFile[];
  /** Whether one of the others cannot be read at all. */
  readonly unread: boolean;
}

const nothingAround: Surroundings = { above: [], others: [], unread: false };

/**
 * The settings that hold for the files besides their own and, where these have rules,
 * every other file they are for.
 */
function readAround(
  given: readonly string[],
  folder: string,
  own: readonly RosterFile[],
  sources: Map<string, SourceText>,
  problems: Problems,
): Surroundings {
  const { settings, tops } = findAround(given, folder);
  const known = new Set(own.map(({ path }) => path));
  const isNew = ({ path }: FoundFile) => known.size < known.add(path).size;
  const above = readFiles(settings.filter(isNew), sources, problems);
  const haveRules = [...above, ...own].some(
    ({ settings }) => settings.restrictions !== undefined || settings.required !== undefined,
  );
  if (!haveRules) return { ...nothingAround, above };
  // What is wrong with other files is theirs to say.
  const aside = new Problems();
  const others = aside.gather(() =>
    readFiles(findFiles(tops, folder, aside).filter(isNew), new Map(), aside),
  );
  return { above, others: others ?? [], unread: !others || aside.has("unreadable") };
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
