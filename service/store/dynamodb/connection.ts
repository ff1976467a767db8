import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CodeStarError } from "../../../profile/codeStarError";
import { StoreUnavailableError } from "../store";

/** Where a DynamoDB store is: what its URL says. */
export interface DynamoDbAddress {
  readonly table: string;
  /** The AWS region of the table (not of the profiles); absent: as the AWS SDK finds it. */
  readonly region?: string;
  /** A DynamoDB other than the region's own, such as `http://127.0.0.1:8000`. */
  readonly endpoint?: string;
}

export interface DynamoDbSettings {
  /**
   * Absent: the AWS SDK's default chain (environment, profile files, the
   * machine's or container's role).
   */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /**
   * How long one try may take, in milliseconds; 2,000 when absent, and 1,000 of them to connect. A
   * call is up to three tries.
   */
  readonly tryTimeout?: number;
}

export type DynamoDbSdk = typeof import("@aws-sdk/client-dynamodb");

export interface DynamoDbConnection {
  readonly sdk: DynamoDbSdk;
  readonly client: DynamoDBClient;
}

/**
 * Tries for one call. The client's own AWS SDK tries again on top of these, so a few are enough.
 */
const maxAttempts = 3;
const connectTimeout = 1_000;
const defaultTryTimeout = 2_000;
/** The SDK's default of 50 would make calls wait for a socket before DynamoDB has seen them. */
const maxSockets = 200;

/** Names and lengths of tables: the CreateTable page of DynamoDB's API reference. */
const tableName = /^[a-zA-Z0-9_.-]{3,255}$/;
const regionName = /^[a-z0-9-]+$/;
const form = "dynamodb://table?region=…&endpoint=…";

/**
 * Reads `dynamodb://table`, with the optional queries `region` and `endpoint`. Throws a sentence.
 */
export function parseDynamoDbUrl(url: string): DynamoDbAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "dynamodb:") {
    throw new CodeStarError(`A DynamoDB store's URL is ${form}`);
  }
  // Checked before anything of the URL is repeated in a message: it may hold a secret.
  if (parsed.username !== "" || parsed.password !== "") throw credentialsInUrl();
  if (!tableName.test(parsed.host)) {
    throw new CodeStarError(
      `A DynamoDB store's URL is ${form}, where the table's name is 3 to 255 of a-z, A-Z, 0-9, "_", "-" and "."`,
    );
  }
  if (!/^\/?$/.test(parsed.pathname) || parsed.hash !== "") {
    throw new CodeStarError(
      `A DynamoDB store's URL is ${form}: nothing but a query may follow the table`,
    );
  }
  const { region, endpoint, ...unknown } = Object.fromEntries(parsed.searchParams);
  const stray = Object.keys(unknown)[0];
  if (stray !== undefined) {
    throw new CodeStarError(
      `A DynamoDB store's URL is ${form}: it has no setting ${JSON.stringify(stray)}`,
    );
  }
  if (region !== undefined && !regionName.test(region)) {
    throw new CodeStarError("The region in a DynamoDB store's URL is a name such as eu-west-1");
  }
  return {
    table: parsed.host,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint: parseEndpoint(endpoint) }),
  };
}

