import { readFileSync } from "node:fs";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { readBody } from "./body";
import { ServiceError } from "./errors";
import { type Fate, FaultInjector, type Faults } from "./faults";
import { defaultLimits, type ServerLimits } from "./limits";
import { isLoopback } from "./loopback";
import { type Measure, ServiceMetrics } from "./metrics";
import {
  type ProfileService,
  profileService,
  respondWithError,
  type ServiceOptions,
  type ServiceResponse,
} from "./protocol";
import { openStore } from "./store/open";
import type { ProfileStore } from "./store/store";
import { Turn } from "./turn";

export interface ServeOptions extends Partial<Omit<ServiceOptions, "store">> {
  /** A URL as `openStore` takes it, closed with the server; or an open store, which stays the caller's. */
  readonly store: string | ProfileStore;
  /** The region of requests that are not signed for one; `us-east-1` when absent. */
  readonly region?: string;
  /** Where to listen; `127.0.0.1` when absent. Any other than loopback needs `authenticate`. */
  readonly host?: string;
  /** 0, or none, for any free port. */
  readonly port?: number;
  /** PEM files; with them the server speaks HTTPS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly limits?: Partial<ServerLimits>;
  /**
   * Where else to listen, for `GET /metrics` and `/health` alone, over plain HTTP to whoever reaches it. When
   * absent the metrics are at the server's own address, unless that asks for authentication.
   */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** What else the metrics are to tell. */
  readonly measures?: readonly Measure[];
  /** Faults to inject, for tests of clients; on loopback only. */
  readonly faults?: Faults;
  /**
   * Told of every answer, with what went wrong inside (`cause`) when it is a 5xx, and the milliseconds from
   * the request's headers to its answer.
   */
  readonly onResponse?: (response: ServiceResponse, duration: number) => void;
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:4600`. */
  readonly url: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:9464/metrics`; undefined when they are nowhere. */
  readonly metricsUrl: string | undefined;
  /**
   * Takes no more requests, answers those under way (for at most `limits.stop` milliseconds), then closes
   * all connections and the store.
   */
  stop(): Promise<void>;
}

/** Serves the API over HTTP. Rejects with one sentence when it cannot. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 0, region = "us-east-1", clock = Date.now } = options;
  if (options.authenticate === undefined && !isLoopback(host)) {
    throw new Error(
      `listening on ${host}: without authentication whoever reaches that address could read and change every profile; turn authentication on, or listen on 127.0.0.1`,
    );
  }
  if (options.faults !== undefined && !isLoopback(host)) {
    throw new Error(
      `listening on ${host}: faults are injected for tests on this machine only; listen on 127.0.0.1, or inject none`,
    );
  }
  const limits = { ...defaultLimits, ...options.limits };
  const tls = options.tls && readCertificate(options.tls);
  const store = typeof options.store === "string" ? await openStore(options.store) : options.store;
  const closeStore = async () => {
    if (typeof options.store === "string") await store.close();
  };
  const service = profileService({ ...options, store, region, clock });
  const metricsHere = options.metrics === undefined && options.authenticate === undefined;
  const frontend = new Frontend(service, store, region, limits, metricsHere, options);
  // Every failure is a response by now: what is left is a connection to give up.
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    frontend.answer(request, response).catch(() => response.destroy());
  };
  const answerMonitor = (request: IncomingMessage, response: ServerResponse) => {
    frontend.answerMonitor(request, response).catch(() => response.destroy());
  };
  let server: Server;
  let monitor: Server | undefined;
  try {
    server = createServer(tls, limits, answer);
    if (options.metrics !== undefined) {
      monitor = createServer(undefined, limits, answerMonitor);
      await listen(monitor, options.metrics.host, options.metrics.port);
    }
    await listen(server, host, port);
  } catch (err) {
    if (monitor?.listening) await closeServer(monitor, 0);
    await closeStore();
    throw err;
  }
  const url = urlOf(tls ? "https" : "http", host, server);
  const monitorUrl = monitor && urlOf("http", options.metrics!.host, monitor);
  const metricsAt = metricsHere ? url : monitorUrl;
  let stopped: Promise<void> | undefined;
  return {
    url,
    port: (server.address() as AddressInfo).port,
    metricsUrl: metricsAt && `${metricsAt}/metrics`,
    stop: () => {
      frontend.stopping = true;
      stopped ??= closeServer(server, limits.stop)
        // Last, so that a stop can be watched.
        .then(() => monitor && closeServer(monitor, 1_000))
        .then(closeStore);
      return stopped;
    },
  };
}

function urlOf(scheme: string, host: string, server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Between node's HTTP messages and the protocol. */
class Frontend {
  stopping = false;
  readonly #turn = new Turn();
  readonly #metrics: ServiceMetrics;
  readonly #faults: FaultInjector | undefined;
  readonly #onResponse: (response: ServiceResponse, duration: number) => void;

