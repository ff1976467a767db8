import { checkInputs } from "../profile/check";
import { holdsPrivateKey } from "../profile/keys/privateKey";
import { userNameOf } from "../profile/userArn";
import type { Cascade, RosterFile } from "./cascade";
import { KeyFiles } from "./keyFiles";
import { entry, type Located, type LocatedEntry, plain } from "./reading/located";
import { type Problems, quote } from "./reading/problems";
import { fieldSpan, reportRepeated, reportShape } from "./reading/shape";
import type { Position, Span } from "./reading/sourceText";
import { type PersonContent, personFieldNames, personSchema } from "./schema";
import { daysLeft, type Notice, untilClause } from "./until";

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
  /** Not to be used for anything but to find more that is wrong. */
  readonly flawed: boolean;
  /** In an account that is not known; the one in the ARN stands in for it. */
  readonly homeless: boolean;
}

export interface PeopleOptions {
  readonly account?: string;
  /** As YYYY-MM-DD in UTC. */
  readonly today: string;
  /** Whether a key that has ended may not be written any more. */
  readonly refuseEnded: boolean;
  readonly notices: Notice[];
  readonly allowWeakKeys: (file: RosterFile) => boolean;
}

/** Stands in where none is set, so that everything else of a person can be checked. */
export const anyAccount = "000000000000";

/** The people of one file. */
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
    const message =
      people.kind === "list"
        ? "people must be a map, keyed by user name or ARN: `ada: { displayName: Ada }` in the place of `- userName: ada`"
        : "people must be a map, keyed by user name or ARN";
    problems.add(source, people.span, "wrong-type", message);
    return [];
  }
  const account = cascade.find(file, "account") ?? options.account;
  const reading: Reading = {
    file,
    account,
    path: cascade.default(file, "path") ?? "/",
    emailDomain: cascade.default(file, "emailDomain"),
    defaultsWrong: cascade.isWrong(file, "defaults"),
    options,
    keyFiles: new KeyFiles(file.path),
    allowWeakKeys: options.allowWeakKeys(file),
    problems,
  };
  const nameless = people.entries.find(({ key }) => !key.startsWith("arn:"));
  if (account === undefined && nameless && !cascade.isWrong(file, "account")) {
    const message = `${quote(nameless.key)} is a user name, and no account is set; add account: "123456789012" to this file or to a roster.yaml above it, or write the full ARN`;
    problems.add(source, nameless.keySpan, "settings", message);
  }
  return people.entries.map((person) => readPerson(person, reading));
}

interface Reading {
  readonly file: RosterFile;
  readonly account: string | undefined;
  readonly path: string;
  readonly emailDomain: string | undefined;
  readonly defaultsWrong: boolean;
  readonly options: PeopleOptions;
  readonly keyFiles: KeyFiles;
  readonly allowWeakKeys: boolean;
  readonly problems: Problems;
}

/** A person with what could be read of them; everything wrong with it is reported. */
function readPerson(person: LocatedEntry, reading: Reading): DeclaredPerson {
  const { file, account, path, emailDomain, problems } = reading;
  const { fields, shapely } = readFields(person, file, problems);
  const isArn = person.key.startsWith("arn:");
  const userArn = isArn
    ? person.key
    : `arn:aws:iam::${account ?? anyAccount}:user${path}${person.key}`;
  const emailAddress =
    fields.emailAddress ?? (emailDomain && `${userNameOf(userArn)}@${emailDomain}`);
  const sshPublicKey = keysOf(person, fields, reading);
  const inputs = {
    userArn,
    ...(fields.displayName !== undefined && { displayName: fields.displayName }),
    ...(emailAddress !== undefined && { emailAddress }),
    ...(sshPublicKey !== undefined && { sshPublicKey }),
  };
  checkValues(person, inputs, shapely, reading);
  const ended = hasEnded(person, fields.until, sshPublicKey, reading);
  const homeless = account === undefined && !isArn;
  return {
    displayName: "",
    emailAddress: "",
    ...inputs,
    // Also where no key is declared: one that was added since is revoked.
    ...(ended && { sshPublicKey: "" }),
    position: file.source.position(person.keySpan.start),
    file,
    keySpan: person.keySpan,
    content: person.value,
    flawed: !shapely || homeless,
    homeless,
  };
}

