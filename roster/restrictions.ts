import { dirname, relative, sep } from "node:path";
import { accountOf } from "../profile/userArn";
import type { RosterFile } from "./cascade";
import { reportIdleRules } from "./idleRules";
import type { DeclaredPerson } from "./people";
import { type Problems, quote } from "./reading/problems";
import { fieldSpan } from "./reading/shape";
import type { Restriction } from "./schema";
import { matchesPath, matchesWildcards } from "./wildcards";

/**
 * Reports every person whom their file may not declare, and every rule that protects nothing. For
 * each file the first rule counts whose `files` match its path, relative to the folder of the file
 * with the rules. When there are rules and none matches, the file may declare nobody: a new folder
 * is closed until a rule opens it.
 */
export function checkRestrictions(
  root: RosterFile,
  files: readonly RosterFile[],
  people: readonly DeclaredPerson[],
  problems: Problems,
): void {
  const rules = root.settings.restrictions;
  if (rules === undefined) return;
  reportIdleRules(
    root,
    rules,
    files.map((file) => pathBelow(root, file)),
    problems,
  );
  const ruleOf = new Map<RosterFile, Restriction | undefined>();
  for (const person of people) {
    const { file } = person;
    if (person.homeless) continue;
    if (!ruleOf.has(file)) ruleOf.set(file, findRule(rules, root, file));
    const rule = ruleOf.get(file);
    if (rule === undefined) {
      const message = `no rule under restrictions in ${root.source.file} is for this file, so it may declare nobody`;
      problems.add(file.source, person.keySpan, "restricted", message);
      continue;
    }
    checkPerson(person, rule, root, problems);
  }
}

function checkPerson(
  person: DeclaredPerson,
  rule: Restriction,
  root: RosterFile,
  problems: Problems,
): void {
  const { userArn, emailAddress, file, keySpan, content } = person;
  const by = `the rule for ${quote(rule.files)} in ${root.source.file}`;
  if (rule.userArns && !rule.userArns.some((pattern) => matchesWildcards(pattern, userArn))) {
    const message = `${userArn} may not be declared here: ${by} allows ${listed(rule.userArns)}`;
    problems.add(file.source, keySpan, "restricted", message);
  }
  if (rule.accounts && !rule.accounts.includes(accountOf(userArn))) {
    const message = `people of account ${accountOf(userArn)} may not be declared here: ${by} allows ${listed(rule.accounts)}`;
    problems.add(file.source, keySpan, "restricted", message);
  }
  // An address that is none is reported as such.
  if (!/^[^@]+@[^@]+$/.test(emailAddress)) return;
  const domain = emailAddress.slice(emailAddress.lastIndexOf("@") + 1).toLowerCase();
  if (rule.emailDomains && !rule.emailDomains.some((allowed) => isWithin(domain, allowed))) {
    const span = fieldSpan(content, "emailAddress", keySpan);
    const message = `e-mail addresses of ${quote(domain)} may not be declared here: ${by} allows ${listed(rule.emailDomains)}`;
    problems.add(file.source, span, "restricted", message);
  }
}

function isWithin(domain: string, allowed: string): boolean {
  const wanted = allowed.toLowerCase();
  return wanted.startsWith("*.") ? domain.endsWith(wanted.slice(1)) : domain === wanted;
}

function findRule(
  rules: readonly Restriction[],
  root: RosterFile,
  file: RosterFile,
): Restriction | undefined {
  const path = pathBelow(root, file);
  return rules.find(({ files }) => matchesPath(files, path));
}

/** As patterns have it: relative to the folder of the file with the rules. */
function pathBelow(root: RosterFile, file: RosterFile): string {
  return relative(dirname(root.path), file.path).split(sep).join("/");
}

function listed(allowed: readonly string[]): string {
  return allowed.length === 0 ? "none" : allowed.join(", ");
}
