/** How the ARNs of an account's users begin. */
export const accountPrefix = (account: string): string => `arn:aws:iam::${account}:`;

/** The account is the one that the ARN names: a profile belongs to no other. */
export const isOfAccount = (userArn: string, account: string): boolean =>
  userArn.startsWith(accountPrefix(account));