/** Loads the AWS SDK, which is optional and heavy, only now. Nothing is sent yet. */
export async function connect(
  address: DynamoDbAddress,
  settings: DynamoDbSettings = {},
): Promise<DynamoDbConnection> {
  const sdk = await loadSdk();
  const client = new sdk.DynamoDBClient({
    maxAttempts,
    requestHandler: {
      connectionTimeout: Math.max(connectTimeout, settings.tryTimeout ?? 0),
      requestTimeout: settings.tryTimeout ?? defaultTryTimeout,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
    ...(address.region === undefined ? {} : { region: address.region }),
    ...(address.endpoint === undefined ? {} : { endpoint: address.endpoint }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
  });
  return { sdk, client };
}

/** The store's URL without anything that its messages should not show. */
export function nameOf({ table, endpoint }: DynamoDbAddress): string {
  return endpoint === undefined ? `dynamodb://${table}` : `dynamodb://${table} at ${endpoint}`;
}

/** How many tries the SDK made for a call that ended in this error. */
export function attemptsOf(error: unknown): number {
  const metadata = (error as { $metadata?: { attempts?: number } } | undefined)?.$metadata;
  return metadata?.attempts ?? 1;
}

/** Whether DynamoDB answered with the error of this name. */
export function isAnswer(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/**
 * What DynamoDB answers; an error becomes a sentence, except the named
 * ones: those the caller awaits.
 */
export async function reach<T>(
  address: DynamoDbAddress,
  sent: Promise<T>,
  awaited: readonly string[] = [],
): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    throw awaited.some((name) => isAnswer(error, name)) ? error : failure(address, error);
  }
}

/**
 * The sentence for a call that failed. DynamoDB's own text is left out: for a rejected value it
 * quotes the value, and a profile's are not to be seen.
 */
function failure(address: DynamoDbAddress, error: unknown): Error {
  const { name, code, fault, throttling } = factsOf(error);
  const store = nameOf(address);
  if (name === "ResourceNotFoundException") {
    return new StoreUnavailableError(
      `${store}: there is no such table; create it: codestar-profiles table create dynamodb://${address.table}`,
      "unreachable",
    );
  }
  if (throttling || throttlingNames.has(name)) {
    return new StoreUnavailableError(`${store}: throttled (${name})`, "throttled");
  }
  if (name === "ValidationException" || name === "SerializationException") {
    return new CodeStarError(
      `${store}: DynamoDB refused the request as malformed (${name}); are the table's keys shardKey and userArn, both strings? If they are region and userArn, an earlier version made it: ${moveOld(address)}`,
    );
  }
  if (name === "CredentialsProviderError") {
    return new StoreUnavailableError(
      `${store}: the AWS SDK found no credentials (environment, profile files, role)`,
      "unreachable",
    );
  }
  if (code === undefined && /region is missing/i.test(messageOf(error))) {
    return new StoreUnavailableError(
      `${store}: the AWS SDK found no region; add ?region=… to the store's URL or set AWS_REGION`,
      "unreachable",
    );
  }
  const verb = fault === "client" ? "refused" : "not reached";
  return new StoreUnavailableError(`${store}: ${verb} (${code ?? name})`, "unreachable");
}

/** The sentence about a table that an earlier version made: its keys are region and userArn. */
export function oldShape(address: DynamoDbAddress): string {
  return `${nameOf(address)}: a table of that name exists in the shape of an earlier version, keyed by region and userArn; ${moveOld(address)}`;
}

function moveOld({ table }: DynamoDbAddress): string {
  return `stop its servers and copy it with codestar-profiles table migrate dynamodb://${table} dynamodb://NEW`;
}

const throttlingNames = new Set([
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
]);

async function loadSdk(): Promise<DynamoDbSdk> {
  try {
    return await import("@aws-sdk/client-dynamodb");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new CodeStarError(
      "A dynamodb: store needs the AWS SDK's DynamoDB client: npm install @aws-sdk/client-dynamodb",
    );
  }
}

function parseEndpoint(text: string): string {
  const endpoint = URL.canParse(text) ? new URL(text) : undefined;
  if (endpoint?.protocol !== "http:" && endpoint?.protocol !== "https:") {
    throw new CodeStarError("The endpoint in a DynamoDB store's URL is an http: or https: address");
  }
  if (endpoint.username !== "" || endpoint.password !== "") throw credentialsInUrl();
  if (endpoint.pathname !== "/" || endpoint.search !== "" || endpoint.hash !== "") {
    throw new CodeStarError(
      "The endpoint in a DynamoDB store's URL has no path, query or fragment",
    );
  }
  return endpoint.origin;
}

function credentialsInUrl(): Error {
  return new CodeStarError(
    "A DynamoDB store's URL holds no credentials; the AWS SDK finds them (environment, profile files, role)",
  );
}

interface SdkError {
  name: string;
  code: string | undefined;
  fault: string | undefined;
  throttling: boolean;
}

function factsOf(error: unknown): SdkError {
  const known = error as {
    code?: unknown;
    $fault?: string;
    $retryable?: { throttling?: boolean };
  } | null;
  return {
    name: error instanceof Error ? error.name : "Error",
    code: typeof known?.code === "string" ? known.code : undefined,
    fault: known?.$fault,
    throttling: known?.$retryable?.throttling === true,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
