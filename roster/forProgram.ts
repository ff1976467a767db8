import { formatProblem, type LoadedRoster, type LoadOptions, loadRoster } from "./load";
import type { Problem } from "./reading/problems";

export interface ProgramOptions extends LoadOptions {
  /** Whether the program says itself which region it is. */
  readonly ownRegion: boolean;
}

/**
 * As `loadRoster`, for a roster that may be deployed: settings above the given paths count
 * only where that leaves its region and its ARNs as they are, and are a problem where it does
 * not. Otherwise a `roster.yaml` that is added above, or a version of this package that reads
 * it, would replace profiles.
 */
export function loadForProgram(
  paths: string | readonly string[],
  options: ProgramOptions,
): LoadedRoster {
  const loaded = loadRoster(paths, options);
  const [above] = loaded.settingsAbove;
  if (above === undefined || loaded.problems.length > 0) return loaded;
  const alone = loadRoster(paths, { ...options, alone: true });
  // What has problems of its own was never deployed.
  if (alone.problems.length > 0) return loaded;
  const problem = (message: string): Problem => {
    return { file: above, line: 1, column: 1, text: "", message, rule: "settings" };
  };
  const problems: Problem[] = [];
  const { region } = loaded.roster;
  if (!options.ownRegion && region !== alone.roster.region) {
    problems.push(
      problem(
        `this file sets the region ${region} for ${named(paths)}, which would move the profiles there; say in the program which region it is, or name this file's folder among its files`,
      ),
    );
  }
  const before = alone.roster.people.map(({ userArn }) => userArn);
  const now = loaded.roster.people.map(({ userArn }) => userArn);
  const moved = before.findIndex((userArn, index) => userArn !== now[index]);
  if (moved >= 0) {
    problems.push(
      problem(
        `this file sets defaults for ${named(paths)}, by which ${before[moved]} would become ${now[moved]}; say defaults.path in the roster itself, or name this file's folder among the program's files`,
      ),
    );
  }
  return { ...loaded, problems };
}

function named(paths: string | readonly string[]): string {
  return typeof paths === "string" ? paths : paths.join(", ");
}

/** Why the roster cannot be deployed: all that is wrong with it, with file, line and column. */
export function refusalOf({ problems, stopped, sources }: LoadedRoster): string | undefined {
  if (problems.length === 0) return undefined;
  const list = problems.map((problem) => formatProblem(problem, sources.get(problem.file)));
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return `the roster has ${count}${stopped ? " and more" : ""}:\n${list.join("\n")}`;
}
