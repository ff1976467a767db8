import { Document } from "yaml";
import { fields, type LiveProfile } from "../profile/fields";
import { accountOf, userNameOf } from "../profile/userArn";
import { compare } from "./reading/problems";

export const rosterFormats = ["yaml", "json", "csv"] as const;
export type RosterFormat = (typeof rosterFormats)[number];

export interface WriteOptions {
  readonly format: RosterFormat;
  /** Stated in the file; CSV has no place for it. */
  readonly region?: string;
}

/**
 * The text of a roster file that declares the profiles just as they are: loading it gives the
 * same four values for each, to the character. In the order of the ARNs, whatever order they come
 * in, so that two exports differ only where profiles do. An absent key is declared as absent, so
 * that one added later is seen.
 */
export function writeRoster(profiles: readonly LiveProfile[], options: WriteOptions): string {
  const sorted = [...profiles].sort((a, b) => compare(a.userArn, b.userArn));
  if (options.format === "csv") return writeCsv(sorted);
  const account = mostFrequent(sorted.map(({ userArn }) => accountOf(userArn)));
  const settings = {
    ...(account && { account }),
    ...(options.region && { region: options.region }),
  };
  const people = sorted.map((profile): [string, PersonFields] => [
    keyOf(profile.userArn, account),
    {
      displayName: profile.displayName,
      emailAddress: profile.emailAddress,
      sshPublicKey: keysOf(profile.sshPublicKey),
    },
  ]);
  return options.format === "json" ? writeJson(settings, people) : writeYaml(settings, people);
}

interface PersonFields {
  readonly displayName: string;
  readonly emailAddress: string;
  readonly sshPublicKey: string | readonly string[];
}

type People = readonly (readonly [string, PersonFields])[];

function writeYaml(settings: Record<string, string>, people: People): string {
  // A Map keeps its order where an object would put 007 and 42 first, and takes __proto__ as a key.
  const document = new Document(
    new Map<string, unknown>([...Object.entries(settings), ["people", new Map(people)]]),
    // Quotes what YAML 1.1 tools would take for something else: a person called No, for one.
    { compat: "yaml-1.1" },
  );
  return document.toString({ lineWidth: 0, blockQuote: false });
}

/** Built by hand for the order of the people; see `writeYaml`. */
function writeJson(settings: Record<string, string>, people: People): string {
  const lines = Object.entries(settings).map(([key, value]) => `  ${jsonEntry(key, value)}`);
  const entries = people.map(([key, fields]) => `    ${jsonEntry(key, fields, 4)}`);
  const list = entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n  }`;
  return `{\n${[...lines, `  "people": ${list}`].join(",\n")}\n}\n`;
}

function jsonEntry(key: string, value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, 2).replaceAll("\n", `\n${" ".repeat(indent)}`);
  return `${JSON.stringify(key)}: ${text}`;
}

function writeCsv(profiles: readonly LiveProfile[]): string {
  const header = ["userArn", ...fields] as const;
  const rows = profiles.map((profile) => header.map((name) => profile[name]));
  return [header, ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

function csvCell(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The user name alone, for users of the file's account who have no IAM path. */
function keyOf(userArn: string, account: string | undefined): string {
  const name = userNameOf(userArn);
  return userArn === `arn:aws:iam::${account}:user/${name}` ? name : userArn;
}

/** Several keys as a list, where joining it gives the same text again. */
function keysOf(sshPublicKey: string): string | string[] {
  const lines = sshPublicKey.split("\n");
  const plain = lines.every((line) => line.trim() !== "" && !/[\r#]/.test(line));
  return lines.length > 1 && plain ? lines : sshPublicKey;
}

/** The smallest of those that come most often, so that the answer does not depend on the order. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))[0]?.[0];
}
