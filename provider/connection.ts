import type { CodeStarClient, CodeStarClientConfig } from "@aws-sdk/client-codestar";
import { createDirectory, type Directory } from "./directory";
import { isFault, UnexpectedAnswer } from "./errors";
import type { FieldValues, LiveProfile } from "./profile";
import { createRetryStrategy } from "./retry";
import type { Settings } from "./settings";

/** How long connecting and one request may take, in milliseconds; the engine cannot cancel a provider. */
const connectionTimeout = 5_000;
const requestTimeout = 30_000;

/** One region of the service: its client, and everything that reads or writes profiles through it. */
export interface Connection {
  readonly region: string;
  /** DescribeUserProfile itself, past the directory; undefined when there is no such profile. */
  describe(userArn: string): Promise<LiveProfile | undefined>;
  readonly directory: Directory;
  /** @throws UserProfileAlreadyExistsException */
  create(userArn: string, values: FieldValues): Promise<LiveProfile>;
  /** Sends just the given fields. @throws UserProfileNotFoundException */
  update(userArn: string, values: FieldValues): Promise<LiveProfile>;
  /** An absent profile is no error. */
  delete(userArn: string): Promise<void>;
  list(): Promise<LiveProfile[]>;
  close(): void;
}

/**
 * Connects to the region of the service that the settings select. The SDK is loaded here and nowhere
 * else, for it takes longer to load than everything else together.
 */
export async function connect(settings: Settings, region: string | undefined): Promise<Connection> {
  const sdk = require("@aws-sdk/client-codestar") as typeof import("@aws-sdk/client-codestar");
  const client = createClient(settings, region);

  const describe = async (userArn: string) => {
    try {
      return flatten(await client.send(new sdk.DescribeUserProfileCommand({ userArn })), userArn);
    } catch (error) {
      if (isFault(error, "UserProfileNotFoundException")) return undefined;
      throw error;
    }
  };
  const page = async (nextToken: string | undefined) => {
    const output = await client.send(
      new sdk.ListUserProfilesCommand({ maxResults: 100, ...(nextToken && { nextToken }) }),
    );
    if (!Array.isArray(output.userProfiles)) throw new UnexpectedAnswer("no list of profiles");
    return {
      profiles: output.userProfiles.map((summary) => flatten(summary, summary.userArn)),
      ...(output.nextToken && { nextToken: output.nextToken }),
    };
  };
  const directory = createDirectory(
    {
      describe,
      list: page,
      sweepFault: (error) =>
        isFault(error, "InvalidNextTokenException")
          ? "expired token"
          : isFault(error, "AccessDeniedException")
            ? "denied"
            : "other",
    },
    Date.now,
  );
  return {
    region: await client.config.region(),
    describe,
    directory,
    async create(userArn, values) {
      const live = flatten(
        await client.send(
          // The service says what is missing; the types of the SDK would have it checked here.
          new sdk.CreateUserProfileCommand({ userArn, ...values } as Required<FieldValues> & {
            userArn: string;
          }),
        ),
        userArn,
      );
      directory.record(live);
      return live;
    },
    async update(userArn, values) {
      const live = flatten(
        await client.send(new sdk.UpdateUserProfileCommand({ userArn, ...values })),
        userArn,
      );
      directory.record(live);
      return live;
    },
    async delete(userArn) {
      try {
        await client.send(new sdk.DeleteUserProfileCommand({ userArn }));
      } catch (error) {
        if (!isFault(error, "UserProfileNotFoundException")) throw error;
      }
      directory.forget(userArn);
    },
    async list() {
      const all: LiveProfile[] = [];
      const tokens = new Set<string>();
      let nextToken: string | undefined;
      do {
        const read = await page(nextToken);
        all.push(...read.profiles);
        nextToken = read.nextToken;
        if (nextToken !== undefined && tokens.has(nextToken)) {
          throw new UnexpectedAnswer("the same token twice");
        }
        if (nextToken !== undefined) tokens.add(nextToken);
      } while (nextToken !== undefined);
      return all;
    },
    close: () => client.destroy(),
  };
}

/** A connection per region, made when it is first asked for. */
export function connections(settings: Settings): (region?: string) => Promise<Connection> {
  const byRegion = new Map<string | undefined, Promise<Connection>>();
  return (region = settings.region) => {
    const connected = byRegion.get(region) ?? connect(settings, region);
    byRegion.set(region, connected);
    return connected;
  };
}

/** An SDK client for the service that the settings select. */
export function createClient(settings: Settings, region: string | undefined): CodeStarClient {
  const { CodeStarClient } =
    require("@aws-sdk/client-codestar") as typeof import("@aws-sdk/client-codestar");
  const { endpoint } = settings;
  const common = {
    ...(region ? { region } : regionOf(settings)),
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

/** The SDK's own chain, which looks at the region of AWS_PROFILE's profile only, made to look at `aws:profile`'s. */
function regionOf({ profile }: Settings): Pick<CodeStarClientConfig, "region"> {
  if (profile === undefined) return {};
  const { NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS } =
    require("@smithy/config-resolver") as typeof import("@smithy/config-resolver");
  const { loadConfig } =
    require("@smithy/node-config-provider") as typeof import("@smithy/node-config-provider");
  return {
    region: loadConfig(NODE_REGION_CONFIG_OPTIONS, { ...NODE_REGION_CONFIG_FILE_OPTIONS, profile }),
  };
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

/**
 * A reply of the API in the provider's terms. The SDK leaves out what the service left out.
 * @throws UnexpectedAnswer when the reply is not about the profile.
 */
function flatten(
  output: {
    userArn?: string | undefined;
    displayName?: string | undefined;
    emailAddress?: string | undefined;
    sshPublicKey?: string | undefined;
    createdTimestamp?: Date | undefined;
    lastModifiedTimestamp?: Date | undefined;
  },
  userArn: string | undefined,
): LiveProfile {
  const { createdTimestamp, lastModifiedTimestamp } = output;
  if (!userArn || output.userArn !== userArn) throw new UnexpectedAnswer("not the profile");
  return {
    userArn,
    displayName: output.displayName ?? "",
    emailAddress: output.emailAddress ?? "",
    sshPublicKey: output.sshPublicKey ?? "",
    ...(createdTimestamp && { createdTimestamp: createdTimestamp.toISOString() }),
    ...(lastModifiedTimestamp && { lastModifiedTimestamp: lastModifiedTimestamp.toISOString() }),
  };
}