/** The fields that are of the right kind, and whether that is all of them. */
function readFields(
  person: LocatedEntry,
  file: RosterFile,
  problems: Problems,
): { fields: Partial<PersonContent>; shapely: boolean } {
  reportRepeated(person.value, file.source, problems);
  const content = plain(person.value);
  const read = personSchema.safeParse(content);
  if (read.data) return { fields: read.data, shapely: true };
  // A missing name is reported with the limits of the API.
  const issues = read.error.issues.filter(
    ({ path: [field] }) => field === undefined || entry(person.value, String(field)),
  );
  reportShape(issues, person.value, "", personFieldNames, file.source, problems);
  const fields = Object.entries(personSchema.shape).flatMap(([name, schema]) => {
    const value = schema.safeParse(
      entry(person.value, name) && (content as PersonContent)[name as keyof PersonContent],
    );
    return value.data === undefined ? [] : [[name, value.data] as const];
  });
  return { fields: Object.fromEntries(fields), shapely: issues.length === 0 };
}

function keysOf(
  { value, keySpan }: LocatedEntry,
  { sshPublicKey, sshPublicKeyFile }: Partial<PersonContent>,
  { file, keyFiles, problems }: Reading,
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

/**
 * The limits of the API, and that keys are keys: the check of a single `CodeStarUserProfile`. What
 * is missing counts only where all that is there could be read: a misspelt field is reported once.
 */
function checkValues(
  { key, value, keySpan }: LocatedEntry,
  inputs: Readonly<Record<string, string>>,
  shapely: boolean,
  { file: { source }, allowWeakKeys, defaultsWrong, problems }: Reading,
): void {
  const misnamed = nameProblem(key);
  if (misnamed) problems.add(source, keySpan, "invalid-value", misnamed);
  for (const { property, reason, weakKey } of checkInputs(inputs, { allowWeakKeys })) {
    if (misnamed && property === "userArn") continue;
    // Reported where the key stands, once.
    if (source.privateKeyAt !== undefined && holdsPrivateKey(inputs[property] ?? "")) continue;
    const missing = inputs[property] === undefined;
    if (missing && (!shapely || (defaultsWrong && property === "emailAddress"))) continue;
    if (property !== "sshPublicKey") {
      const span = fieldSpan(value, property, keySpan);
      problems.add(source, span, missing ? "missing-field" : "invalid-value", reason);
      continue;
    }
    const written = entry(value, "sshPublicKey")?.value ?? entry(value, "sshPublicKeyFile")?.value;
    const span = wrongKey(written, allowWeakKeys)?.span ?? written?.span ?? keySpan;
    if (weakKey) {
      const message = `${reason}, or write allow: [weak-keys] in the roster`;
      problems.add(source, span, "weak-key", message);
    } else {
      // A place without a text: what cannot be read as a public key may be a secret.
      problems.add(source, { start: span.start, end: span.start }, "invalid-value", reason);
    }
  }
}

/** Whether the last day of the person's key is over. Says so, and says beforehand that it comes. */
function hasEnded(
  { key, keySpan, value }: LocatedEntry,
  until: string | undefined,
  sshPublicKey: string | undefined,
  { file: { source }, problems, options }: Reading,
): boolean {
  if (until === undefined) return false;
  const { today, refuseEnded, notices } = options;
  const span = fieldSpan(value, "until", keySpan);
  const ended = daysLeft(until, today) < 0;
  const clause = untilClause(until, today);
  if (ended && refuseEnded && sshPublicKey) {
    const message = `the last day of this key is over (${until}, in UTC); take the key out, or write a later day`;
    problems.add(source, span, "ended-key", message);
  } else if (clause !== undefined) {
    notices.push({ ...source.position(span.start), message: `the key of ${quote(key)} ${clause}` });
  }
  return ended;
}

/** What is wrong with the key of a person that would make another ARN than was meant. */
function nameProblem(key: string): string | undefined {
  if (key.startsWith("arn:") || !/[/:]/.test(key)) return undefined;
  if (/^arn:/i.test(key)) return "an ARN begins with arn: in small letters";
  const path = key.replace(/^\/?(?:user\/)?/, "");
  return `a user name holds no / and no :; for a user with an IAM path write the full ARN, for example ${quote(`arn:aws:iam::123456789012:user/${path}`)}`;
}

/** The item of a list of keys that cannot be taken. */
function wrongKey(written: Located | undefined, allowWeakKeys: boolean): Located | undefined {
  if (written?.kind !== "list") return undefined;
  return written.items.find(
    (item) =>
      item.kind === "text" &&
      checkInputs({ sshPublicKey: item.value }, { allowWeakKeys }).some(
        ({ property }) => property === "sshPublicKey",
      ),
  );
}
