export interface Developer {
  userName: string;
  displayName: string;
  emailAddress: string;
  sshPublicKey?: string;
}

export const developers: Developer[] = [
  {
    userName: "ada",
    displayName: "Ada Lovelace",
    emailAddress: "ada@example.com",
    sshPublicKey:
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJLJhiQ96SlkAz7CMq3ceW1mBFgUDK0bpSl4+Jtv6F2D ada@example.com",
  },
  { userName: "alan", displayName: "Alan Turing", emailAddress: "alan@example.com" },
  { userName: "grace", displayName: "Grace Hopper", emailAddress: "grace@example.com" },
];
