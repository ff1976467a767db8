import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of the Pulumi project: the nearest one upwards that holds a Pulumi.yaml, else the folder
 * itself. The engine starts providers in the folder of the program, which `main` may move away from it.
 */
export function projectFolder(folder: string): string {
  for (let here = folder; ; here = dirname(here)) {
    if (["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(here, name)))) return here;
    if (dirname(here) === here) return folder;
  }
}
