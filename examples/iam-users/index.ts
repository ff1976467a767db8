import * as aws from "@pulumi/aws";
import { CodeStarUserProfile } from "pulumi-codestar";
import { developers } from "./developers";

export const userArns = developers.map(({ userName, ...person }) => {
  const user = new aws.iam.User(userName, { name: userName, path: "/developers/" });

  // Known only once IAM has made the user: a first preview shows the profile with its ARN to come.
  const profile = new CodeStarUserProfile(userName, { userArn: user.arn, ...person });

  return profile.userArn;
});
