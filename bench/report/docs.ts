// Puts the figures of a run into the docs, between `<!-- bench:name -->`
// and `<!-- /bench:name -->`.
import * as fs from "node:fs";
import { join } from "node:path";
import { repository } from "../../running/repository.mjs";
import type { Results } from "../run";
import type { TimedVerdict } from "../targets";
import * as fragments from "./fragments";

type Fragment = (results: Results, verdicts: readonly TimedVerdict[]) => string;
const byName = new Map<string, Fragment>(Object.entries(fragments));
const blocks = /(<!-- bench:(\w+) -->\n)[\s\S]*?(<!-- \/bench:\2 -->)/g;

export function writeDocs(results: Results, verdicts: readonly TimedVerdict[]): void {
  const docs = join(repository, "docs");
  const names = fs.readdirSync(docs).filter((name) => name.endsWith(".md"));
  for (const page of [...names.map((name) => join(docs, name)), join(repository, "README.md")]) {
    const before = fs.readFileSync(page, "utf8");
    const after = before.replace(blocks, (_, open: string, name: string, close: string) => {
      const fragment = byName.get(name);
      if (fragment === undefined) throw new Error(`${page}: there is no fragment ${name}`);
      return `${open}\n${fragment(results, verdicts)}\n\n${close}`;
    });
    if (after !== before) fs.writeFileSync(page, after);
  }
}
