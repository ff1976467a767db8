import * as pulumi from "@pulumi/pulumi";
import type { Claimant } from "./claims";
import type { Deployment } from "./deployment";
import { readSettings, type Settings } from "./settings";

/** The settings that a resource's provider gets: the stack's, or the arguments of a provider of its own. */
export function providerSettings(
  { type, opts }: Claimant,
  { settings, folder }: Deployment,
): Settings | pulumi.Output<Settings> {
  const own = opts?.provider as ({ getPackage(): string } & pulumi.ProviderResource) | undefined;
  const provider = own?.getPackage() === "pulumi-nodejs" ? own : opts?.parent?.getProvider(type);
  if (provider === undefined) return settings;
  // Its arguments are its outputs, each under its own name.
  const given = provider as unknown as Record<string, pulumi.Output<unknown> | undefined>;
  const keys = ["codestar:endpoint", "aws:region"];
  // Secret or not: what comes of it decides nothing that is shown.
  return pulumi
    .unsecret(pulumi.all(keys.map((key) => given[key])))
    .apply((values) => readSettings((key) => values[keys.indexOf(key)], process.env, folder));
}
