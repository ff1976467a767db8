import type * as pulumi from "@pulumi/pulumi";

/** A resource that declares profiles. */
export interface Claimant {
  readonly name: string;
  readonly type: string;
  readonly opts: pulumi.CustomResourceOptions | undefined;
}

/** One profile that a resource declares. */
export interface Claim {
  readonly by: Claimant;
  /** Undefined until all of it is known. */
  profile: ClaimedProfile | undefined;
  /** Settles with the claim when only the provider's settings or the stack's state are missing. */
  settled?: Promise<unknown>;
  /**
   * Settles with the claim when an output is missing; never, when that
   * depends on who waits for this.
   */
  arrives?: Promise<unknown>;
}

/** A profile is an ARN in a region of a service. */
export interface ClaimedProfile {
  readonly userArn: string;
  /** Undefined when the AWS SDK's own chain decides, in the provider. */
  readonly region: string | undefined;
  /** As `serviceOf` says it. */
  readonly service: string;
}
