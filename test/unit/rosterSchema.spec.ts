import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rosterJsonSchema } from "../../roster/schema";

describe("schema/roster.schema.json", () => {
  const published = readFileSync(join(__dirname, "../../schema/roster.schema.json"), "utf8");

  it("is what roster/schema.ts says; npm run schema writes it anew", () => {
    assert.equal(JSON.stringify(JSON.parse(published)), JSON.stringify(rosterJsonSchema()));
  });

  it("has patterns that validators with the flag u take", () => {
    const patterns = [...published.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
      String(JSON.parse(text!)),
    );
    assert.ok(patterns.length >= 8);
    for (const pattern of patterns) for (const flag of ["", "u"]) new RegExp(pattern, flag);
  });

  it("describes every field, for editors to show", () => {
    const undescribed: string[] = [];
    const walk = (schema: Record<string, unknown>, path: string) => {
      for (const [name, field] of Object.entries((schema.properties ?? {}) as typeof schema)) {
        const part = field as Record<string, unknown>;
        if (typeof part.description !== "string") undescribed.push(`${path}${name}`);
        walk(part, `${path}${name}.`);
      }
    };
    walk(JSON.parse(published), "");
    assert.deepEqual(undescribed, []);
  });
});
