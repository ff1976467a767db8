import type { StoredProfile } from "../../service/store/store";

export const someAccount = "123456789012";
export const otherAccount = "210987654321";

export const arnOf = (name: string, account = someAccount): string =>
  `arn:aws:iam::${account}:user/${name}`;

export interface ProfileInput {
  readonly userArn: string;
  readonly displayName: string;
  readonly emailAddress: string;
  readonly sshPublicKey?: string;
}

/** A valid request of CreateUserProfile: AWS's own sample, unless told otherwise. */
export const profileInput = (changes: Partial<ProfileInput> = {}): ProfileInput => ({
  userArn: arnOf("intern"),
  displayName: "Intern",
  emailAddress: "intern@example.com",
  ...changes,
});

export const storedProfile = (changes: Partial<StoredProfile> = {}): StoredProfile => ({
  ...profileInput(),
  sshPublicKey: "",
  createdAt: 1_572_552_308_607,
  modifiedAt: 1_572_552_308_607,
  ...changes,
});
