// The profiles that every server holds.

export const account = "123456789012";

export const arnOf = (n: number) =>
  `arn:aws:iam::${account}:user/user-${String(n).padStart(7, "0")}`;

export function profileOf(userArn: string) {
  const name = userArn.slice(userArn.indexOf("/") + 1);
  return {
    userArn,
    displayName: `Someone called ${name}`,
    emailAddress: `${name}@example.com`,
    sshPublicKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"k".repeat(43)} ${name}`,
  };
}
