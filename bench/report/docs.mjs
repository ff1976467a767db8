// Puts the figures of a run into the docs, between `<!-- bench:name -->` and `<!-- /bench:name -->`.
import * as fs from "node:fs";
import { join } from "node:path";
import { repository } from "../../running/repository.mjs";
import * as fragments from "./fragments.mjs";

const byName = new Map(Object.entries(fragments));

/**
 * @param {import("../run.mjs").Results} results
 * @param {readonly import("../targets.mjs").Verdict[]} verdicts
 */
export function writeDocs(results, verdicts) {
  const docs = join(repository, "docs");
  const pages = fs.readdirSync(docs).filter((name) => name.endsWith(".md"));
  for (const page of [...pages.map((name) => join(docs, name)), join(repository, "README.md")]) {
    if (!fs.existsSync(page)) continue;
    const before = fs.readFileSync(page, "utf8");
    const after = fill(before, (name) => {
      const fragment = byName.get(name);
      if (fragment === undefined) throw new Error(`${page}: there is no fragment ${name}`);
      return fragment(results, verdicts);
    });
    if (after !== before) fs.writeFileSync(page, after);
  }
}

/**
 * @param {string} text
 * @param {(name: string) => string} content
 */
function fill(text, content) {
  return text.replace(
    /(<!-- bench:(\w+) -->\n)[\s\S]*?(<!-- \/bench:\2 -->)/g,
    (_, open, name, close) => `${open}\n${content(name)}\n\n${close}`,
  );
}
