import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of the Pulumi project of that name: the nearest one upwards whose Pulumi.yaml says
 * so, else the nearest with any Pulumi.yaml, else the folder itself. The engine starts programs
 * and providers in the folder of the program, which `main` may move away from the project's,
 * even into another project's.
 */
export function projectFolder(folder: string, projectName: string | undefined): string {
  let nearest: string | undefined;
  for (let here = folder; ; here = dirname(here)) {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(here, name)).find(existsSync);
    if (file !== undefined) {
      nearest ??= here;
      // One top-level line is all that is needed of the file; a YAML parser takes longer to
      // load than the whole provider.
      const name = /^name:\s*["']?([^"'\s#]+)/m.exec(readFileSync(file, "utf8"))?.[1];
      if (projectName === undefined || name === projectName) return here;
    }
    if (dirname(here) === here) return nearest ?? folder;
  }
}
