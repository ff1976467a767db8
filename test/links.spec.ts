import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { repository } from "./support/imports";
import { anchorsOf, linksOf } from "./support/markdown";

const { repository: source } = JSON.parse(
  readFileSync(join(repository, "package.json"), "utf8"),
) as { repository: { url: string } };
const home = source.url.replace(/^git\+|\.git$/g, "");

const slashes = (path: string) => path.split(sep).join("/");

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const passedOver = entry.name === "node_modules" || /^\.(?!github$)/.test(entry.name);
      return passedOver || path === join(repository, "dist") ? [] : pagesBelow(path);
    }
    return entry.name.endsWith(".md") ? [slashes(relative(repository, path))] : [];
  });
}

/**
 * Where a link of a page leads to: a file of the repository and an anchor in it;
 * undefined for other sites.
 */
function destination(page: string, link: string): { path: string; anchor: string } | undefined {
  const [target = "", anchor = ""] = link.split("#");
  if (link.startsWith(`${home}/blob/main/`) || link.startsWith(`${home}/tree/main/`)) {
    return { path: target.slice(`${home}/blob/main/`.length), anchor };
  }
  if (/^[a-z]+:/.test(link)) return undefined;
  return { path: target === "" ? page : posix.join(posix.dirname(page), target), anchor };
}

function destinationsOf(page: string) {
  return linksOf(readFileSync(join(repository, page), "utf8")).flatMap((link) => {
    const to = destination(page, link);
    return to === undefined ? [] : [{ ...to, link }];
  });
}

describe("links", () => {
  it("of every page lead to files, and to headings in them", () => {
    const pages = pagesBelow(repository);
    assert.ok(pages.includes("README.md") && pages.includes("docs/decisions/0012-rooms.md"));
    let followed = 0;
    const dead = pages.flatMap((page) =>
      destinationsOf(page)
        .filter(({ path, link, anchor }) => {
          followed++;
          const file = join(repository, path);
          if (!existsSync(file)) return true;
          if (link.startsWith(home) && link.includes("/tree/") !== statSync(file).isDirectory())
            return true;
          return anchor !== "" && !anchorsOf(readFileSync(file, "utf8")).has(anchor);
        })
        .map(({ link }) => `${page}: ${link}`),
    );
    assert.deepEqual(dead, []);
    assert.ok(followed > 50, `${followed} links`);
  });

  it("of the pages in the package lead to files that are in it, or to the repository", function () {
    this.timeout(60_000);
    const output = execFileSync("npm", ["pack", "--json", "--dry-run", "--ignore-scripts"], {
      cwd: repository,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    // An array up to npm 11, an object by name since.
    const [packed] = Object.values(
      JSON.parse(output) as { files: readonly { readonly path: string }[] }[],
    );
    const files = packed!.files.map(({ path }) => path);
    const reachable = new Set(files.flatMap((path) => [path, ...foldersOf(path)]));
    const pages = files.filter((path) => path.endsWith(".md"));
    assert.ok(pages.includes("README.md") && pages.includes("docs/gitops.md"));
    const dead = pages.flatMap((page) =>
      destinationsOf(page)
        .filter(({ path, link }) => !link.startsWith(home) && !reachable.has(path))
        .map(({ link }) => `${page}: ${link}`),
    );
    assert.deepEqual(dead, []);
  });
});

function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}
