import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { nativeType, settings } from "../support/nativePlugin";
import { ada, scenario } from "../support/scenario";

const repository = resolve(__dirname, "../..");
const { version } = require("../../package.json") as { version: string };

describe("the engine: the native plugin, packed", () => {
  let folder: string;
  let archive: string;
  before(function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "codestar-packed-"));
    const script = join(repository, "tools/packagePlugin.mjs");
    const output = execFileSync(process.execPath, [script, folder], { encoding: "utf8" });
    archive = output.slice(0, output.lastIndexOf(" (")).trim();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "native_packed: one archive of at most 6 MB, installed by the CLI, needs no node_modules",
    scenario(async ({ project, service }) => {
      assert.ok(statSync(archive).size <= 6 * 2 ** 20, `${statSync(archive).size} bytes`);
      project.config(settings);
      const plugin = ["plugin", "install", "resource", "codestar", version, "--reinstall"];
      await project.pulumi(...plugin, "--file", archive);
      try {
        const options = JSON.stringify({ version });
        project.program(
          `new pulumi.CustomResource("${nativeType}", "ada", ${JSON.stringify(ada)}, ${options});`,
        );
        await project.up();
        assert.equal((await service.live.find(ada.userArn))?.displayName, ada.displayName);
        await project.pulumi("preview", "--expect-no-changes");
        const store = join(project.folder, "profiles.db");
        project.config({ ...settings, "codestar:endpoint": "file:profiles.db" });
        await project.up();
        assert.ok(statSync(store).size > 0, "the store in a file works in it, too");
      } finally {
        await project.pulumi("plugin", "rm", "resource", "codestar", version, "--yes");
      }
    }),
  );
});
