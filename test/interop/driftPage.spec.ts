import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { driftHtml } from "../../cli/roster/drift/html";
import type { DriftReport } from "../../cli/roster/drift/report";
import { accessibilityProblems, openBrowser, sidewaysScroll } from "../support/browser";
import { arn } from "../support/rosterFiles";

const longArn =
  "arn:aws:iam::123456789012:user/research-and-development/far-infrared/interferometry/grace-hopper";
const position = { file: "rosters/teams/research/optics/interferometry.yaml", line: 7, column: 3 };
const ignore = {
  reason: "https://tickets.example.com/browse/OPS-123?from=drift",
  expires: "2027-06-30",
};

const clean: DriftReport = {
  checkedAt: "2026-11-25T02:17:00.000Z",
  endpoint: "https://profiles.internal.example.com/a/long/path/to/the/service/of/profiles",
  region: "eu-central-1",
  people: 3,
  liveProfiles: 3,
  same: 3,
  calls: 1,
  seconds: 0.1,
  drifted: [],
  missing: [],
  unmanaged: [],
  ignored: [],
  expiredIgnores: [],
  unusedIgnores: [],
  unmanagedIsDrift: true,
  showsValues: true,
  namesakes: new Set(),
};
/** Something of every kind, with the longest ARN and key that there are. */
const everything: DriftReport = {
  ...clean,
  same: 1,
  drifted: [
    {
      userArn: longArn,
      userName: longArn.split("/").at(-1)!,
      position,
      fields: [
        { field: "displayName", live: "W".repeat(64), declared: "Grace Hopper" },
        {
          field: "sshPublicKey",
          live: "(none)",
          declared: `SHA256:${"W".repeat(43)} (ssh-ed25519)`,
        },
      ],
    },
    { userArn: arn("bob"), userName: "bob", position, fields: [{ field: "emailAddress" }] },
  ],
  missing: [{ userArn: arn("eve"), userName: "eve", position }],
  unmanaged: [
    {
      userArn: arn("mallory"),
      userName: "mallory",
      displayName: "Mallory",
      emailAddress: `${"m".repeat(100)}@example.com`,
      sshPublicKey: "(none)",
    },
  ],
  ignored: [{ userArn: arn("ida"), userName: "ida", what: "missing", ...ignore }],
  expiredIgnores: [{ userArn: longArn, ...ignore }],
  unusedIgnores: [{ userArn: arn("*"), ...ignore }],
};

describe("the page of a drift report, in Chromium", function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];
  before(async function () {
    browser = await openBrowser(this);
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => complaints.push(`asks for ${request.url()}`));
  });
  afterEach(() => assert.deepEqual(complaints.splice(0), []));
  after(() => browser?.close());

  async function show(report: DriftReport, width = 1280): Promise<void> {
    await page.setViewportSize({ width, height: 800 });
    // A document of its own, for the script of the page before.
    await page.goto("about:blank");
    await page.setContent(driftHtml(report));
  }

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has enough contrast, and nothing else against it, in ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      for (const [report, width] of [
        [clean, 1280],
        [everything, 1280],
        [everything, 360],
      ] as const) {
        await show(report, width);
        assert.deepEqual(await accessibilityProblems(page), [], `${width} pixels`);
      }
    });
  }

  it("needs no scrolling to the side on a phone", async () => {
    for (const width of [320, 360, 414, 1280]) {
      await show(everything, width);
      assert.equal(await sidewaysScroll(page), 0, `${width} pixels`);
    }
  });

  it("breaks ARNs after a colon or a slash", async () => {
    let breaks = 0;
    for (const width of [320, 360, 700, 1280]) {
      await show(everything, width);
      for (const character of (await page.evaluate(charactersBeforeBreaks)) as string[]) {
        assert.match(character, /[:/]/, `${width} pixels`);
        breaks++;
      }
    }
    assert.ok(breaks >= 4, "no ARN takes two lines, so the test shows nothing");
  });

  it("shows the people that are looked for, and those alone", async () => {
    await show(everything);
    const names = () => page.locator("tbody tr:visible strong").allTextContents();
    const search = page.getByRole("searchbox", { name: "Find a person" });
    assert.equal((await names()).length, 4);
    await search.fill("MALL");
    assert.deepEqual(await names(), ["mallory"]);
    await search.fill("development/far-infrared");
    assert.deepEqual(await names(), ["grace-hopper"]);
    await search.fill("");
    await page.getByRole("checkbox", { name: "Missing" }).uncheck();
    assert.ok(!(await names()).includes("eve"));
    assert.equal(await page.getByRole("status").textContent(), "3 of 4");
  });
});

/** The last character of each line but the last, of every ARN in the table. */
const charactersBeforeBreaks = `(() => {
  const found = [];
  for (const element of document.querySelectorAll("td small")) {
    if (!element.textContent.startsWith("arn:")) continue;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let last;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (let at = 0; at < node.length; at++) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { top } = range.getBoundingClientRect();
        if (last !== undefined && top > last.top + 2) found.push(last.character);
        last = { top, character: node.data[at] };
      }
    }
  }
  return found;
})()`;
