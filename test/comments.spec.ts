import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { everything, repository, sourcesUnder } from "./support/imports";

/** The formatter does the same for code. */
const width = 100;

describe("comments", () => {
  it("are within 100 columns, but for types in the comments of JavaScript and what has no spaces", () => {
    const lines = sourcesUnder(...everything).flatMap((file) =>
      readFileSync(join(repository, file), "utf8")
        .split("\n")
        .map((line, index) => ({ line, place: `${file}:${index + 1}` })),
    );
    const comments = lines.filter(({ line }) => /^\s*(\/\/|\/?\*+) \S+ /.test(line));
    assert.ok(comments.length > 1_000, "there are comments to look at");
    const long = comments.filter(({ line }) => line.length > width && !line.includes("{"));
    assert.deepEqual(
      long.map(({ place }) => place),
      [],
    );
  });
});
