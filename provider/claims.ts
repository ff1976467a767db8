import * as pulumi from "@pulumi/pulumi";
import { type Deployment, deployment } from "./deployment";

/**
 * The resource's ARN, once it is known that no other resource of the stack declares the same profile: two
 * would overwrite each other at every update. The error names both.
 * @throws pulumi.RunError when the stack's settings are wrong, and through the output for a second claim.
 */
export function claimProfile(
  name: string,
  args: {
    userArn: pulumi.Input<string>;
    region?: pulumi.Input<string | undefined> | undefined;
  },
): pulumi.Output<string> {
  const here = deployment();
  return pulumi.all([args.userArn, args.region]).apply(([userArn, region]) => {
    claim(here, name, `${region ?? here.settings.region} ${userArn}`, userArn);
    return userArn;
  });
}

function claim({ claims }: Deployment, name: string, key: string, userArn: string): void {
  const other = claims.get(key);
  if (other !== undefined) {
    throw new pulumi.RunError(
      `CodeStarUserProfile "${name}" and CodeStarUserProfile "${other}" declare the same profile, ` +
        `${userArn}; remove one of them`,
    );
  }
  claims.set(key, name);
}
