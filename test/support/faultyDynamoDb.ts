import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request instead of being passed on. */
export type Fault =
  /** Passed on and carried out, but the connection ends before the answer. */
  | "loseResponse"
  /** The same, and something else happens before the connection ends. */
  | { readonly loseResponseAfter: () => Promise<unknown> }
  /** Nothing is answered, ever. */
  | "hang"
  | { readonly status: number; readonly body: object };

export interface DynamoDbRequest {
  /** The operation alone, such as `PutItem`. */
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export interface FaultyDynamoDb {
  readonly endpoint: string;
  /** Every request so far, in order, whatever became of it. */
  readonly requests: readonly DynamoDbRequest[];
  stop(): Promise<void>;
}

/** A DynamoDB error as its wire carries it. */
export function dynamoDbError(name: string, message = "told by a test", status = 400): Fault {
  return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message } };
}

/**
 * Stands before the DynamoDB at `target` and asks `faultOf` about each
 * request; undefined passes it on.
 */
export async function startFaultyDynamoDb(
  target: string,
  faultOf: (request: DynamoDbRequest) => Fault | undefined,
): Promise<FaultyDynamoDb> {
  const requests: DynamoDbRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const request = {
      operation: String(incoming.headers["x-amz-target"]).replace(/^.*\./, ""),
      input: JSON.parse(body.toString()) as Record<string, unknown>,
    };
    requests.push(request);
    const fault = faultOf(request);
    if (fault === "hang") return;
    if (typeof fault === "object" && "status" in fault) {
      reply(response, fault.status, JSON.stringify(fault.body));
      return;
    }
    const { host: _, connection: __, ...headers } = incoming.headers;
    const answer = await fetch(target, {
      method: "POST",
      headers: headers as Record<string, string>,
      body,
    });
    const text = await answer.text();
    if (fault === undefined) {
      reply(response, answer.status, text);
      return;
    }
    if (typeof fault === "object") await fault.loseResponseAfter();
    incoming.socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(body);
}
