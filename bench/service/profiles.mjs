// The profiles that every server holds.

export const account = "123456789012";

/** @param {number} n */
export const arnOf = (n) => `arn:aws:iam::${account}:user/user-${String(n).padStart(7, "0")}`;

/** @param {string} userArn */
export function profileOf(userArn) {
  const name = userArn.slice(userArn.indexOf("/") + 1);
  return {
    userArn,
    displayName: `Someone called ${name}`,
    emailAddress: `${name}@example.com`,
    sshPublicKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"k".repeat(43)} ${name}`,
  };
}

/** As many different numbers below `count`, spread evenly. @param {number} many @param {number} count */
export function spread(many, count) {
  const step = Math.max(1, Math.floor(count / many));
  return Array.from({ length: many }, (_, index) => (index * step) % count);
}
