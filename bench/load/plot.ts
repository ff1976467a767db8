// The plot: requests per second of each load, every round as a dot.
import { count } from "../report/format";
import { connections, type Entries, medianOf } from "./contest";

const row = { height: 34, left: 230, right: 90, top: 44, bar: 18 };
const width = 760;
const ours = "#1d4ed8";
const others = "#6b7280";

export function plot(entries: Entries): string {
  const rates = [...entries.values()].flatMap((entry) => entry.samples.map((s) => s.perSecond));
  const most = Math.max(...rates);
  const x = (value: number) =>
    Math.round(row.left + (value / most) * (width - row.left - row.right));
  const bars = [...entries.values()].map((entry, index) => {
    const { title, samples } = entry;
    const y = row.top + index * row.height;
    const value = medianOf(entry, "perSecond") ?? 0;
    const colour = title.startsWith("**") ? ours : others;
    const middle = y + row.bar / 2;
    const dots = samples.map(
      ({ perSecond }) =>
        `<circle cx="${x(perSecond)}" cy="${middle}" r="2.5" fill="white" stroke="${colour}"/>`,
    );
    return [
      `<text x="${row.left - 8}" y="${middle + 4}" text-anchor="end">${title.replace(/[*`]/g, "")}</text>`,
      `<rect x="${row.left}" y="${y}" width="${Math.max(1, x(value) - row.left)}" height="${row.bar}" fill="${colour}" opacity="0.75"/>`,
      ...dots,
      `<text x="${x(value) + 14}" y="${middle + 4}">${count(Math.round(value))}</text>`,
    ].join("\n");
  });
  const height = row.top + entries.size * row.height + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
<text x="14" y="24" font-size="13" font-weight="bold">Requests per second at ${connections} connections</text>
${bars.join("\n")}
<text x="14" y="${height - 8}" fill="#6b7280">Bars are medians, dots the rounds; blue is the profile service.</text>
</svg>
`;
}
