import type { Position } from "../../../roster/load";
import { counted, type Paint, printable } from "../../terminal";
import { inAscii, tellApart } from "./lookAlikes";
import {
  type DriftReport,
  type Entry,
  type FieldDifference,
  hasDrift,
  label,
  summaryOf,
} from "./report";

/** For a terminal: a line for each person, the differing fields below it, the counts last. */
export function driftText(report: DriftReport, paint: Paint): string {
  const name = (entry: Entry) => printable(label(entry, report));
  const width = widthOf([report.drifted, report.missing, report.unmanaged], name);
  const line = (sign: string, style: Parameters<Paint>[0], entry: Entry, text: string) =>
    `${paint(style, sign)} ${paint("bold", name(entry).padEnd(width))}  ${text}`;
  const place = ({ file, line: row, column }: Position) =>
    paint("gray", `${printable(file)}:${row}:${column}`);

  const lines = [
    ...report.drifted.flatMap((entry) => [
      line(
        "~",
        "yellow",
        entry,
        `${entry.fields.map(({ field }) => field).join(", ")}  ${place(entry.position)}`,
      ),
      ...entry.fields.flatMap((field) => values(field, paint)),
    ]),
    ...report.missing.map((entry) =>
      line("-", "red", entry, `missing: declared, but has no profile  ${place(entry.position)}`),
    ),
    ...report.unmanaged.map((entry) =>
      line("+", "cyan", entry, `unmanaged: nobody declares it${arnBeside(entry, report, paint)}`),
    ),
  ];
  return [...blocks(lines, report, paint), verdict(report, paint)].join("\n");
}

/** The column of names, as wide as the longest, up to 32. */
function widthOf(lists: readonly (readonly Entry[])[], name: (entry: Entry) => string): number {
  let width = 0;
  for (const list of lists) for (const entry of list) width = Math.max(width, name(entry).length);
  return Math.min(32, width);
}

/** Nothing where the ARN stands in place of the name. */
function arnBeside(entry: Entry, report: DriftReport, paint: Paint): string {
  const arn = inAscii(entry.userArn);
  return label(entry, report) === arn ? "" : `  ${paint("gray", printable(arn))}`;
}

function* blocks(lines: readonly string[], report: DriftReport, paint: Paint) {
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
  const notes = [
    ...report.ignored.map(
      (entry) =>
        `ignored until ${entry.expires}: ${label(entry, report)}, ${entry.what} (${entry.reason})`,
    ),
    ...report.expiredIgnores.map(
      ({ userArn, reason, expires }) =>
        `expired on ${expires} and ignored no longer: ${userArn} (${reason})`,
    ),
    ...report.unusedIgnores.map(
      ({ userArn, reason }) => `nothing to ignore any more: ${userArn} (${reason})`,
    ),
  ];
  if (notes.length > 0) yield `${notes.map((note) => paint("gray", printable(note))).join("\n")}\n`;
}

function values({ field, live, declared }: FieldDifference, paint: Paint): string[] {
  if (live === undefined || declared === undefined) return [];
  const shown = tellApart(live, declared);
  return [
    `    ${field.padEnd(12)}  live      ${paint("red", printable(shown.live))}`,
    `    ${"".padEnd(12)}  declared  ${paint("green", printable(shown.declared))}`,
  ];
}

function verdict(report: DriftReport, paint: Paint): string {
  const { endpoint, region, liveProfiles, calls, seconds } = report;
  const read = `${counted(liveProfiles, "profile", "profiles")} at ${printable(endpoint)}, ${printable(region)}, read in ${counted(calls, "call", "calls")}, ${seconds.toFixed(1)} s`;
  const summary = summaryOf(report);
  return `${paint(hasDrift(report) ? "yellow" : "green", summary[0]!.toUpperCase() + summary.slice(1))}\n${paint("gray", read)}\n`;
}
