import { counted, printable } from "../../terminal";
import { codeSpan, linkedMarkdown } from "../markdown";
import { inAscii, tellApart } from "./lookAlikes";
import { type DriftReport, type FieldDifference, hasDrift, label, summaryOf } from "./report";

/**
 * The most bytes of a report. GitHub takes comments of 65,536 characters; the rest is for what
 * a workflow puts around it.
 */
const longest = 60_000;

/** Finds the comment of an earlier run, to edit it rather than to add another. */
export const marker = "<!-- codestar-profiles drift -->";

/**
 * Fit for a comment on a pull request: the counts first, a line for each person, what differs
 * folded away. What does not fit is left out and counted.
 */
export function driftMarkdown(report: DriftReport): string {
  const head = `${marker}\n### ${hasDrift(report) ? "⚠️ Drift" : "✅ No drift"} in CodeStar profiles\n\n${capital(summaryOf(report))}.\n`;
  const foot = `\n<sub>${counted(report.liveProfiles, "profile", "profiles")} at ${codeSpan(report.endpoint)}, ${printable(report.region)}, ${report.checkedAt.slice(0, 16).replace("T", " ")} UTC${report.showsValues ? "" : "; values are not shown"}</sub>\n`;
  const lines = [...personLines(report)];
  const notes = [...noteLines(report)];
  const details = report.drifted.flatMap((entry) =>
    detailLines(codeSpan(label(entry, report)), entry.fields),
  );

  // The lines come first: details and notes get what room they leave.
  const budget = new Budget(longest - bytes(head) - bytes(foot) - 600);
  const shown = budget.take(lines);
  const shownNotes = budget.take(notes);
  const shownDetails = budget.take(details);
  return [
    head,
    section(shown.join("\n")),
    leftOut(lines.length - shown.length, "more person", "more people"),
    section(fold("Values, live and declared", shownDetails)),
    leftOut(details.length - shownDetails.length, "more value", "more values"),
    section(fold("Ignores", shownNotes)),
    leftOut(notes.length - shownNotes.length, "more note", "more notes"),
    foot,
  ].join("");
}

function* personLines(report: DriftReport) {
  const { drifted, missing, unmanaged } = report;
  for (const entry of drifted) {
    const names = entry.fields.map(({ field }) => field).join(", ");
    yield `- 🟡 ${codeSpan(label(entry, report))} drifted: ${names}`;
  }
  for (const entry of missing) yield `- 🔴 ${codeSpan(label(entry, report))} missing`;
  for (const { userArn } of unmanaged) yield `- 🔵 ${codeSpan(inAscii(userArn))} unmanaged`;
}

function* noteLines(report: DriftReport) {
  for (const { userArn, reason, expires } of report.expiredIgnores) {
    yield `- expired on ${expires}: ${codeSpan(userArn)} (${linkedMarkdown(reason)})`;
  }
  for (const entry of report.ignored) {
    yield `- until ${entry.expires}: ${codeSpan(label(entry, report))}, ${entry.what} (${linkedMarkdown(entry.reason)})`;
  }
  for (const { userArn, reason } of report.unusedIgnores) {
    yield `- nothing to ignore any more: ${codeSpan(userArn)} (${linkedMarkdown(reason)})`;
  }
}

function detailLines(who: string, fields: readonly FieldDifference[]): string[] {
  return fields.flatMap(({ field, live, declared }) => {
    if (live === undefined || declared === undefined) return [];
    const shown = tellApart(live, declared);
    return [`- ${who} ${field}: ${codeSpan(shown.live)} → ${codeSpan(shown.declared)}`];
  });
}

function fold(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<details><summary>${title} (${lines.length})</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

function section(text: string): string {
  return text === "" ? "" : `\n${text}\n`;
}

function leftOut(number: number, one: string, many: string): string {
  return number === 0
    ? ""
    : `\n… and ${counted(number, one, many)}, left out to keep this short.\n`;
}

class Budget {
  #left: number;

  constructor(left: number) {
    this.#left = left;
  }

  /** The first lines that fit; all later ones are left out, so that what is shown is in order. */
  take(lines: readonly string[]): readonly string[] {
    for (const [index, line] of lines.entries()) {
      const size = bytes(line) + 1;
      if (size > this.#left) return lines.slice(0, index);
      this.#left -= size;
    }
    return lines;
  }
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
