import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const name = process.platform === "win32" ? "pulumi-language-yaml.exe" : "pulumi-language-yaml";
const version = "1.25.0";

/**
 * The folder of Pulumi's language host for YAML: on the PATH, or built from its Go module into the user's cache, which takes
 * minutes and is done by the long run alone. Undefined when there is none.
 */
export function yamlHost(): string | undefined {
  const found = (process.env.PATH ?? "").split(delimiter).find((folder) => isIn(folder));
  if (found !== undefined) return found;
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "pulumi-codestar", `pulumi-language-yaml-v${version}`);
  if (isIn(folder)) return folder;
  if (process.env.CODESTAR_TEST_LONG !== "1") return undefined;
  try {
    const module = `github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml@v${version}`;
    const env = { ...process.env, GOBIN: folder };
    execFileSync("go", ["install", module], { env, stdio: "ignore", timeout: 15 * 60_000 });
    return folder;
  } catch {
    return undefined;
  }
}

function isIn(folder: string): boolean {
  return existsSync(join(folder, name));
}
