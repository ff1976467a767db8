import { printable } from "../../profile/printable";

/**
 * Text in Markdown that is shown as it is: no markup, no mention of anyone, no character that acts.
 */
export function escapeMarkdown(text: string): string {
  return printable(text.replace(lineEnds, " "))
    .replace(/[\\`*_{}[\]<>()#+!|~&-]/g, "\\$&")
    .replace(/@/g, "@\u200B");
}

const lineEnds = /\s*[\r\n]\s*/g;

/** An address up to the punctuation of the sentence around it. */
const address = /(https?:\/\/[^\s<>`\\]*[^\s<>`\\.,;:!?'")\]])/;

/**
 * As `escapeMarkdown`, with the addresses in it as links: for text of one's own, such
 * as the reason of a ticket.
 */
export function linkedMarkdown(text: string): string {
  return printable(text.replace(lineEnds, " "))
    .split(address)
    .map((part, index) => (index % 2 === 1 ? `<${part}>` : escapeMarkdown(part)))
    .join("");
}

/** Text as code, whatever backquotes it holds. GitHub mentions nobody in it. */
export function codeSpan(text: string): string {
  const line = printable(text);
  const runs = line.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
