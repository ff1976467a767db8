import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { accessibilityProblems, openBrowser, sidewaysScroll } from "../support/browser";
import { repository } from "../support/imports";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Serves the files of a folder on loopback, `/tutorial` from `tutorial.html`. */
function serveFolder(folder: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, decodeURIComponent(new URL(url, "http://localhost").pathname));
    const file = [path, `${path}.html`, join(path, "index.html")].find(
      (one) => existsSync(one) && statSync(one).isFile(),
    );
    if (file === undefined || !file.startsWith(folder)) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe("the site of docs", function () {
  this.timeout(120_000);
  let folder: string;
  let server: Server;
  let browser: Browser | undefined;
  let home: string;
  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "codestar-site-"));
    const vitepress = join(repository, "node_modules/vitepress/bin/vitepress.js");
    const output = execFileSync(
      process.execPath,
      [vitepress, "build", "docs", "--outDir", folder],
      { cwd: repository, encoding: "utf8", stdio: "pipe" },
    );
    assert.doesNotMatch(output, /warn|dead link/i);
    server = await serveFolder(folder);
    home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openBrowser(this);
  });
  after(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [screen, width] of [
      ["desktop", 1280],
      ["phone", 390],
    ] as const) {
      it(`can be read, ${colorScheme}, on a ${screen}`, async () => {
        const page = await browser!.newPage({ colorScheme, viewport: { width, height: 2000 } });
        try {
          for (const path of ["/", "/tutorial", "/reference/commands", "/reference/errors"]) {
            await page.goto(home + path, { waitUntil: "networkidle" });
            // Text below a fixed or a scrolled part of the page has nothing to be judged against.
            const problems = (await accessibilityProblems(page)).filter(
              (problem) => !problem.includes("background color could not be determined"),
            );
            assert.deepEqual(problems, [], `${path}, ${screen}`);
            assert.equal(await sidewaysScroll(page), 0, path);
          }
        } finally {
          await page.close();
        }
      });
    }
  }

  it("finds a page by a word", async () => {
    const page = await browser!.newPage();
    try {
      await page.goto(home, { waitUntil: "networkidle" });
      const field = page.locator(".VPLocalSearchBox input");
      // The page listens for keys, and the search is loaded, some time after the page is there.
      while (!(await field.isVisible())) {
        await page.keyboard.press("Control+k");
        await page.waitForTimeout(100);
      }
      await field.fill("maxRemovals");
      await page.waitForSelector(".VPLocalSearchBox .result");
    } finally {
      await page.close();
    }
  });
});
