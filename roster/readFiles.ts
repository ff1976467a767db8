import { type RosterFile, readRosterSettings } from "./cascade";
import { type FoundFile, readText } from "./files";
import { readCsv } from "./reading/csv";
import { readJson } from "./reading/json";
import type { Problems } from "./reading/problems";
import { SourceText } from "./reading/sourceText";
import { readYaml } from "./reading/yaml";

/** Reads roster files, each by the format that its ending says. */
export function readFiles(
  found: readonly FoundFile[],
  sources: Map<string, SourceText>,
  problems: Problems,
): RosterFile[] {
  return found.flatMap((file) => {
    const text = readText(file, problems);
    if (text === undefined) return [];
    const source = new SourceText(file.file, text);
    sources.set(file.file, source);
    if (source.privateKeyAt !== undefined) {
      const at = { start: source.privateKeyAt, end: source.privateKeyAt };
      problems.add(source, at, "invalid-value", privateKey);
    }
    const before = problems.size;
    const content = readerOf(file.path)(source, problems);
    const broken = problems.size > before;
    const read = readRosterSettings(content, source, problems);
    return [{ source, path: file.path, content, broken, ...read }];
  });
}

const privateKey =
  "a private key stands here; put the public key in its place (the .pub file beside it), and replace the pair: this one has been stored where others read";

function readerOf(path: string) {
  if (/\.csv$/i.test(path)) return readCsv;
  return /\.json$/i.test(path) ? readJson : readYaml;
}
