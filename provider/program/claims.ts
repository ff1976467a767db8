import * as pulumi from "@pulumi/pulumi";
import { type Settings, serviceOf } from "../../client/settings";
import type { Claim, Claimant } from "./claim";
import { type Deployment, deployment } from "./deployment";
import { providerSettings } from "./providerSettings";
import type { RecordedProfile } from "./recorded";
import { runError } from "./runError";

/**
 * The resource's ARN, once it is known that no other resource of the stack declares the same
 * profile: two would overwrite each other at every update. The error names both.
 * @throws pulumi.RunError when the stack's settings are wrong and for a second claim; through the
 * output where the ARN is one.
 */
export function claimProfile(
  by: Claimant,
  args: {
    userArn: pulumi.Input<string>;
    region?: pulumi.Input<string | undefined> | undefined;
  },
): pulumi.Input<string> {
  const here = deployment();
  const { userArn, region } = args;
  const settings = providerSettings(by, here);
  const claim: Claim = { by, profile: undefined };
  here.claims.push(claim);
  // Most programs give plain text, and an output costs far more than a look into a map.
  const isPlain =
    typeof userArn === "string" && (region === undefined || typeof region === "string");
  if (isPlain && !pulumi.Output.isInstance(settings) && !isIgnored(by)) {
    settle(here, claim, userArn, region ?? settings.region, serviceOf(settings));
    return userArn;
  }
  const claimed = pulumi.all([userArn, region, settings]).apply(async ([arn, where, known]) => {
    const kept = isIgnored(by) ? await recordedProfile(here, by) : undefined;
    const { userArn: used, region: there } = kept ?? {
      userArn: arn,
      region: where ?? known.region,
    };
    settle(here, claim, used, there, serviceOf(known));
    return arn;
  });
  if (isPlain) claim.settled = settled(claimed);
  else claim.arrives = settled(claimed);
  return claimed;
}

/**
 * Claims the profiles of a roster, as `claimProfile` does one.
 * @throws pulumi.RunError as `claimProfile`.
 */
export function claimRoster(
  by: Claimant,
  region: string | undefined,
  userArns: readonly string[],
): void {
  const here = deployment();
  if (isIgnored(by)) {
    // Whom it has is in the state.
    here.claims.push({ by, profile: undefined });
    return;
  }
  const settings = providerSettings(by, here);
  const claims = userArns.map((): Claim => ({ by, profile: undefined }));
  for (const claim of claims) here.claims.push(claim);
  const settleAll = (known: Settings) => {
    for (const [index, userArn] of userArns.entries()) {
      settle(here, claims[index]!, userArn, region ?? known.region, serviceOf(known));
    }
  };
  if (!pulumi.Output.isInstance(settings)) {
    settleAll(settings);
    return;
  }
  const all = settled(settings.apply(settleAll));
  for (const claim of claims) claim.settled = all;
}

/** Whether the engine keeps the profile that the resource has, whatever the program declares. */
function isIgnored({ opts }: Claimant): boolean {
  return ["userArn", "people", "region", "*"].some((name) => opts?.ignoreChanges?.includes(name));
}

async function recordedProfile(
  here: Deployment,
  by: Claimant,
): Promise<RecordedProfile | undefined> {
  const recorded = await here.recorded();
  return recorded?.profiles.get(await urnOf(by))?.[0];
}

/** The URN that the engine will give the resource, aliases aside. */
export function urnOf({ name, type, opts }: Claimant): Promise<string> {
  const urn = pulumi.createUrn(name, type, opts?.parent);
  return new Promise((resolve) => void urn.apply(resolve));
}

function settle(
  { claimed }: Deployment,
  claim: Claim,
  userArn: string,
  region: string | undefined,
  service: string,
): void {
  const key = JSON.stringify([service, region, userArn]);
  const other = claimed.get(key);
  if (other !== undefined) {
    throw runError(
      `"${claim.by.name}" and "${other.by.name}" declare the same profile, ${userArn}; remove one of them`,
    );
  }
  claimed.set(key, claim);
  claim.profile = { userArn, region, service };
}

function settled(output: pulumi.Output<unknown>): Promise<unknown> {
  return new Promise((resolve) => void output.apply(resolve));
}
