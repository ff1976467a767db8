import {
  loadConfig,
  NODE_REGION_CONFIG_FILE_OPTIONS,
  NODE_REGION_CONFIG_OPTIONS,
} from "@smithy/core/config";
import type { Settings } from "./settings";

/**
 * The region by the SDK's own chain, which looks at the region of AWS_PROFILE's profile only, made
 * to look at `aws:profile`'s. Rejects when there is none.
 */
export function configuredRegion({ profile }: Settings): Promise<string> {
  return loadConfig(
    { ...NODE_REGION_CONFIG_OPTIONS, default: missing },
    { ...NODE_REGION_CONFIG_FILE_OPTIONS, ...(profile && { profile }) },
  )();
}

/**
 * In place of a question to the instance metadata service, which takes
 * seconds wherever there is none.
 */
async function missing(): Promise<never> {
  throw new Error("Region is missing");
}
