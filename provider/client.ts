import type { CodeStarClient, CodeStarClientConfig } from "@aws-sdk/client-codestar";
import { createRetryStrategy } from "./retry";
import type { Settings } from "./settings";

/** How long connecting and one request may take, in milliseconds; the engine cannot cancel a provider. */
const connectionTimeout = 5_000;
const requestTimeout = 30_000;

/** An SDK client for the service that the settings select. */
export function createClient(settings: Settings, region: string | undefined): CodeStarClient {
  const { CodeStarClient } =
    require("@aws-sdk/client-codestar") as typeof import("@aws-sdk/client-codestar");
  const { endpoint } = settings;
  const common = {
    region: region ?? (() => regionOf(settings)),
    retryStrategy: createRetryStrategy(),
  };
  if (endpoint?.kind === "store") {
    const { embeddedRequestHandler } =
      require("../service/embedded") as typeof import("../service/embedded");
    return new CodeStarClient({
      ...common,
      // The SDK insists on an address and on credentials; neither leaves the process.
      endpoint: "http://embedded.invalid",
      credentials: { accessKeyId: "embedded", secretAccessKey: "embedded" },
      requestHandler: embeddedRequestHandler({ store: endpoint.url, ...(region && { region }) }),
    });
  }
  const { NodeHttpHandler } =
    require("@smithy/node-http-handler") as typeof import("@smithy/node-http-handler");
  return new CodeStarClient({
    ...common,
    ...(endpoint && { endpoint: endpoint.url }),
    ...credentials(settings),
    requestHandler: new NodeHttpHandler({ connectionTimeout, requestTimeout }),
  });
}

/**
 * The region by the SDK's own chain, which looks at the region of AWS_PROFILE's profile only, made to look
 * at `aws:profile`'s. Rejects when there is none.
 */
export function regionOf({ profile }: Settings): Promise<string> {
  const { NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS } =
    require("@smithy/config-resolver") as typeof import("@smithy/config-resolver");
  const { loadConfig } =
    require("@smithy/node-config-provider") as typeof import("@smithy/node-config-provider");
  return loadConfig(NODE_REGION_CONFIG_OPTIONS, {
    ...NODE_REGION_CONFIG_FILE_OPTIONS,
    ...(profile && { profile }),
  })();
}

/**
 * The SDK's own chain, or that of `aws:profile`. A service on this machine that asks for no credentials
 * must not make the SDK look for some at the addresses of cloud metadata services, which takes seconds.
 */
function credentials(settings: Settings): Pick<CodeStarClientConfig, "credentials"> {
  const { endpoint, profile } = settings;
  const loopback = endpoint?.kind === "http" && endpoint.loopback;
  if (profile === undefined && !loopback) return {};
  const { fromIni } =
    require("@aws-sdk/credential-provider-ini") as typeof import("@aws-sdk/credential-provider-ini");
  if (profile !== undefined) return { credentials: fromIni({ profile }) };
  const { fromEnv } =
    require("@aws-sdk/credential-provider-env") as typeof import("@aws-sdk/credential-provider-env");
  const { chain, memoize } =
    require("@smithy/property-provider") as typeof import("@smithy/property-provider");
  const placeholder = async () => ({ accessKeyId: "anonymous", secretAccessKey: "anonymous" });
  return { credentials: memoize(chain(fromEnv(), fromIni({}), placeholder)) };
}
