import { counted, type Paint, printable } from "../terminal";
import { type DriftReport, type FieldDifference, hasDrift, summaryOf } from "./report";

/** For a terminal: a line for each person, the differing fields below it, the counts last. */
export function driftText(report: DriftReport, paint: Paint): string {
  const names = [...report.drifted, ...report.missing, ...report.unmanaged].map(
    ({ userName }) => userName.length,
  );
  const width = Math.min(32, Math.max(0, ...names));
  const line = (sign: string, style: Parameters<Paint>[0], name: string, text: string) =>
    `${paint(style, sign)} ${paint("bold", name.padEnd(width))}  ${text}`;
  const place = ({ file, line: row, column }: { file: string; line: number; column: number }) =>
    paint("gray", `${file}:${row}:${column}`);

  const lines = [
    ...report.drifted.flatMap(({ userName, fields, position }) => [
      line(
        "~",
        "yellow",
        userName,
        `${fields.map(({ field }) => field).join(", ")}  ${place(position)}`,
      ),
      ...fields.flatMap((field) => values(field, paint)),
    ]),
    ...report.missing.map(({ userName, position }) =>
      line("-", "red", userName, `missing: declared, but has no profile  ${place(position)}`),
    ),
    ...report.unmanaged.map(({ userName, userArn }) =>
      line(
        "+",
        "cyan",
        userName,
        `unmanaged: nobody declares it  ${paint("gray", printable(userArn))}`,
      ),
    ),
  ];
  return [...blocks(lines, report, paint), verdict(report, paint)].join("\n");
}

function* blocks(lines: readonly string[], report: DriftReport, paint: Paint) {
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
  const notes = [
    ...report.ignored.map(
      ({ userName, what, reason, expires }) =>
        `ignored until ${expires}: ${userName}, ${what} (${printable(reason)})`,
    ),
    ...report.expiredIgnores.map(
      ({ userArn, reason, expires }) =>
        `expired on ${expires} and ignored no longer: ${printable(userArn)} (${printable(reason)})`,
    ),
    ...report.unusedIgnores.map(
      ({ userArn, reason }) =>
        `nothing to ignore any more: ${printable(userArn)} (${printable(reason)})`,
    ),
  ];
  if (notes.length > 0) yield `${notes.map((note) => paint("gray", note)).join("\n")}\n`;
}

function values({ field, live, declared }: FieldDifference, paint: Paint): string[] {
  if (live === undefined || declared === undefined) return [];
  return [
    `    ${field.padEnd(12)}  live      ${paint("red", printable(live))}`,
    `    ${"".padEnd(12)}  declared  ${paint("green", printable(declared))}`,
  ];
}

function verdict(report: DriftReport, paint: Paint): string {
  const { endpoint, region, liveProfiles, calls, seconds } = report;
  const read = `${counted(liveProfiles, "profile", "profiles")} at ${endpoint}, ${region}, read in ${counted(calls, "call", "calls")}, ${seconds.toFixed(1)} s`;
  const summary = summaryOf(report);
  return `${paint(hasDrift(report) ? "yellow" : "green", summary[0]!.toUpperCase() + summary.slice(1))}\n${paint("gray", read)}\n`;
}
