import { createHash } from "node:crypto";
import { blobOf, field, line } from "./sshKeyBlobs";

/**
 * A public key with what `ssh-keygen -lf` (OpenSSH 9.2) prints of it. Their
 * private halves were thrown away.
 */
export interface KnownSshKey {
  readonly type: string;
  readonly bits: number;
  readonly fingerprint: string;
  readonly comment: string;
  /** Refused unless weak keys are allowed. */
  readonly weak: boolean;
  readonly line: string;
}

export const ed25519: KnownSshKey = {
  type: "ssh-ed25519",
  bits: 256,
  fingerprint: "SHA256:zj3dD9DOlBq9UldOT10bCiAsS2S+xwRtYUACOPzJLHc",
  comment: "Ada Lovelace",
  weak: false,
  line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIND0TNfVc0dr0+Zjwinh3vNC5bVtcObqTHZUGA+gBEoV Ada Lovelace",
};

export const nistp256: KnownSshKey = {
  type: "ecdsa-sha2-nistp256",
  bits: 256,
  fingerprint: "SHA256:Au/LCOYltYFnIinZl7SrXj8suW8T5Nh++8RTF/g2QFg",
  comment: "ec256@host",
  weak: false,
  line: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNIX0PrShHPDluRrPB1Z+fUkGSeAMKr5ImpL+wSZAxDjkCvCBYFwgPN5b6F7SUuR5lE3itiVqLRST845EieD2o0= ec256@host",
};

export const nistp384: KnownSshKey = {
  type: "ecdsa-sha2-nistp384",
  bits: 384,
  fingerprint: "SHA256:KrLrCM37JnUUP2uGQK6CdxLatn1svyLEr4MoQDOaz/k",
  comment: "ec384@host",
  weak: false,
  line: "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBCEu0oXy8i3BrzDi4yvAkBzOZAuPNK8RX7nkSjy6lT1LR5dBLo4R46qSeHFmmkqisycSj12tH3fN6ZAIGE+f9anfeAxft7klKChVVcN3HrXDIetg8AahS5uNc95lndxJDQ== ec384@host",
};

export const nistp521: KnownSshKey = {
  type: "ecdsa-sha2-nistp521",
  bits: 521,
  fingerprint: "SHA256:ndD50yhxoB74cGVoH9/gLKCTTuDETf/7aH6x/UnrL6E",
  comment: "ec521@host",
  weak: false,
  line: "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAH1e+MQm47owwaArXPeXqIGqYd48gMi9llMECSTJt0VFr0XK3ZgVszYgjSUFdU8MNov/TdtxD+TKuob4Nm3/kW+fQCx63qLbTDfT6q4p2YO5b0OQqKzRflNhYy2/dq5KjH1zvm4/in2aFaq/UNov1JYLNQhAP8gJcWCODlqufDtgAhJgw== ec521@host",
};

export const rsa3072: KnownSshKey = {
  type: "ssh-rsa",
  bits: 3072,
  fingerprint: "SHA256:r2Y6wNM01Qh3C0ERHJnv/45TKSeuopih5ZrwnjDoVos",
  comment: "rsa@host",
  weak: false,
  line: "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQCQ1caUVRO/mBLy6L36nD9fT0yRqOSg2XKrlhQ3oThr64mU1R5rahU298fHCgqNKMNzWAaz6Ak3cgVr7+NkEgIh+EFJSnywH8hM9MG6i297+SLk753cfKYfKoAbmOQS3CPkXv7ZmU5hb80cAb4t/A9S6vDEmRP99QF3rrjHnz3xfXxnTy4h9nwv+JBDR+LaGl+oZ+rzl7xRd0gzAw7TtqvaCeZgHEf1svl/tuNnHMKxAH/2nziqvUMVjoX2vfY+Dg7qEbpa9u5N5YEotqcA2y6YExUZOSzM75XVG00UlRHK5pXG7zia3Z5728acLzz3cSwSKBuFYDupffhfUibPim9pBiFjdRzhK4ikuKAXgLkgmJ4nKwkZIPmAzknx1WBUuoH0/+N0fzHOK4q6Mba2MKXS1wjNckf8V+5P8JWnif6tL5gNqi3puBbTkEIqr/SYKa7lC9v7iX+INtphyP4UrR9hDaMa3HV0vDbkRNN/1wIEeE/CRDuapjKEhbaAbPBsl6s= rsa@host",
};

export const rsa1024: KnownSshKey = {
  type: "ssh-rsa",
  bits: 1024,
  fingerprint: "SHA256:/CrUpIw9xlupyKoslZ/X+tiJ2v2dl0vr466QECVRnsg",
  comment: "old@host",
  weak: true,
  line: "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCp1TMsJOiaBRAbDXR8vnjjNKTaqRcHKHyn5iWoAH1hYr/L9UvBKFkH74mnibPVvONr3I0B+1KwydHuYCFoulupo4xxv6kYII2Kv1Ii17qO8w/JZOQDnlRLtjK2jiNyEQ/HFZK0CKTykT3VEjnxutrsL7eTYYXPBSssG4Yro9gUYQ== old@host",
};