  constructor(
    private readonly service: ProfileService,
    private readonly store: ProfileStore,
    private readonly region: string,
    private readonly limits: ServerLimits,
    private readonly metricsHere: boolean,
    {
      faults,
      measures,
      onResponse = () => {},
    }: Pick<ServeOptions, "faults" | "measures" | "onResponse">,
  ) {
    this.#metrics = new ServiceMetrics(measures);
    this.#faults = faults && new FaultInjector(faults);
    this.#onResponse = onResponse;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/health") return this.#answerHealth(request, response);
    if (this.metricsHere && isGet(request, "/metrics")) {
      return this.#answerMetrics(request, response);
    }
    const begun = performance.now();
    const fate = this.#faults && (await this.#faults.decide());
    if (fate === "drop") return drop(response);
    const answer = await this.#serve(request, fate);
    if (fate === "serve and drop") drop(response);
    else this.#send(response, answer);
    const duration = performance.now() - begun;
    this.#metrics.count(answer, duration);
    this.#onResponse(answer, duration);
  }

  /** What the address for metrics serves. */
  async answerMonitor(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/health") return this.#answerHealth(request, response);
    if (isGet(request, "/metrics")) return this.#answerMetrics(request, response);
    request.resume();
    this.#send(response, {
      status: 404,
      headers: { "content-type": "text/plain" },
      body: "This address serves GET /metrics and /health.\n",
    });
  }

  async #answerMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    this.#send(response, {
      status: 200,
      headers: { "content-type": this.#metrics.contentType, "cache-control": "no-store" },
      body: await this.#metrics.text(),
    });
  }

  async #serve(request: IncomingMessage, fate: Fate | undefined): Promise<ServiceResponse> {
    let body: Buffer;
    try {
      body = await readBody(request, this.limits.body);
    } catch (err) {
      return respondWithError(err);
    }
    if (fate instanceof ServiceError) return respondWithError(fate);
    const { method = "", url = "", headers, rawHeaders } = request;
    this.#metrics.begin();
    try {
      // The turn in which it arrived: a write that is answered later waits no longer for it.
      const turn = this.#turn.end();
      const answer = await this.service.handle({ method, path: url, headers, rawHeaders, body });
      await turn;
      return answer;
    } finally {
      this.#metrics.end();
    }
  }

  /** Healthy is who can reach its profiles and is not about to stop. */
  async #answerHealth(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const healthy = !this.stopping && (await this.#reachesStore());
    const status = this.stopping ? "stopping" : healthy ? "ok" : "store unavailable";
    this.#send(response, {
      status: healthy ? 200 : 503,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: JSON.stringify({ status }),
    });
  }

  async #reachesStore(): Promise<boolean> {
    try {
      await this.store.find(this.region, "health");
      return true;
    } catch {
      return false;
    }
  }

  #send(
    response: ServerResponse,
    { status, headers, body }: Pick<ServiceResponse, "status" | "headers" | "body">,
  ): void {
    // After a body that was given up its bytes still arrive, and would be taken for the next request.
    const close = this.stopping || !response.req.complete;
    const all: OutgoingHttpHeaders = { ...headers, "content-length": Buffer.byteLength(body) };
    if (close) all.connection = "close";
    if (status === 405) all.allow = "POST";
    response.writeHead(status, all);
    response.end(response.req.method === "HEAD" ? undefined : body);
  }
}

const isGet = ({ method, url }: IncomingMessage, path: string): boolean =>
  url === path && (method === "GET" || method === "HEAD");

function drop(response: ServerResponse): void {
  response.socket?.destroy();
}

interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

function readCertificate(files: { certFile: string; keyFile: string }): Certificate {
  return { cert: readPem(files.certFile), key: readPem(files.keyFile) };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (err) {
    throw new Error(`reading ${file}: ${(err as NodeJS.ErrnoException).code}`);
  }
}

function createServer(
  tls: Certificate | undefined,
  limits: ServerLimits,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const options: ServerOptions = {
    maxHeaderSize: limits.headers,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: Math.min(5_000, limits.headersTimeout),
    noDelay: true,
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls }, listener)
    : createHttpServer(options, listener);
  server.maxConnections = limits.connections;
  server.timeout = limits.silence;
  return server;
}

function createTlsServer(
  options: ServerOptions & Certificate,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  try {
    return createHttpsServer(options, listener);
  } catch (err) {
    throw new Error("the certificate and the key are not PEM files that belong together", {
      cause: err,
    });
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (err: NodeJS.ErrnoException) => {
      const reason =
        err.code === "EADDRINUSE"
          ? "another program listens there"
          : err.code === "EACCES"
            ? "this user may not listen there"
            : (err.code ?? err.message);
      reject(new Error(`listening on ${host}:${port}: ${reason}`));
    });
    server.listen({ host, port }, resolve);
  });
}

function closeServer(server: Server, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), limit);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
