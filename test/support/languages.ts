import { join } from "node:path";
import { repository } from "./imports";

/** Where a program is, or why it is not there. */
type Obtained = { program: string; missing?: undefined } | { missing: string; program?: undefined };

interface Languages {
  obtainYamlHost(): Promise<Obtained>;
  obtainPythonHost(): Promise<Obtained>;
  obtainPulumiPython(): Promise<Obtained>;
  obtainSdkGenerator(): Promise<Obtained>;
  buildGoProgram(folder: string, target: string): Promise<Obtained>;
  generateSdk(language: "python" | "go", schema: string, folder: string): Promise<void>;
}

// TypeScript would turn a plain import() into a require, which cannot load ES modules on Node 20.
const load = new Function("path", "return import(path)") as (path: string) => Promise<Languages>;

/** What Pulumi programs in other languages need, obtained on first use, which takes minutes. */
export function languages(): Promise<Languages> {
  return load(join(repository, "tools/languages.mjs"));
}
