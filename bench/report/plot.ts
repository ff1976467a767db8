// The plot: times by number of profiles, on logarithmic scales.
import { duration } from "../../running/progress.mjs";
import type { Results } from "../run";
import type { Sample } from "../stage";
import { medianOf, type Query, select, sizes } from "../statistics";
import { type VariantId, variants } from "../variants";
import { count } from "./format";

interface Point {
  readonly n: number;
  readonly seconds: number;
  readonly over: boolean;
}

interface Curve {
  readonly title: string;
  readonly colour: string;
  readonly points: readonly Point[];
}

const colours: readonly (readonly [VariantId, string])[] = [
  ["doNothing", "#6b7280"],
  ["usual", "#c2410c"],
  ["ours", "#1d4ed8"],
  ["sdkLoop", "#15803d"],
  ["awsCliLoop", "#a16207"],
];

const panels: readonly (readonly [title: string, Query])[] = [
  ["First up", { operation: "up", service: "plain" }],
  ["No-op preview", { operation: "preview", service: "plain" }],
  ["No-op preview, 50 ms, 10 calls a second", { operation: "preview", service: "limited" }],
];

const panel = { width: 330, height: 300, left: 58, top: 44, gap: 24 };
const right = panel.width - 10;
const bottom = panel.height - 40;

export function plot({ samples }: Results): string {
  const width = panels.length * (panel.width + panel.gap);
  const height = panel.height + 40;
  const drawn = panels.map(([title, query]) => ({ title, curves: curves(samples, query) }));
  const points = drawn.flatMap((each) => each.curves.flatMap((curve) => curve.points));
  const x = axis([...points.map(({ n }) => n), 10, 100], panel.left, right);
  const y = axis([...points.map(({ seconds }) => seconds), 0.1, 10], bottom, panel.top);
  const body = drawn.map((each, index) => {
    const left = index * (panel.width + panel.gap);
    return `<g transform="translate(${left} 0)">${drawPanel(each.title, each.curves, x, y)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${body.join("\n")}
${legend(panel.height + 20)}
</svg>
`;
}

function curves(samples: readonly Sample[], query: Query): Curve[] {
  const found = select(samples, query);
  return colours.map(([variant, colour]) => {
    const points = sizes(found).flatMap((n) => {
      const own = select(found, { n, variant });
      const limit = own.find(({ outcome }) => outcome === "over limit")?.seconds;
      const seconds = medianOf(own, "seconds") ?? limit;
      return seconds === undefined ? [] : [{ n, seconds, over: seconds === limit }];
    });
    return { title: variants[variant].title, colour, points };
  });
}

/** A logarithmic scale from one coordinate to another. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.log10(Math.min(...values));
  const high = Math.log10(Math.max(...values));
  const ticks: number[] = [];
  for (let power = Math.ceil(low); power <= high; power++) ticks.push(10 ** power);
  const at = (value: number) => {
    const share = (Math.log10(value) - low) / (high - low || 1);
    return Math.round((from + share * (to - from)) * 10) / 10;
  };
  return { ticks, at };
}
type Axis = ReturnType<typeof axis>;

function drawPanel(title: string, lines: readonly Curve[], x: Axis, y: Axis): string {
  const grid = (path: string) => `<path d="${path}" stroke="#e5e7eb"/>`;
  const rows = y.ticks.map((value) => {
    const label = `<text x="${panel.left - 6}" y="${y.at(value) + 4}" text-anchor="end">${value} s</text>`;
    return grid(`M${panel.left} ${y.at(value)}H${right}`) + label;
  });
  const columns = x.ticks.map((value) => {
    const label = `<text x="${x.at(value)}" y="${bottom + 16}" text-anchor="middle">${count(value)}</text>`;
    return grid(`M${x.at(value)} ${panel.top}V${bottom}`) + label;
  });
  const drawn = lines.map(({ title: variant, colour, points }) => {
    if (points.length === 0) return "";
    const path = points.map(({ n, seconds }) => `${x.at(n)} ${y.at(seconds)}`).join("L");
    const dots = points.map(({ n, seconds, over }) => {
      const name = `${variant}, ${n}: ${over ? "&gt; " : ""}${duration(seconds)}`;
      return `<circle cx="${x.at(n)}" cy="${y.at(seconds)}" r="3.5" fill="${over ? "white" : colour}" stroke="${colour}"><title>${name}</title></circle>`;
    });
    return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join("")}`;
  });
  return [
    `<text x="${panel.left}" y="24" font-size="13" font-weight="bold">${title}</text>`,
    ...rows,
    ...columns,
    `<text x="${(panel.left + right) / 2}" y="${bottom + 32}" text-anchor="middle">profiles</text>`,
    ...drawn,
  ].join("\n");
}

function legend(y: number): string {
  const entries = colours.map(([variant, colour], index) => {
    const x = 14 + index * 190;
    return `<circle cx="${x}" cy="${y - 4}" r="4" fill="${colour}"/><text x="${x + 10}" y="${y}">${variants[variant].title}</text>`;
  });
  return `${entries.join("\n")}\n<text x="14" y="${y + 16}" fill="#6b7280">Medians; a hollow point was stopped at its time limit.</text>`;
}
