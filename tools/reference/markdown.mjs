// What the generated pages share.

/**
 * A table, as biome and prettier leave it.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(first), rule, ...others.map(line)].join("\n");
}

/** @param {string} text */
function cell(text) {
  const line = text.replaceAll("\n", " ").replaceAll("|", "\\|");
  // Outside of code it would begin an element.
  return line.replace(/`[^`]*`|</g, (found) => (found === "<" ? "&lt;" : found));
}

/** @param {string} text */
export const code = (text) => `\`${text}\``;
