// The plot: times by number of profiles, on logarithmic scales.
import { duration } from "../../running/progress.mjs";
import { medianOf, select, sizes } from "../analysis.mjs";
import { variants } from "../variants.mjs";

/** @typedef {import("../stage.mjs").Sample} Sample */
/** @typedef {import("../variants.mjs").VariantId} VariantId */
/** @typedef {{ n: number; seconds: number; over: boolean }} Point */

/** @type {[VariantId, string][]} */
const colours = [
  ["doNothing", "#6b7280"],
  ["usual", "#c2410c"],
  ["ours", "#1d4ed8"],
  ["sdkLoop", "#15803d"],
  ["awsCliLoop", "#a16207"],
];

/** @type {{ title: string; operation: import("../variants.mjs").Operation; service: import("../services.mjs").ServiceId }[]} */
const panels = [
  { title: "First up", operation: "up", service: "plain" },
  { title: "No-op preview", operation: "preview", service: "plain" },
  { title: "No-op preview, 50 ms, 10 calls a second", operation: "preview", service: "limited" },
];

const panel = { width: 330, height: 300, left: 58, top: 44, gap: 24 };
const plotWidth = panel.width - panel.left - 10;
const plotHeight = panel.height - panel.top - 40;

/** @param {import("../run.mjs").Results} results */
export function plot({ samples }) {
  const width = panels.length * (panel.width + panel.gap);
  const height = panel.height + 40;
  const all = panels.flatMap((of) => curves(samples, of).flatMap(([, points]) => points));
  const scale = scales(all);
  const body = panels.map(
    (of, index) =>
      `<g transform="translate(${index * (panel.width + panel.gap)} 0)">${drawPanel(of.title, curves(samples, of), scale)}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${body.join("\n")}
${legend(panel.height + 20)}
</svg>
`;
}

/**
 * @param {readonly Sample[]} samples
 * @param {(typeof panels)[number]} of
 * @returns {[VariantId, Point[]][]}
 */
function curves(samples, { operation, service }) {
  const found = select(samples, { operation, service });
  return colours.map(([variant]) => [
    variant,
    sizes(found).flatMap((n) => {
      const own = select(found, { n, variant });
      const limit = own.find(({ outcome }) => outcome === "over limit")?.seconds;
      const seconds = medianOf(own, "seconds") ?? limit;
      return seconds === undefined ? [] : [{ n, seconds, over: seconds === limit }];
    }),
  ]);
}

/** @param {readonly Point[]} points */
function scales(points) {
  const axis = (/** @type {number[]} */ values, /** @type {number} */ length) => {
    const low = Math.log10(Math.min(...values));
    const high = Math.log10(Math.max(...values));
    const ticks = [];
    for (let power = Math.ceil(low); power <= high; power++) ticks.push(10 ** power);
    const span = high - low || 1;
    return { ticks, at: (/** @type {number} */ v) => ((Math.log10(v) - low) / span) * length };
  };
  return {
    x: axis([...points.map(({ n }) => n), 10, 100], plotWidth),
    y: axis([...points.map(({ seconds }) => seconds), 0.1, 10], plotHeight),
  };
}

/**
 * @param {string} title
 * @param {readonly [VariantId, Point[]][]} lines
 * @param {ReturnType<typeof scales>} scale
 */
function drawPanel(title, lines, { x, y }) {
  const px = (/** @type {number} */ n) => round(panel.left + x.at(n));
  const py = (/** @type {number} */ seconds) => round(panel.top + plotHeight - y.at(seconds));
  const bottom = panel.top + plotHeight;
  const right = panel.left + plotWidth;
  return [
    `<text x="${panel.left}" y="24" font-size="13" font-weight="bold">${title}</text>`,
    ...y.ticks.map(
      (value) =>
        `<path d="M${panel.left} ${py(value)}H${right}" stroke="#e5e7eb"/><text x="${panel.left - 6}" y="${py(value) + 4}" text-anchor="end">${value} s</text>`,
    ),
    ...x.ticks.map(
      (value) =>
        `<path d="M${px(value)} ${panel.top}V${bottom}" stroke="#e5e7eb"/><text x="${px(value)}" y="${bottom + 16}" text-anchor="middle">${value.toLocaleString("en")}</text>`,
    ),
    `<text x="${panel.left + plotWidth / 2}" y="${bottom + 32}" text-anchor="middle">profiles</text>`,
    ...lines.map(([variant, points]) => {
      const colour = colours.find(([id]) => id === variant)?.[1] ?? "black";
      const path = points.map(({ n, seconds }) => `${px(n)} ${py(seconds)}`).join("L");
      const dots = points.map(
        ({ n, seconds, over }) =>
          `<circle cx="${px(n)}" cy="${py(seconds)}" r="3.5" fill="${over ? "white" : colour}" stroke="${colour}"><title>${variants[variant].title}, ${n}: ${over ? "&gt; " : ""}${duration(seconds)}</title></circle>`,
      );
      return points.length === 0
        ? ""
        : `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots.join("")}`;
    }),
  ].join("\n");
}

/** @param {number} y */
function legend(y) {
  const step = 190;
  const entries = colours.map(
    ([variant, colour], index) =>
      `<circle cx="${14 + index * step}" cy="${y - 4}" r="4" fill="${colour}"/><text x="${24 + index * step}" y="${y}">${variants[variant].title}</text>`,
  );
  return `${entries.join("\n")}\n<text x="14" y="${y + 16}" fill="#6b7280">Medians; a hollow point was stopped at its time limit.</text>`;
}

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;
