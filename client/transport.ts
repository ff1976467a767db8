import { CodeStarError } from "../profile/codeStarError";
import type { Field } from "../profile/fields";
import type { EmbeddedRequestHandler } from "../service/embedded";
import { UnexpectedAnswer } from "./errors";
import { createClient, regionOf } from "./sdkClient";
import type { Settings } from "./settings";

export type Operation =
  | "CreateUserProfile"
  | "DescribeUserProfile"
  | "UpdateUserProfile"
  | "DeleteUserProfile"
  | "ListUserProfiles";

/** What the API answers, before any of it is believed. */
export interface Reply extends Partial<Readonly<Record<Field, string | undefined>>> {
  readonly userArn?: string | undefined;
  readonly createdTimestamp?: Date | undefined;
  readonly lastModifiedTimestamp?: Date | undefined;
  readonly userProfiles?: readonly (Reply | null)[] | undefined;
  readonly nextToken?: string | undefined;
}

/** How requests reach the service and replies come back. */
export interface Transport {
  /** Rejects with an error whose `name` is the API's. */
  send(operation: Operation, input: object): Promise<Reply>;
  region(): Promise<string>;
  close(): void;
}

export interface TransportOptions {
  /** Refuses a store in a file that is no store yet, where otherwise one is made of it. */
  readonly mustExist?: boolean;
}

/**
 * The AWS SDK's client, but for a store in a file: its service is in this process, and the SDK's
 * signing, retrying and parsing would take ten times as long as what it does.
 */
export function openTransport(
  settings: Settings,
  region: string | undefined,
  options: TransportOptions = {},
): Transport {
  const { endpoint } = settings;
  return endpoint?.kind === "store" && endpoint.url.startsWith("file:")
    ? embedded(endpoint.url, settings, region, options)
    : overSdk(settings, region);
}

function overSdk(settings: Settings, region: string | undefined): Transport {
  const sdk = require("./awsSdk") as typeof import("./awsSdk");
  const client = createClient(settings, region);
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown };
      const body =
        response.body instanceof Uint8Array
          ? response.body
          : await client.config.streamCollector(response.body);
      refuseNullInLists(body);
      response.body = body;
      return result;
    },
    // Between the SDK's own reading of the answer and the request.
    { step: "deserialize", priority: "low", name: "refuseNullInLists" },
  );
  // The service says what is missing from an input; the types of the SDK
  // would have it checked here.
  const commands = {
    CreateUserProfile: sdk.CreateUserProfileCommand,
    DescribeUserProfile: sdk.DescribeUserProfileCommand,
    UpdateUserProfile: sdk.UpdateUserProfileCommand,
    DeleteUserProfile: sdk.DeleteUserProfileCommand,
    ListUserProfiles: sdk.ListUserProfilesCommand,
  } as unknown as Record<
    Operation,
    new (
      input: object,
    ) => InstanceType<typeof sdk.DescribeUserProfileCommand>
  >;
  return {
    async send(operation, input) {
      try {
        return await client.send(new commands[operation](input));
      } catch (error) {
        throw error instanceof TypeError && !("code" in error) ? wrongTypes(error) : error;
      }
    },
    region: () => client.config.region(),
    close: () => client.destroy(),
  };
}

/** The SDK leaves null out of lists, and a list of nothing else would read as one of nobody. */
function refuseNullInLists(body: Uint8Array): void {
  const json = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!json.includes("null")) return;
  let answer: { userProfiles?: unknown } | null;
  try {
    answer = JSON.parse(json.toString("utf8"));
  } catch {
    // The SDK says what is wrong with it.
    return;
  }
  if (Array.isArray(answer?.userProfiles) && answer.userProfiles.includes(null)) {
    throw new UnexpectedAnswer("nothing in place of a profile");
  }
}

/** The SDK believes an answer to have the types of the API, and stumbles when it has not. */
function wrongTypes(error: TypeError): UnexpectedAnswer {
  return new UnexpectedAnswer("values of other types", { cause: error });
}

/** The same requests and replies as over HTTP, handed to the service as they are. */
function embedded(
  store: string,
  settings: Settings,
  region: string | undefined,
  { mustExist = false }: TransportOptions,
): Transport {
  const { embeddedRequestHandler } =
    require("../service/embedded") as typeof import("../service/embedded");
  let opened: EmbeddedRequestHandler | undefined;
  const findRegion = async () => region ?? (await regionOf(settings));
  return {
    async send(operation, input) {
      opened ??= embeddedRequestHandler({ store, region: await findRegion(), mustExist });
      const { response } = await opened.handle({
        method: "POST",
        path: "/",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `CodeStar_20170419.${operation}`,
        },
        body: JSON.stringify(input),
      });
      const body = JSON.parse((response.body as Buffer).toString("utf8"));
      if (response.statusCode >= 400) {
        throw Object.assign(new CodeStarError(body.message), { name: body.__type });
      }
      return { ...body, ...dates(body) };
    },
    region: findRegion,
    close: () => opened?.destroy(),
  };
}

/** On the wire times are seconds since 1970, with a fraction. */
function dates(body: Record<string, unknown>): Pick<Reply, "createdTimestamp"> {
  return Object.fromEntries(
    ["createdTimestamp", "lastModifiedTimestamp"].flatMap((name) =>
      typeof body[name] === "number" ? [[name, new Date(Math.round(body[name] * 1000))]] : [],
    ),
  );
}
