import {
  createCredentialChain,
  fromEnv,
  fromIni,
  fromNodeProviderChain,
} from "@aws-sdk/credential-providers";
import type { Settings } from "./settings";

/** Finds credentials, anew at each call; rejects when there are none. */
export type Credentials = ReturnType<typeof fromNodeProviderChain>;

/**
 * The chain of the SDK writes its advice about AWS_PROFILE beside other variables to the console.
 */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * The SDK's own chain: environment, configuration files with SSO, processes and roles, web
 * identity, container and instance metadata; or what `aws:profile` says. A service on this machine
 * that asks for no credentials must not make the SDK look for some at the addresses of cloud
 * metadata services, which takes seconds.
 * @param region where roles are assumed, unless a profile says otherwise.
 */
export function credentialsOf({ endpoint, profile }: Settings, region: string): Credentials {
  const parentClientConfig = { region };
  if (profile !== undefined) return fromIni({ profile, parentClientConfig });
  if (endpoint?.kind === "http" && endpoint.loopback) {
    const anonymous = async () => ({ accessKeyId: "anonymous", secretAccessKey: "anonymous" });
    return createCredentialChain(fromEnv(), fromIni({ parentClientConfig }), anonymous);
  }
  return fromNodeProviderChain({ parentClientConfig, logger: silent });
}
