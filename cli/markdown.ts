/** Text in Markdown that is shown as it is: no markup, no link, no mention of anyone. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>()#+!|~&-]/g, "\\$&")
    .replace(/@/g, "@\u200B")
    .replace(/\r?\n/g, " ");
}

/** Text as code, whatever backquotes it holds. GitHub mentions nobody in it. */
export function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, " ");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