export const dsa1024: KnownSshKey = {
  type: "ssh-dss",
  bits: 1024,
  fingerprint: "SHA256:fk71EPZBLATBh+dNCUl2XOCPYuX81Pze6UPGkXshW+c",
  comment: "dsa@host",
  weak: true,
  line: "ssh-dss AAAAB3NzaC1kc3MAAACBAPuzhSaDIgaNQ5s7920AVcM4/YGXxDPafRZRFrBFVLplsvbqGcVowQXQZa9R9l+4CASGJqXXN8szNbWj7EDJuhsPP8UXBqWI53Kf8f6+j4OJbWsQodRjpJpazEFOOg4pmUu1LWh6C2C3xXUkFrd0v2iHa1G6NecDkTWUf9CylgttAAAAFQCWCoVz2bhK2ayRS56v6ZRwdQc5iwAAAIEAm6v36jl6c1TVBsBWrxTsY8PL4P4c5KqPxEEoGx5z5ktuBNiKj163RPwvhElvVbM+ZKBf3uN0xw5fv0raxx9dNb9nXjyxGJRAfcqwZd90mtAHLL50C7WTWaou2EQ3mIPgwIIAB+v69akg3zJmsqShaFTtanVUqv5VHqvQ5KoxzMAAAACAH8JkQIxRff60QbYKuPBG5n5dYqafBhuRK66mf/m4DTjQW5JRgYZ3AAbSJMWFT7tLqij75EtN8DbDYmHvSrnFucrFOuJjCqbNKCE/e8lgzDviTEaCEC9LfnN5nUHzuNYjDEc9UEudY67DyOT/HgG8QSk9j0hGkdiXmwHdlKc77nY= dsa@host",
};

export const skEd25519: KnownSshKey = {
  type: "sk-ssh-ed25519@openssh.com",
  bits: 256,
  fingerprint: "SHA256:g0JxZSIMNwf3sX7oFbhFSYlD9/tTwk1dnlYe09qE9ac",
  comment: "yubikey",
  weak: false,
  line: "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIMVClqemVRki5BKDfpD+RQ9Dyi8Zyk1UznPh0AcC0TL8AAAABHNzaDo= yubikey",
};

export const skNistp256: KnownSshKey = {
  type: "sk-ecdsa-sha2-nistp256@openssh.com",
  bits: 256,
  fingerprint: "SHA256:vCmEduvugq8DT6bxxzRvbmq0Y73/4RlmanFLu+WL6NU",
  comment: "token",
  weak: false,
  line: "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBLIgQ6VAunV1Q3EvSpe7pq+cccR+SQ0Jm4JQjgceU/XsP3KmX5qcLkJVWG9LZawcL+xaA+FvHggOoazSiK1rWkwAAAAIc3NoOndvcms= token",
};

/**
 * Of bytes that stand for a key, of the right number: OpenSSH knows the type since
 * 10.5, and lists 256 bits.
 */
export const mldsa44: KnownSshKey = {
  type: "ssh-mldsa44-ed25519@openssh.com",
  bits: 256,
  fingerprint: "SHA256:8Ng/lW0zBnkm0wlwI7EjMBbq8UVRC1cQsDPWseqKcBY",
  comment: "grace@laptop",
  weak: false,
  line: line("ssh-mldsa44-ed25519@openssh.com", mldsa44Blob(1344), "grace@laptop"),
};

export function mldsa44Blob(bytes: number): Buffer {
  const key = createHash("shake256", { outputLength: bytes }).update("grace").digest();
  return blobOf("ssh-mldsa44-ed25519@openssh.com", field(key));
}

export const certificate =
  "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAg255XXHKMGsHfoTiG8XIv4+uIn1sisCOiviGdG93JG4AAAAAIbmlzdHAyNTYAAABBBNIX0PrShHPDluRrPB1Z+fUkGSeAMKr5ImpL+wSZAxDjkCvCBYFwgPN5b6F7SUuR5lE3itiVqLRST845EieD2o0AAAAAAAAAAAAAAAEAAAACaWQAAAAAAAAAAAAAAAD//////////wAAAAAAAACCAAAAFXBlcm1pdC1YMTEtZm9yd2FyZGluZwAAAAAAAAAXcGVybWl0LWFnZW50LWZvcndhcmRpbmcAAAAAAAAAFnBlcm1pdC1wb3J0LWZvcndhcmRpbmcAAAAAAAAACnBlcm1pdC1wdHkAAAAAAAAADnBlcm1pdC11c2VyLXJjAAAAAAAAAAAAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIND0TNfVc0dr0+Zjwinh3vNC5bVtcObqTHZUGA+gBEoVAAAAUwAAAAtzc2gtZWQyNTUxOQAAAEB83q+LG6YL5h/Sy9HP0Cw0IUi32gGaSOSfONIxJK6322H/xB1wgGhNeLbZUtEfGHmjMXs/9nKejSXA8VFmf98F ec256@host";

/** One of each type. */
export const knownSshKeys: readonly KnownSshKey[] = [
  ed25519,
  nistp256,
  nistp384,
  nistp521,
  rsa3072,
  rsa1024,
  dsa1024,
  skEd25519,
  skNistp256,
  mldsa44,
];
