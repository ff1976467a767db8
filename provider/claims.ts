import * as pulumi from "@pulumi/pulumi";
import { type Deployment, deployment } from "./deployment";
import { runError } from "./runError";

/**
 * The resource's ARN, once it is known that no other resource of the stack declares the same profile: two
 * would overwrite each other at every update. The error names both.
 * @throws pulumi.RunError when the stack's settings are wrong and for a second claim; through the output where the ARN
 * is one.
 */
export function claimProfile(
  name: string,
  args: {
    userArn: pulumi.Input<string>;
    region?: pulumi.Input<string | undefined> | undefined;
  },
): pulumi.Input<string> {
  const here = deployment();
  const settle = (userArn: string, region: string | undefined) => {
    claim(here, name, `${region ?? here.settings.region} ${userArn}`, userArn);
    return userArn;
  };
  const { userArn, region } = args;
  // Most programs give plain text, and an output costs far more than a look into a map.
  if (typeof userArn === "string" && (region === undefined || typeof region === "string")) {
    return settle(userArn, region);
  }
  return pulumi.all([userArn, region]).apply(([arn, where]) => settle(arn, where));
}

function claim({ claims }: Deployment, name: string, key: string, userArn: string): void {
  const other = claims.get(key);
  if (other !== undefined) {
    throw runError(
      `"${name}" and "${other}" declare the same profile, ` + `${userArn}; remove one of them`,
    );
  }
  claims.set(key, name);
}
