import { readSshPublicKeys, type SshPublicKeyRules } from "./keys/sshPublicKey";
import { type Clause, type Rule, text } from "./rule";

/*
 * What the value of one field may be. No clause holds a value: displayName and emailAddress are
 * sensitive in the API's model.
 */

export const displayName: Rule = text(displayNameProblems);
export const emailAddress: Rule = text(emailAddressProblems);
export const sshPublicKey: Rule = text(sshPublicKeyProblems);

/** The model counts Unicode code points (Smithy's `length` trait), not UTF-16 units. */
function lengthProblems(value: string, least: number, most: number): string[] {
  const characters = [...value].length;
  if (characters >= least && characters <= most) return [];
  return [`has ${characters} characters; ${least} to ${most} are allowed`];
}

/** UserProfileDisplayName, 1 to 64: `^\S(.*\S)?$`, where `.` is anything but the end of a line. */
function displayNameProblems(name: string): string[] {
  const problems = lengthProblems(name, 1, 64);
  const inner = name.trim();
  if (name === "") return problems;
  if (inner === "") return [...problems, "holds only white space; give a name"];
  if (inner !== name) {
    problems.push(
      "begins or ends with white space (a space or the end of a line); remove it, for example with .trim()",
    );
  }
  if (/[\n\r\u2028\u2029]/.test(inner)) problems.push("has more than one line; one is allowed");
  return problems;
}

/**
 * Email, 3 to 128: `^[\w-.+]+@[\w-.+]+$`, here in the spelling that the flags `u` and `v` and
 * other languages take too.
 */
const emailPattern = /^[\w.+-]+@[\w.+-]+$/;

function emailAddressProblems(address: string): string[] {
  const problems = lengthProblems(address, 3, 128);
  if (address !== "" && !emailPattern.test(address)) {
    problems.push(
      `${emailShapeProblem(address)}; right is <name>@<domain> of ASCII letters, digits and . _ + -`,
    );
  }
  return problems;
}

function emailShapeProblem(address: string): string {
  if (address !== address.trim()) return "has white space around it";
  if (/^mailto:/i.test(address)) return "begins with mailto:";
  if (address.includes("<")) return "has a name beside the address";
  if (/[,;]/.test(address)) return "holds a list; one address is allowed";
  if (/\s/.test(address)) return "has white space inside";
  const at = address.split("@").length - 1;
  if (at === 0) return "has no @";
  if (at > 1) return "has more than one @";
  if (address.startsWith("@")) return "has nothing before the @";
  if (address.endsWith("@")) return "has nothing after the @";
  if (/\P{ASCII}/u.test(address)) {
    return "has a character outside ASCII (write an international domain as xn--…)";
  }
  return "has a character that the API does not allow";
}

/**
 * SshPublicKey, 0 to 16384: `^[\t\r\n\u0020-\u00FF]*$`. AWS checks no more; that
 * the keys are keys is ours.
 */
function sshPublicKeyProblems(keys: string, options: SshPublicKeyRules): Clause[] {
  const problems: Clause[] = lengthProblems(keys, 0, 16384);
  if (keys.startsWith("\uFEFF")) {
    return [...problems, "begins with a byte order mark; save the file without it"];
  }
  if (!/^[\t\r\n\u0020-\u00FF]*$/.test(keys)) {
    problems.push(
      "has a character outside Latin-1, or a control character; U+0020 to U+00FF, tabs and ends of lines are allowed (look at the comment after the key)",
    );
  }
  const { problem, weak } = readSshPublicKeys(keys, options);
  if (problem === undefined) return problems;
  return [...problems, weak ? { text: problem, weakKey: true } : problem];
}
