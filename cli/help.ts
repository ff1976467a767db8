import type { Command } from "./command";

const program = "codestar-profiles";

/** What `--help` prints. */
export function helpOf(name: string, { synopsis, about, options, notes }: Command): string {
  const usage = synopsis.map(
    (line, index) => `${index === 0 ? "Usage:" : "      "} ${program} ${name} ${line}`,
  );
  const rows = Object.entries(options).map(
    ([option, { value, description, default: standard }]) => {
      const told = standard === undefined || description.includes(standard);
      return [
        `--${option}${value === undefined ? "" : ` ${value}`}`,
        told ? description : `${description} (${standard})`,
      ] as const;
    },
  );
  const width = Math.max(...rows.map(([head]) => head.length), "-h, --help".length);
  const lines = rows.map(
    ([head, text]) =>
      `  ${head.padEnd(width)}  ${text.replaceAll("\n", `\n${" ".repeat(width + 4)}`)}`,
  );
  return `${usage.join("\n")}\n\n${about}\n\n${lines.join("\n")}\n  -h, --help\n\n${notes}\n`;
}
