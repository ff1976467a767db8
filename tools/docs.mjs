// npm run docs: the pages that are generated, the picture of a preview, and the site, into
// docs/.vitepress/dist. npm run docs -- --reference the generated pages alone
import { run } from "../running/children.mjs";
import { repository } from "../running/repository.mjs";
import { ensureBuilt, ensureDependencies } from "./dependencies.mjs";

await ensureDependencies();
await ensureBuilt();
const { writeReference } = await import("./reference.mjs");
writeReference();
if (!process.argv.includes("--reference")) {
  const { drawDrift } = await import("./driftPicture.mjs");
  await drawDrift();
  const vitepress = "node_modules/vitepress/bin/vitepress.js";
  const outcome = await run(process.execPath, [vitepress, "build", "docs"], { cwd: repository });
  const said = outcome.stdout + outcome.stderr;
  process.stdout.write(said);
  process.exitCode = outcome.code !== 0 || /warn|dead link/i.test(said) ? 1 : 0;
}
