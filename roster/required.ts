import { accountOf, userNameOf } from "../profile/userArn";
import type { RosterFile } from "./cascade";
import { placeOf } from "./merge";
import type { DeclaredPerson } from "./people";
import { at, entry } from "./reading/located";
import { type Problems, quote } from "./reading/problems";

/**
 * The ARNs of the people that the files require. Reports who is required and not declared, and a
 * user name that several people have: only one of them would be protected.
 * @param complete whether all files could be read; else nobody is said to be missing.
 */
export function findRequired(
  files: readonly RosterFile[],
  accountFor: (file: RosterFile) => string | undefined,
  people: readonly DeclaredPerson[],
  complete: boolean,
  problems: Problems,
): string[] {
  if (!files.some(({ settings }) => settings.required?.length)) return [];
  const byName = new Map<string, DeclaredPerson[]>();
  for (const person of people) {
    const name = userNameOf(person.userArn);
    const namesakes = byName.get(name);
    if (namesakes) namesakes.push(person);
    else byName.set(name, [person]);
  }
  const byArn = new Map(people.map((person) => [person.userArn, person]));
  const resolve = (file: RosterFile, name: string, index: number): string[] => {
    const found = name.startsWith("arn:")
      ? [byArn.get(name)].filter((person) => person !== undefined)
      : (byName.get(name) ?? []).filter(({ userArn }) => isOf(accountFor(file), userArn));
    const refuse = (message: string) => {
      const { span } = at(entry(file.content, "required")!.value, [index]);
      problems.add(file.source, span, "required-person", message);
    };
    if (found.length > 1) {
      const all = found.map((person) => `${person.userArn} (${placeOf(person)})`).join(", ");
      refuse(
        `${quote(name)} is the name of ${found.length} people: ${all}; write the ARN of each who is required`,
      );
    } else if (found.length === 0 && complete) {
      refuse(`${quote(name)} is required, but nobody of that name is declared`);
    }
    return found.map(({ userArn }) => userArn);
  };
  const required = files.flatMap((file) =>
    (file.settings.required ?? []).flatMap((name, index) => resolve(file, name, index)),
  );
  return [...new Set(required)];
}

/** A file without an account of its own speaks of everyone below it, whatever their account. */
function isOf(account: string | undefined, userArn: string): boolean {
  return account === undefined || accountOf(userArn) === account;
}
