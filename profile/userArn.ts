/** UserArn of the API's model, in the form that every flag of JavaScript's patterns takes. */
const pattern = /^arn:aws:iam::\d{12}:user\/(?:[!-~]+\/)?[\w+=,.@-]+$/;
const mostCharacters = 95;
const form = "right is arn:aws:iam::<account ID of 12 digits>:user/<path, if any, and name>";

/**
 * What keeps the text from being the ARN of an IAM user that the API takes, as clauses that read on
 * after the name of the property; none when it does. None repeats the text.
 */
export function userArnProblems(arn: string): string[] {
  const problems: string[] = [];
  // No lower bound (the model's is 32): the shortest text that fits the pattern has 32 characters.
  const characters = [...arn].length;
  if (characters > mostCharacters) {
    problems.push(
      `has ${characters} characters, but the API takes at most ${mostCharacters} for the whole ARN, the user's path included`,
    );
  }
  if (!pattern.test(arn)) problems.push(`${shapeProblem(arn)}; ${form}`);
  return problems;
}

/** The IAM user name at the end of an ARN. */
export function userNameOf(userArn: string): string {
  return userArn.slice(userArn.lastIndexOf("/") + 1);
}

/** The 12 digits of an ARN of IAM. */
export function accountOf(userArn: string): string {
  return userArn.split(":", 5)[4] ?? "";
}

function shapeProblem(arn: string): string {
  if (arn === "") return "is empty";
  if (arn !== arn.trim()) return "has white space around it";
  if (arn.includes("${")) {
    return "has a placeholder (a dollar sign and braces) that was not filled in; write the text between backquotes, with pulumi.interpolate in front when an output is in it";
  }
  if (!arn.toLowerCase().startsWith("arn:")) return notAnArn(arn);
  const [, partition = "", service = "", region = "", account = "", ...rest] = arn.split(":");
  if (/^arn:[^:]*:iam:\d+:/.test(arn)) {
    return "has one colon between iam and the account ID where two belong";
  }
  if (/^aws-/.test(partition)) {
    return `is in the partition of ${otherPartition(partition)}, but CodeStar exists in the partition aws only`;
  }
  if (partition !== "aws") return "is not in the partition aws";
  if (service === "sts") {
    return "names a session (an assumed role or a federated user), but only an IAM user can have a profile";
  }
  if (service !== "iam") return "is not an ARN of IAM";
  if (region !== "") return "names a region, but ARNs of IAM have none";
  if (!/^\d{12}$/.test(account)) return accountProblem(account);
  return resourceProblem(rest.join(":"));
}

function notAnArn(text: string): string {
  if (/^\d{12}$/.test(text)) return "is an account ID, not an ARN";
  if (/^A(?:KI|SI|ID|RO)A[A-Z0-9]{8,}$/.test(text)) {
    return "is an ID (of a key, user or role), not an ARN";
  }
  if (text.includes("@")) return "is not an ARN (is it an e-mail address?)";
  return "is not an ARN (the name of the user is not enough)";
}

function otherPartition(partition: string): string {
  if (partition === "aws-cn") return "the China regions (aws-cn)";
  if (partition === "aws-us-gov") return "the GovCloud regions (aws-us-gov)";
  return "other regions";
}

function accountProblem(account: string): string {
  if (account === "") return "has no account ID";
  if (account === "aws") return "belongs to AWS, not to an account";
  if (/^\d+$/.test(account)) return `has an account ID of ${account.length} digits`;
  if (/^\d{4}-\d{4}-\d{4}$/.test(account)) return "has dashes in the account ID";
  return "has something other than digits for an account ID";
}

function resourceProblem(resource: string): string {
  if (resource === "root") {
    return "names the root user of the account, but only an IAM user can have a profile";
  }
  const kind = /^[A-Za-z-]+(?=[/:]|$)/.exec(resource)?.[0] ?? "";
  if (kind === "role" || kind === "assumed-role") {
    return "names a role, but only an IAM user can have a profile";
  }
  if (kind !== "user") return "names something other than an IAM user";
  if (!resource.startsWith("user/")) return "has no / after user";
  if (resource.endsWith("/")) return "ends without the name of the user";
  if (/[*?]/.test(resource)) return "is a pattern (* or ?), not the ARN of one user";
  if (resource.startsWith("user//")) return "has an empty part in its path";
  return "has a character in the user's name or path that IAM does not allow (a name has ASCII letters, digits and + = , . @ _ -)";
}
