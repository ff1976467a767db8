import { readFileSync, statSync } from "node:fs";
import { CodeStarError } from "../../../profile/codeStarError";
import { type Field, fields } from "../../../profile/fields";
import { printable } from "../../../profile/printable";
import { formatProblem } from "../../../roster/load";
import { at, entry, type Located, plain } from "../../../roster/reading/located";
import { Problems } from "../../../roster/reading/problems";
import { reportRepeated, reportShape } from "../../../roster/reading/shape";
import { SourceText } from "../../../roster/reading/sourceText";
import { readYaml } from "../../../roster/reading/yaml";
import { isDay } from "../../../roster/until";
import { matchesWildcards } from "../../../roster/wildcards";
import { ignoresSchema } from "./ignoresSchema";

/** A difference that someone decided to bear for a while. */
export interface Ignore {
  /** An ARN; `*` and `?` as in an IAM policy. */
  readonly userArn: string;
  /**
   * The fields whose drift is ignored; absent, all of them, and that the
   * profile is missing or unmanaged.
   */
  readonly fields?: readonly Field[];
  readonly reason: string;
  /** The last day it counts, as YYYY-MM-DD in UTC. */
  readonly expires: string;
}

/** The file cannot be used; the message has every problem at its place. */
export class IgnoresError extends CodeStarError {
  override name = "IgnoresError";
}

/**
 * Reads a file of ignores, a YAML or JSON list.
 * @throws IgnoresError
 */
export function readIgnores(file: string): Ignore[] {
  const source = new SourceText(file.replaceAll("\\", "/"), readWhole(file));
  const problems = new Problems();
  const ignores = problems.gather(() => {
    const content = readYaml(source, problems);
    return content === undefined ? [] : check(content, source, problems);
  });
  if (ignores === undefined || problems.size > 0) {
    throw new IgnoresError(
      problems
        .sorted()
        .map((problem) => formatProblem(problem, source))
        .join("\n\n"),
    );
  }
  return ignores;
}

/** @throws IgnoresError */
function readWhole(file: string): string {
  const refuse = (clause: string) =>
    new IgnoresError(`The file of ignores ${printable(file)} ${clause}.`);
  try {
    // A named pipe would be waited for without end.
    if (!statSync(file).isFile()) throw refuse("is no ordinary file");
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof IgnoresError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw refuse(
      code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "is not UTF-8" : `cannot be read (${code})`,
    );
  }
}

const known = ["userArn", "fields", "reason", "expires"];

function check(content: Located, source: SourceText, problems: Problems): Ignore[] {
  reportRepeated(content, source, problems);
  const { data, error } = ignoresSchema.safeParse(plain(content));
  if (error) {
    reportShape(error.issues, content, "ignores", known, source, problems);
    return [];
  }
  for (const [index, { expires, fields: named }] of data.entries()) {
    const item = at(content, [index]);
    if (!isDay(expires)) {
      const span = entry(item, "expires")!.value.span;
      problems.add(source, span, "invalid-value", "expires must be a day, as YYYY-MM-DD");
    }
    for (const [place, name] of (named ?? []).entries()) {
      if ((fields as readonly string[]).includes(name)) continue;
      const message = `fields can only hold ${fields.join(", ")}`;
      problems.add(source, at(item, ["fields", place]).span, "invalid-value", message);
    }
  }
  return data as Ignore[];
}

/** The ignores in force on a day, and what they have been used for. */
export class Ignoring {
  readonly expired: readonly Ignore[];
  readonly #inForce: readonly Ignore[];
  readonly #used = new Set<Ignore>();

  /** @param today as YYYY-MM-DD in UTC. */
  constructor(ignores: readonly Ignore[], today: string) {
    this.#inForce = ignores.filter(({ expires }) => expires >= today);
    this.expired = ignores.filter(({ expires }) => expires < today);
  }

  /** The ignore for a difference: of a field, or, without one, of a whole profile. */
  find(userArn: string, field?: Field): Ignore | undefined {
    const found = this.#inForce.find(
      (ignore) =>
        matchesWildcards(ignore.userArn, userArn) &&
        (ignore.fields === undefined || (field !== undefined && ignore.fields.includes(field))),
    );
    if (found) this.#used.add(found);
    return found;
  }

  /** In force, and without anything to ignore: likely to be done with. */
  unused(): Ignore[] {
    return this.#inForce.filter((ignore) => !this.#used.has(ignore));
  }
}
