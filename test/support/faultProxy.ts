import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What happens to a request instead of being passed on. */
export type Fault =
  /** The service does not see it; this is answered. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: object | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The service does not see it; the connection is reset. */
  | { readonly kind: "reset" }
  /** The service does what it asks; the connection is reset instead of an answer. */
  | { readonly kind: "lose answer" };

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface FaultProxy {
  readonly url: string;
  /** Every request that came in, in order. */
  readonly requests: Passed[];
  /** Asked for each request, with how many came before it; undefined passes it on. */
  fault: ((before: number) => Fault | undefined) | undefined;
  stop(): Promise<void>;
}

/**
 * Between a client and the service at `upstream`, on a free port of loopback: writes
 * down, passes on, or spoils.
 */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const fault = proxy.fault?.(proxy.requests.length);
    proxy.requests.push({
      method: incoming.method!,
      path: incoming.url!,
      headers: incoming.headers,
      body: body.toString("utf8"),
    });
    if (fault?.kind === "reset") {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === "answer") {
      const text = typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
      response.writeHead(fault.status, fault.headers).end(text);
      return;
    }
    const answered = await pass(incoming, body);
    const answeredBody = await buffer(answered);
    if (fault?.kind === "lose answer") {
      incoming.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answered.statusCode!, answered.headers).end(answeredBody);
  }

  function pass(incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { hostname, port } = new URL(upstream);
    return new Promise((resolve, reject) => {
      request({
        hostname,
        port,
        method: incoming.method!,
        path: incoming.url!,
        // As received, Host too: signatures cover them.
        headers: incoming.rawHeaders,
        agent: false,
      })
        .on("response", resolve)
        .on("error", reject)
        .end(body);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    fault: undefined,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
