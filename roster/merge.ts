import { findFingerprints } from "../profile/keys/sshPublicKey";
import { accountOf, userNameOf } from "../profile/userArn";
import type { RosterFile } from "./cascade";
import type { DeclaredPerson } from "./people";
import { entry } from "./reading/located";
import { type Problems, quote } from "./reading/problems";
import { fieldSpan } from "./reading/shape";
import type { Position, Span } from "./reading/sourceText";
import type { Allowance } from "./schema";

/**
 * Makes one list of the people of all files, without those declared twice, and reports what
 * two people must not share.
 */
export function mergePeople(
  people: readonly DeclaredPerson[],
  isAllowed: (file: RosterFile, what: Allowance) => boolean,
  problems: Problems,
): DeclaredPerson[] {
  const byArn = new Map<string, DeclaredPerson>();
  const byName = new Map<string, DeclaredPerson>();
  const byEmail = new Map<string, DeclaredPerson>();
  const byKey = new Map<string, DeclaredPerson>();

  for (const person of people) {
    const { userArn, file, keySpan, content, emailAddress } = person;
    const first = byArn.get(userArn);
    if (first) {
      const message = `${quote(userNameOf(userArn))} is declared twice, first at ${placeOf(first)}`;
      problems.add(file.source, keySpan, "duplicate-person", message);
      continue;
    }
    byArn.set(userArn, person);

    const name = `${accountOf(userArn)} ${userNameOf(userArn).toLowerCase()}`;
    const namesake = firstOf(byName, name, person);
    if (namesake && !isAllowed(file, "same-names")) {
      const message = `${userArn} and ${namesake.userArn} (${placeOf(namesake)}) have the same user name, and an account cannot have both: IAM names differ by more than path or letter case`;
      problems.add(file.source, keySpan, "same-name", message);
    }
    const sharer = emailAddress ? firstOf(byEmail, emailAddress.toLowerCase(), person) : undefined;
    if (sharer && !isAllowed(file, "shared-emails")) {
      const message = `the e-mail address is also that of ${label(sharer)}`;
      const span = fieldSpan(content, "emailAddress", keySpan);
      problems.add(file.source, span, "shared-email", message);
    }
    if (!isAllowed(file, "reused-keys")) reportReusedKeys(person, byKey, problems);
  }
  return [...byArn.values()];
}

function reportReusedKeys(
  person: DeclaredPerson,
  byKey: Map<string, DeclaredPerson>,
  problems: Problems,
): void {
  for (const { fingerprint, span } of keysOf(person)) {
    const owner = firstOf(byKey, fingerprint, person);
    if (owner === undefined) continue;
    const whose =
      owner === person ? "comes twice for this person" : `is also that of ${label(owner)}`;
    problems.add(person.file.source, span, "reused-key", `the SSH key ${fingerprint} ${whose}`);
  }
}

/** Of an `sshPublicKey` in the API's model. */
const mostKeyCharacters = 16_384;

interface KeyPlace {
  readonly fingerprint: string;
  readonly span: Span;
}

function keysOf({ sshPublicKey = "", content, keySpan }: DeclaredPerson): KeyPlace[] {
  // Refused already, and a million of its lines would take minutes.
  if (sshPublicKey.length > mostKeyCharacters) return [];
  const written = entry(content, "sshPublicKey")?.value;
  if (written?.kind === "list") {
    return written.items.flatMap((item) =>
      item.kind === "text" ? fingerprints(item.value, item.span) : [],
    );
  }
  const span = written?.span ?? fieldSpan(content, "sshPublicKeyFile", keySpan);
  return fingerprints(sshPublicKey, span);
}

function fingerprints(text: string, span: Span): KeyPlace[] {
  return findFingerprints(text).map((fingerprint) => ({ fingerprint, span }));
}

/** Who came first with this; undefined, and remembered, when it is this person. */
function firstOf(
  seen: Map<string, DeclaredPerson>,
  key: string,
  person: DeclaredPerson,
): DeclaredPerson | undefined {
  const first = seen.get(key);
  if (first === undefined) seen.set(key, person);
  return first;
}

function label(person: DeclaredPerson): string {
  return `${quote(userNameOf(person.userArn))} (${placeOf(person)})`;
}

export function placeOf({ position: { file, line, column } }: { position: Position }): string {
  return `${file}:${line}:${column}`;
}
