import { CodeStarUserProfile } from "pulumi-codestar";

const ada = new CodeStarUserProfile("ada", {
  userArn: "arn:aws:iam::123456789012:user/ada",
  displayName: "Ada Lovelace",
  emailAddress: "ada@example.com",
});

export const userArn = ada.userArn;
export const createdTimestamp = ada.createdTimestamp;
