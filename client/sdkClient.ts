import type { CodeStarClient } from "./awsSdk";
import type { Credentials } from "./credentials";
import { createRetryStrategy } from "./retry";
import type { Settings } from "./settings";

/**
 * How long connecting and one request may take, in milliseconds; the engine
 * cannot cancel a provider.
 */
const connectionTimeout = 5_000;
const requestTimeout = 30_000;

/** An SDK client for the service that the settings select. */
export function createClient(settings: Settings, region: string | undefined): CodeStarClient {
  const { CodeStarClient, NodeHttpHandler } = require("./awsSdk") as typeof import("./awsSdk");
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
  return new CodeStarClient({
    ...common,
    ...(endpoint && { endpoint: endpoint.url }),
    credentials: credentials(settings, region),
    requestHandler: new NodeHttpHandler({ connectionTimeout, requestTimeout }),
  });
}

/** As `configuredRegion`, which is loaded only when it is asked. */
export function regionOf(settings: Settings): Promise<string> {
  const { configuredRegion } = require("./configuredRegion") as typeof import("./configuredRegion");
  return configuredRegion(settings);
}

/** Looks for credentials when the first request is signed. */
function credentials(settings: Settings, region: string | undefined): Credentials {
  let found: Credentials | undefined;
  return async () => {
    const { credentialsOf } = require("./credentials") as typeof import("./credentials");
    found ??= credentialsOf(settings, region ?? (await regionOf(settings)));
    return found();
  };
}
