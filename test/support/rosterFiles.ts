import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type LoadOptions, loadRoster, type Problem } from "../../roster/load";
import { ed25519Blob, line } from "./sshKeyBlobs";

/** A folder of roster files that lasts as long as a test. */
export class RosterFolder {
  readonly path = mkdtempSync(join(tmpdir(), "codestar-roster-"));

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  load(paths: string | readonly string[] = ".", options: LoadOptions = {}) {
    return loadRoster(paths, { folder: this.path, ...options });
  }

  /** Writes one file, and reads it. */
  loadText(text: string, name = "team.yaml") {
    this.write({ [name]: text });
    return this.load(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A well-formed ed25519 key that belongs to nobody; the same seed gives the same one. */
export function keyLine(seed: string | number, comment = ""): string {
  const point = createHash("sha256").update(`${seed}`).digest();
  return line("ssh-ed25519", ed25519Blob(point), comment);
}

export const account = "123456789012";
export const arn = (name: string): string => `arn:aws:iam::${account}:user/${name}`;

/** The beginning of a roster in YAML, and a person who may follow it. */
export const yamlHead = `account: "${account}"\npeople:\n`;
export const yamlPerson = (name: string): string =>
  `  ${name}: { displayName: ${name}, emailAddress: ${name}@b.c }\n`;

/** `file:line:column rule`, which is what most tests are about. */
export function places(problems: readonly Problem[]): string[] {
  return problems.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);
}
