import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "../support/imports";

// TypeScript would turn a plain import() into a require, which cannot load ES modules on Node 20.
const load = new Function("path", "return import(path)") as (
  path: string,
) => Promise<{ readonly pages: Readonly<Record<string, () => string>> }>;

describe("docs/reference", () => {
  it("is what the source says: `npm run docs -- --reference` writes it", async () => {
    const tool = pathToFileURL(join(repository, "tools/reference.mjs")).href;
    const { pages } = await load(tool);
    const folder = join(repository, "docs/reference");
    assert.deepEqual(readdirSync(folder).sort(), Object.keys(pages).sort());
    for (const [name, page] of Object.entries(pages)) {
      assert.equal(readFileSync(join(folder, name), "utf8"), page(), name);
    }
  });
});
