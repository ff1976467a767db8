import { once } from "node:events";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";

/** A DynamoDB on this machine, for tests. */
export interface LocalDynamoDb {
  /** Such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Accepted by every local DynamoDB, and by nothing else. */
export const localCredentials = { accessKeyId: "local", secretAccessKey: "local" };

/** For stores that share their process with it, and may wait for one another. */
export const patient = { credentials: localCredentials, tryTimeout: 15_000 };

/**
 * Starts dynalite, in memory, on a free port; or takes the DynamoDB at
 * `CODESTAR_TEST_DYNAMODB` (an `http://127.0.0.1:…` address, such as that of Amazon's DynamoDB
 * Local), where tables are left behind.
 */
export async function startDynamoDb(): Promise<LocalDynamoDb> {
  const given = process.env.CODESTAR_TEST_DYNAMODB;
  if (given !== undefined && given !== "") {
    const { hostname, origin } = new URL(given);
    if (hostname !== "127.0.0.1") {
      throw new Error("CODESTAR_TEST_DYNAMODB must be on 127.0.0.1: these tests put load on it");
    }
    return { endpoint: origin, stop: async () => {} };
  }
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
