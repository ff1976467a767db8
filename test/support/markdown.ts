/** What may hold a `#` or brackets and is neither a heading nor a link. */
const fences = /^([ \t]*)(`{3,})[^\n]*\n[\s\S]*?^\1\2[ \t]*$/gm;

/** The targets of the links and pictures of a page, code left out. */
export function linksOf(page: string): string[] {
  const prose = page.replace(fences, "").replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

/** The anchors of a page's headings, spelled as GitHub and npm spell them. */
export function anchorsOf(page: string): Set<string> {
  const headings = page.replace(fences, "").matchAll(/^#{1,6} +(.+?) *$/gm);
  const anchors = new Set<string>();
  for (const [, heading] of headings) {
    const bare = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = bare.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}
