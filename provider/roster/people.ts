import { checkInputs } from "../check";
import { readSshPublicKeys } from "../sshPublicKey";
import { KeyFiles } from "./keyFiles";
import { entry, type Located, type LocatedEntry, plain } from "./located";
import { type Problems, quote } from "./problems";
import { type PersonContent, personFieldNames, personSchema } from "./schema";
import type { Cascade, RosterFile } from "./settings";
import { fieldSpan, reportShape } from "./shape";
import { isPrivateKey, type Position, type Span } from "./sourceText";

/** One person of a roster, with everything that defaults and key files say filled in. */
export interface Person {
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  /** Keys, one a line; `""` declares that there is none; absent, the key is not managed. */
  readonly sshPublicKey?: string;
  /** Where the person is declared. */
  readonly position: Position;
}

/** A person, and where each part stands. */
export interface DeclaredPerson extends Person {
  readonly file: RosterFile;
  readonly keySpan: Span;
  readonly content: Located;
}

export interface PeopleOptions {
  readonly account?: string;
  readonly allowWeakKeys: (file: RosterFile) => boolean;
}

/** The people of one file. One with a problem is left out, unless only a value of theirs is wrong. */
export function readPeople(
  file: RosterFile,
  cascade: Cascade,
  options: PeopleOptions,
  problems: Problems,
): DeclaredPerson[] {
  const { source, content } = file;
  const people = entry(content, "people")?.value;
  if (people === undefined) return [];
  if (people.kind !== "map") {
    if (people.kind === "other" && people.value === null) return [];
    const message = "people must be a map, keyed by user name or ARN";
    problems.add(source, people.span, "wrong-type", message);
    return [];
  }
  const account = cascade.find(file, "account") ?? options.account;
  const path = cascade.default(file, "path") ?? "/";
  const emailDomain = cascade.default(file, "emailDomain");
  const keyFiles = new KeyFiles(file.path);
  const allowWeakKeys = options.allowWeakKeys(file);
  const declared: DeclaredPerson[] = [];
  let accountMissed = cascade.mentions(file, "account");

  for (const person of people.entries) {
    const read = personSchema.safeParse(plain(person.value));
    if (read.error) {
      // A missing name or address is reported below, with the limits of the API.
      const issues = read.error.issues.filter(
        ({ path: [field] }) => field === undefined || entry(person.value, String(field)),
      );
      reportShape(issues, person.value, "", personFieldNames, source, problems);
      if (issues.length > 0) continue;
    }
    reportRepeatedFields(person, file, problems);
    if (account === undefined && !person.key.startsWith("arn:")) {
      if (!accountMissed) {
        const message = `${quote(person.key)} is a user name, and no account is set; add account: "123456789012" to this file or to a roster.yaml above it, or write the full ARN`;
        problems.add(source, person.keySpan, "settings", message);
      }
      accountMissed = true;
      continue;
    }
    const fields = (read.data ?? plain(person.value)) as Partial<PersonContent>;
    const userArn = person.key.startsWith("arn:")
      ? person.key
      : `arn:aws:iam::${account}:user${path}${person.key}`;
    const emailAddress =
      fields.emailAddress ?? (emailDomain && `${userNameOf(userArn)}@${emailDomain}`);
    const sshPublicKey = keysOf(person, fields, file, keyFiles, problems);
    const inputs = {
      userArn,
      ...(fields.displayName !== undefined && { displayName: fields.displayName }),
      ...(emailAddress !== undefined && { emailAddress }),
      ...(sshPublicKey !== undefined && { sshPublicKey }),
    };
    checkValues(person, inputs, allowWeakKeys, file, problems);
    declared.push({
      displayName: "",
      emailAddress: "",
      ...inputs,
      position: source.position(person.keySpan.start),
      file,
      keySpan: person.keySpan,
      content: person.value,
    });
  }
  return declared;
}

/** The IAM user name at the end of an ARN. */
export function userNameOf(userArn: string): string {
  return userArn.slice(userArn.lastIndexOf("/") + 1);
}

/** The 12 digits of an ARN of IAM. */
export function accountOf(userArn: string): string {
  return userArn.split(":", 5)[4] ?? "";
}

function keysOf(
  { value, keySpan }: LocatedEntry,
  { sshPublicKey, sshPublicKeyFile }: Partial<PersonContent>,
  file: RosterFile,
  keyFiles: KeyFiles,
  problems: Problems,
): string | undefined {
  if (sshPublicKeyFile === undefined) {
    return Array.isArray(sshPublicKey) ? sshPublicKey.join("\n") : sshPublicKey;
  }
  const span = fieldSpan(value, "sshPublicKeyFile", keySpan);
  if (sshPublicKey !== undefined) {
    const message = "sshPublicKey and sshPublicKeyFile are both given; keep one";
    problems.add(file.source, span, "invalid-value", message);
    return undefined;
  }
  const read = keyFiles.read(sshPublicKeyFile);
  if (read.problem !== undefined) problems.add(file.source, span, "key-file", read.problem);
  return read.keys;
}

/** The limits of the API, and that keys are keys: the check of a single `CodeStarUserProfile`. */
function checkValues(
  { value, keySpan }: LocatedEntry,
  inputs: Readonly<Record<string, string>>,
  allowWeakKeys: boolean,
  { source }: RosterFile,
  problems: Problems,
): void {
  for (const { property, reason } of checkInputs(inputs, { allowWeakKeys })) {
    // Reported where the key stands, once.
    if (source.privateKeyAt !== undefined && isPrivateKey(inputs[property] ?? "")) continue;
    const missing = inputs[property] === undefined;
    if (property !== "sshPublicKey") {
      const span = fieldSpan(value, property, keySpan);
      problems.add(source, span, missing ? "missing-field" : "invalid-value", reason);
      continue;
    }
    const written = entry(value, "sshPublicKey")?.value ?? entry(value, "sshPublicKeyFile")?.value;
    const weak = isOnlyWeak(inputs.sshPublicKey ?? "");
    const span = wrongKey(written, allowWeakKeys)?.span ?? written?.span ?? keySpan;
    problems.add(
      source,
      span,
      weak ? "weak-key" : "invalid-value",
      weak ? `${reason}, or write allow: [weak-keys] in the roster` : reason,
    );
  }
}

/** The item of a list of keys that cannot be taken. */
function wrongKey(written: Located | undefined, allowWeakKeys: boolean): Located | undefined {
  if (written?.kind !== "list") return undefined;
  return written.items.find(
    (item) =>
      item.kind === "text" &&
      readSshPublicKeys(item.value, { allowWeakKeys }).problem !== undefined,
  );
}

function isOnlyWeak(text: string): boolean {
  return readSshPublicKeys(text, { allowWeakKeys: true }).problem === undefined;
}

function reportRepeatedFields({ value }: LocatedEntry, file: RosterFile, problems: Problems): void {
  if (value.kind !== "map") return;
  for (const [index, { key, keySpan }] of value.entries.entries()) {
    if (value.entries.findIndex((other) => other.key === key) === index) continue;
    problems.add(file.source, keySpan, "syntax", `${key} comes twice for this person`);
  }
}
