// Run by officialInstaller.mjs: node install.mjs <the Automation API's file> <version> <root>
import { createRequire } from "node:module";

const [, , automation = "", version = "", root = ""] = process.argv;
const require = createRequire(automation);
const { PulumiCommand } = require(automation);
const { SemVer } = require("semver");

try {
  await PulumiCommand.install({ version: new SemVer(version), root });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
