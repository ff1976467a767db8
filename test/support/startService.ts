import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeStarClient } from "@aws-sdk/client-codestar";
import { HttpRequest } from "@smithy/protocol-http";
import type { OperationName } from "../../service/api/constraints";
import { embeddedRequestHandler } from "../../service/embedded";
import { startServer } from "../../service/http/server";
import { contentType, targetPrefix } from "../../service/protocol";

/** A response as it was on the wire; header names in lower case. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export interface TestService {
  /** Epoch milliseconds that the service's clock shows, until set anew. */
  now: number;
  /** The operations asked for so far. */
  readonly calls: (OperationName | undefined)[];
  /** The AWS SDK's client for this service; one per region. */
  client(region?: string): CodeStarClient;
  /** Sends a body as it is, as no SDK would. */
  send(operation: string, body: string | Uint8Array): Promise<WireAnswer>;
  stop(): Promise<void>;
}

export const defaultRegion = "us-east-1";
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };

/** Behind node's HTTP server on a free port of loopback; profiles in memory. */
export async function startHttpService(): Promise<TestService> {
  const state = { now: 1_572_552_308_607, calls: [] as (OperationName | undefined)[] };
  const server = await startServer({
    store: "memory:",
    region: defaultRegion,
    clock: () => state.now,
    onRequest: (operation) => state.calls.push(operation),
  });
  const clients: CodeStarClient[] = [];
  return Object.assign(state, {
    client(region = defaultRegion) {
      const client = new CodeStarClient({ region, credentials, endpoint: server.url });
      clients.push(client);
      return client;
    },
    async send(operation: string, body: string | Uint8Array) {
      const response = await fetch(server.url, {
        method: "POST",
        headers: headersOf(operation),
        body,
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: (await response.json()) as Record<string, unknown>,
      };
    },
    async stop() {
      for (const client of clients) client.destroy();
      await server.stop();
    },
  });
}

/** In the client's own process; profiles in an SQLite file. */
export async function startEmbeddedService(): Promise<TestService> {
  const state = { now: 1_572_552_308_607, calls: [] as (OperationName | undefined)[] };
  const folder = await mkdtemp(join(tmpdir(), "codestar-service-"));
  const handler = embeddedRequestHandler({
    store: `file:${join(folder, "profiles.db")}`,
    region: defaultRegion,
    clock: () => state.now,
    onRequest: (operation) => state.calls.push(operation),
  });
  return Object.assign(state, {
    client: (region = defaultRegion) =>
      new CodeStarClient({
        region,
        credentials,
        endpoint: "http://embedded.invalid",
        requestHandler: handler,
      }),
    async send(operation: string, body: string | Uint8Array) {
      const { response } = await handler.handle(
        new HttpRequest({ method: "POST", path: "/", headers: headersOf(operation), body }),
      );
      return {
        status: response.statusCode,
        headers: response.headers,
        body: JSON.parse(Buffer.from(response.body).toString("utf8")) as Record<string, unknown>,
      };
    },
    async stop() {
      await handler.close();
      await rm(folder, { recursive: true });
    },
  });
}

const headersOf = (operation: string): Record<string, string> => ({
  "Content-Type": contentType,
  "X-Amz-Target": `${targetPrefix}${operation}`,
});

/** Runs the tests once over HTTP and once in process, each on a service of its own. */
export function describeOperation(
  operation: OperationName,
  tests: (service: () => TestService) => void,
): void {
  const transports = [
    ["over HTTP", startHttpService],
    ["in process", startEmbeddedService],
  ] as const;
  for (const [transport, start] of transports) {
    describe(`${operation} ${transport}`, () => {
      let service: TestService;
      beforeEach(async () => {
        service = await start();
      });
      afterEach(() => service.stop());
      tests(() => service);
    });
  }
}
