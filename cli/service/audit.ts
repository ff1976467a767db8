import { type AuditEntry, readAuditFiles } from "../../service/audit/reader";
import { UsageError } from "../arguments";
import { declare } from "../command";
import { counted, print, printable } from "../terminal";

export const command = declare({
  synopsis: ["FILE… [options]"],
  about: `\
Prints the writes in the audit trail of a profile service (serve --audit FILE): when, who, which
operation on whose profile, which members, and how it ended. Values are not in the trail. An outcome
"unknown" is of a write that was begun when the server was killed: it may or may not have been done.

Give the files that were rotated away too, in any order, also compressed (.gz): a write that began in
one may have ended in the next.`,
  options: {
    since: {
      value: "TIME",
      description: "from this time on: 2026-11-25, 2026-11-25T08:00:00Z, or 90m, 12h, 7d ago",
    },
    "user-arn": { value: "ARN", description: "of this profile only" },
    output: {
      value: "FORMAT",
      choices: ["text", "json"],
      default: "text",
      description: "text (default), or json: one object a line",
    },
  },
  words: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    question: "Which audit trail? Name its files.",
  },
  notes: "Exit status: 0 read, 1 could not read, 2 wrong arguments.",
  async run({ values, words }) {
    const { since, "user-arn": userArn, output } = values;
    const line = output === "json" ? toJson : toText;
    const entries = readAuditFiles(words, {
      ...(since !== undefined && { since: timeOf(since) }),
      ...(userArn !== undefined && { userArn }),
      onDamaged: (file, lines) => {
        const are = counted(lines, "line is no record", "lines are no records");
        process.stderr.write(`${file}: ${are}, as a server leaves them that was killed.\n`);
      },
    });
    for await (const entry of entries) await print(`${line(entry)}\n`);
    return 0;
  },
});

const toJson = (entry: AuditEntry): string => JSON.stringify(entry);

function toText(entry: AuditEntry): string {
  const { time, principal, account, operation, region, userArn, fields, outcome } = entry;
  const who = principal === undefined ? "-" : `${principal}@${account}`;
  const what = fields.length > 0 ? fields.join(",") : "-";
  return printable(
    [time, who, operation, region, userArn, what, outcome, entry.requestId].join("  "),
  );
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws UsageError */
function timeOf(text: string): number {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (number !== undefined && unit !== undefined) return Date.now() - Number(number) * units[unit]!;
  const time = /^\d{4}-\d\d-\d\d(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(
      "The option --since takes a date, a time such as 2026-11-25T08:00:00Z, or 12h.",
    );
  }
  return time;
}
