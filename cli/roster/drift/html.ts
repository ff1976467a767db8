import { count, counted, printable } from "../../terminal";
import { script, style } from "./htmlAssets";
import { inAscii, tellApart } from "./lookAlikes";
import { type DriftReport, type FieldDifference, hasDrift, label, summaryOf } from "./report";

/**
 * One page with everything in it: nothing is loaded from anywhere, and it works as an attachment.
 */
export function driftHtml(report: DriftReport): string {
  const drift = hasDrift(report);
  const summary = summaryOf(report);
  const rows = [...entries(report)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${drift ? "Drift" : "No drift"}: ${escapeHtml(summary)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<p class="kicker">CodeStar profiles · ${escapeHtml(report.region)}</p>
<h1 class="${drift ? "drift" : "clean"}">${drift ? "Drift" : "No drift"}</h1>
<p class="lead">${escapeHtml(summary[0]!.toUpperCase() + summary.slice(1))}.</p>
</header>
${tiles(report)}
${bar(report)}
${rows.length === 0 ? "" : table(rows)}
${notes(report)}
<footer>${footer(report)}</footer>
</main>
${rows.length === 0 ? "" : `<script>${script}</script>`}
</body>
</html>
`;
}

const kinds = [
  ["same", "As declared"],
  ["drifted", "Drifted"],
  ["missing", "Missing"],
  ["unmanaged", "Unmanaged"],
  ["ignored", "Ignored"],
] as const;
type Kind = (typeof kinds)[number][0];

function numbers(report: DriftReport): Record<Kind, number> {
  return {
    same: report.same,
    drifted: report.drifted.length,
    missing: report.missing.length,
    unmanaged: report.unmanaged.length,
    ignored: report.ignored.length,
  };
}

function tiles(report: DriftReport): string {
  const values = numbers(report);
  const items = kinds.map(
    ([kind, title]) =>
      `<div class="tile ${kind}${values[kind] === 0 ? " none" : ""}"><dt>${title}</dt><dd>${count(values[kind])}</dd></div>`,
  );
  return `<dl class="tiles">${items.join("")}</dl>`;
}

function bar(report: DriftReport): string {
  const values = numbers(report);
  const parts = kinds
    .filter(([kind]) => values[kind] > 0)
    .map(
      ([kind, title]) =>
        `<span class="${kind}" style="flex:${values[kind]}" title="${title}: ${count(values[kind])}"></span>`,
    );
  return `<div class="bar" aria-hidden="true">${parts.join("")}</div>`;
}

interface Row {
  readonly kind: Kind;
  readonly userName: string;
  readonly userArn: string;
  readonly place: string;
  readonly body: string;
}

function* entries(report: DriftReport): Generator<Row> {
  const place = ({ file, line }: { file: string; line: number }) => `${file}:${line}`;
  for (const { position, fields, ...who } of report.drifted) {
    yield { kind: "drifted", ...who, place: place(position), body: fields.map(fieldHtml).join("") };
  }
  for (const { position, ...who } of report.missing) {
    yield {
      kind: "missing",
      ...who,
      place: place(position),
      body: "Declared, but has no profile.",
    };
  }
  for (const { userName, userArn, displayName, emailAddress, sshPublicKey } of report.unmanaged) {
    const held = [displayName, emailAddress, sshPublicKey].filter((text) => text !== undefined);
    const body = `Nobody declares it.<p class="held">${held.map(escapeHtml).join(" · ")}</p>`;
    yield { kind: "unmanaged", userName, userArn, place: "", body };
  }
}

function fieldHtml({ field, live, declared }: FieldDifference): string {
  if (live === undefined || declared === undefined) {
    return `<p class="field"><b>${field}</b> differs</p>`;
  }
  const shown = tellApart(live, declared);
  return `<div class="field"><b>${field}</b><del><span>live</span><q>${escapeHtml(shown.live)}</q></del><ins><span>declared</span><q>${escapeHtml(shown.declared)}</q></ins></div>`;
}

function table(rows: readonly Row[]): string {
  const present = kinds.filter(([kind]) => rows.some((row) => row.kind === kind));
  const choices = present.map(
    ([kind, title]) =>
      `<label class="chip ${kind}"><input type="checkbox" value="${kind}" checked>${title}</label>`,
  );
  const body = rows.map(
    ({ kind, userName, userArn, place, body: text }) =>
      `<tr class="${kind}"><td><span class="chip ${kind}">${kind}</span></td><td><strong>${escapeHtml(inAscii(userName))}</strong><small>${breakable(inAscii(userArn))}</small>${place && `<small>${breakable(place)}</small>`}</td><td>${text}</td></tr>`,
  );
  return `<section>
<form class="filter" role="search"><input type="search" placeholder="Find a person" aria-label="Find a person">${choices.join("")}<output></output></form>
<table><thead><tr><th>Status</th><th>Person</th><th>What differs</th></tr></thead>
<tbody>
${body.join("\n")}
</tbody></table>
</section>`;
}

function notes(report: DriftReport): string {
  const { ignored, expiredIgnores, unusedIgnores } = report;
  const item = (who: string, text: string, reason: string) =>
    `<li><strong>${breakable(inAscii(who))}</strong> ${escapeHtml(text)}<small>${breakable(reason)}</small></li>`;
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? "" : `<section><h2>${title}</h2><ul>${items.join("")}</ul></section>`;
  return [
    list(
      "Expired, ignored no longer",
      expiredIgnores.map(({ userArn, expires, reason }) =>
        item(userArn, `expired on ${expires}`, reason),
      ),
    ),
    list(
      "Ignored",
      ignored.map((entry) =>
        item(label(entry, report), `${entry.what}, until ${entry.expires}`, entry.reason),
      ),
    ),
    list(
      "Nothing to ignore any more",
      unusedIgnores.map(({ userArn, expires, reason }) =>
        item(userArn, `until ${expires}`, reason),
      ),
    ),
  ].join("");
}

function footer({ checkedAt, endpoint, liveProfiles, calls, seconds, showsValues }: DriftReport) {
  const read = `${counted(liveProfiles, "profile", "profiles")} at ${endpoint}, read in ${counted(calls, "call", "calls")}, ${seconds.toFixed(1)} s`;
  const hidden = showsValues ? "" : " Names and e-mail addresses are left out.";
  return breakable(`${checkedAt.slice(0, 19).replace("T", " ")} UTC · ${read}.${hidden}`);
}

/** The most characters of a part that fit on a line of a phone. */
const longestPart = 32;

/**
 * An ARN, a path or an address that breaks after its colons and slashes, not
 * at hyphens within a name.
 */
function breakable(text: string): string {
  return text
    .split(/(?<=[:/])(?=[^:/\s\d])/)
    .map((part) =>
      /[^\w:/]/.test(part) && !/\s/.test(part) && part.length <= longestPart
        ? `<span class="part">${escapeHtml(part)}</span>`
        : escapeHtml(part),
    )
    .join("<wbr>");
}

function escapeHtml(text: string): string {
  return printable(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}
