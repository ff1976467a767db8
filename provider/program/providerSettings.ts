import * as pulumi from "@pulumi/pulumi";
import { readSettings, type Settings } from "../../client/settings";
import type { Claimant } from "./claim";
import type { Deployment } from "./deployment";

/**
 * The settings that a resource's provider gets: the stack's, or the arguments
 * of a provider of its own.
 */
export function providerSettings(
  { type, opts }: Pick<Claimant, "type" | "opts">,
  { settings, folder }: Deployment,
): Settings | pulumi.Output<Settings> {
  const provider = explicitProvider({ type, opts });
  if (provider === undefined) return settings;
  // Its arguments are its outputs, each under its own name.
  const given = provider as unknown as Record<string, pulumi.Output<unknown> | undefined>;
  const keys = ["codestar:endpoint", "codestar:region", "aws:region"];
  // Secret or not: what comes of it decides nothing that is shown.
  return pulumi
    .unsecret(pulumi.all(keys.map((key) => given[key])))
    .apply((values) => readSettings((key) => values[keys.indexOf(key)], process.env, folder));
}

/**
 * The settings of the stack that a provider of the resource's own lacks, and without which it would
 * speak to another service or region than the stack names.
 */
export function lackedSettings(
  by: Pick<Claimant, "type" | "opts">,
  region: unknown,
  { settings }: Deployment,
): string[] {
  const provider = explicitProvider(by);
  if (provider === undefined) return [];
  const hasRegion =
    region !== undefined || "codestar:region" in provider || "aws:region" in provider;
  return [
    ...(settings.endpoint && !("codestar:endpoint" in provider) ? ["codestar:endpoint"] : []),
    ...(settings.region && !hasRegion ? ["aws:region"] : []),
  ];
}

function explicitProvider({
  type,
  opts,
}: Pick<Claimant, "type" | "opts">): pulumi.ProviderResource | undefined {
  const own = opts?.provider as ({ getPackage(): string } & pulumi.ProviderResource) | undefined;
  return own?.getPackage() === "pulumi-nodejs" ? own : opts?.parent?.getProvider(type);
}
