import { printableJson } from "../../profile/printable";
import { formatProblem, type LoadedRoster, loadRoster, type Notice } from "../../roster/load";
import { chooseAccount, refuseEmpty, someRosters } from "../arguments";
import { declare } from "../command";
import { counted, painter, print, printable } from "../terminal";
import { codeSpan, escapeMarkdown } from "./markdown";

const outputs = ["text", "json", "markdown", "github"] as const;

export const command = declare({
  synopsis: ["ROSTER… [options]"],
  about: `\
Checks roster files, or folders of them, without any call: that they can be read, that every value
is one the API takes, that nobody is declared twice, shares an e-mail address or an SSH key, and that
every file declares only what it may. All problems are named at once, each with its place.`,
  options: {
    output: {
      value: "FORMAT",
      choices: outputs,
      default: "text",
      description: "text (default), json, markdown, or github: annotations of a GitHub workflow",
    },
    account: {
      value: "ACCOUNT",
      description: "the account of people keyed by user name, where no file says",
    },
  },
  words: someRosters,
  notes: `\
A roster.yaml above a file or folder counts, up to the folder of .git (else of Pulumi.yaml, else the
working folder), so that one file is judged as it is among the others.

Exit status: 0 no problems, 1 problems, 2 wrong arguments.

Examples:
  codestar-profiles check rosters                    everything below the folder rosters/
  codestar-profiles check team.yaml --output github  in a workflow: problems show in the changed lines`,
  async run({ values, words }) {
    refuseEmpty(words);
    const account = chooseAccount(values.account);
    const loaded = loadRoster(words, {
      ...(account && { account }),
      partial: true,
      refuseEnded: true,
    });
    await print(reports[values.output](loaded));
    return loaded.problems.length === 0 ? 0 : 1;
  },
});

/**
 * The problems as a compiler prints them, for standard output or, in other
 * commands, standard error.
 */
export function problemsText(loaded: LoadedRoster, stream: NodeJS.WriteStream): string {
  const { problems, sources } = loaded;
  const paint = painter(stream);
  const styles = { place: "bold", error: ["red", "bold"], mark: ["red", "bold"] } as const;
  const blocks = problems.map((problem) =>
    formatProblem(problem, sources.get(problem.file), (part, text) =>
      paint(styles[part] as Parameters<typeof paint>[0], text),
    ),
  );
  return `${blocks.join("\n\n")}\n\n${summary(loaded)}\n`;
}

/** What is wrong with a roster, or that nothing is, by the value of `--output`. */
export const reports: Record<(typeof outputs)[number], (loaded: LoadedRoster) => string> = {
  text(loaded) {
    const notes = noticesText(loaded);
    return loaded.problems.length === 0
      ? `${notes}${allRight(loaded)}\n`
      : notes + problemsText(loaded, process.stdout);
  },
  json({ roster, problems, stopped, files, notices }) {
    const { account, region, people, required } = roster;
    const report = {
      version: 1,
      ok: problems.length === 0,
      files,
      people: people.length,
      ...(account && { account }),
      ...(region && { region }),
      required,
      problems,
      ...(stopped && { stopped }),
      notices,
    };
    return `${printableJson(report)}\n`;
  },
  markdown(loaded) {
    const right = loaded.problems.length === 0;
    const head = `**Roster check**: ${right ? allRight(loaded) : summary(loaded)}\n`;
    const lines = [...loaded.problems, ...loaded.notices].map(
      ({ file, line, column, message }) =>
        `- ${codeSpan(printable(`${file}:${line}:${column}`))} ${escapeMarkdown(printable(message))}`,
    );
    return lines.length === 0 ? head : `${head}\n${fitting(lines).join("\n")}\n`;
  },
  github({ problems, notices }) {
    const errors = problems.map((problem) => annotation("error", problem));
    return [...errors, ...notices.map((notice) => annotation("notice", notice))].join("");
  },
};

/** One line for each notice, for standard output or, in other commands, standard error. */
export function noticesText({ notices }: LoadedRoster): string {
  return notices
    .map(
      ({ file, line, column, message }) =>
        `${printable(`${file}:${line}:${column}: note: ${message}`)}\n`,
    )
    .join("");
}

function allRight({ roster, files }: LoadedRoster): string {
  const people = counted(roster.people.length, "person", "people");
  return `${people} in ${counted(files, "file", "files")}, no problems`;
}

function summary({ problems, stopped }: LoadedRoster): string {
  const files = new Set(problems.map(({ file }) => file)).size;
  const all = `${counted(problems.length, "problem", "problems")} in ${counted(files, "file", "files")}`;
  return stopped ? `${all}, and there may be more` : all;
}

/**
 * GitHub takes comments of at most 65,536 characters; some room is left for what is put around it.
 */
const longestComment = 60_000;

function fitting(lines: readonly string[]): string[] {
  let length = 0;
  const kept = lines.filter((line) => {
    length += Buffer.byteLength(line) + 1;
    return length <= longestComment;
  });
  const left = lines.length - kept.length;
  return left === 0 ? kept : [...kept, `- … and ${counted(left, "more problem", "more problems")}`];
}

function annotation(kind: "error" | "notice", { file, line, column, message }: Notice): string {
  return `::${kind} file=${annotationProperty(file)},line=${line},col=${column},title=Roster::${annotationText(message)}\n`;
}

/** The text of a workflow command, in which `%` begins an escape. */
function annotationText(text: string): string {
  return printable(text).replace(/%/g, "%25");
}

function annotationProperty(text: string): string {
  return annotationText(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
