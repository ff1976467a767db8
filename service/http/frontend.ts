import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { ServiceError } from "../api/errors";
import { type ProfileService, respondWithError, type ServiceResponse } from "../protocol";
import { readBody } from "./body";
import type { Connections } from "./connections";
import type { Fate, FaultInjector } from "./faults";
import type { ServiceMetrics } from "./metrics";
import type { Readiness } from "./readiness";
import { Turn } from "./turn";

interface FrontendOptions {
  readonly service: ProfileService;
  readonly readiness: Readiness;
  readonly connections: Connections;
  readonly metrics: ServiceMetrics;
  /** Whether `GET /metrics` is served at the service's own address. */
  readonly metricsHere: boolean;
  /** Whether callers have to prove who they are. */
  readonly authenticates: boolean;
  /** Bytes of a body. */
  readonly bodyLimit: number;
  readonly faults: FaultInjector | undefined;
  readonly onResponse: (
    response: ServiceResponse,
    duration: number,
    request: IncomingMessage,
  ) => void;
}

/** Between node's HTTP messages and the protocol. */
export class Frontend {
  readonly #turn = new Turn();

  readonly #options: FrontendOptions;

  constructor(options: FrontendOptions) {
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metricsHere, faults, metrics, readiness, onResponse } = this.#options;
    if (isHealth(request)) return this.#answerHealth(request, response);
    if (metricsHere && isGet(request, "/metrics")) return this.#answerMetrics(request, response);
    const begun = performance.now();
    const fate = faults && (await faults.decide());
    if (fate === "drop") return drop(response);
    const answer = await this.#serve(request, fate);
    this.#prove(request, answer);
    if (fate === "serve and drop") drop(response);
    else this.#send(response, answer);
    const ended = performance.now();
    metrics.count(answer, ended - begun);
    readiness.note(answer, ended);
    onResponse(answer, ended - begun, request);
  }

  /** What the address for metrics serves. */
  async answerMonitor(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isHealth(request)) return this.#answerHealth(request, response);
    if (isGet(request, "/metrics")) return this.#answerMetrics(request, response);
    request.resume();
    this.#send(response, {
      status: 404,
      headers: { "content-type": "text/plain" },
      body: "This address serves GET /metrics, /health and /livez.\n",
    });
  }

  async #answerMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics } = this.#options;
    request.resume();
    this.#send(response, {
      status: 200,
      headers: { "content-type": metrics.contentType, "cache-control": "no-store" },
      body: await metrics.text(),
    });
  }

  async #serve(request: IncomingMessage, fate: Fate | undefined): Promise<ServiceResponse> {
    const { service, metrics, bodyLimit } = this.#options;
    let body: Buffer;
    try {
      body = await readBody(request, bodyLimit);
    } catch (error) {
      return respondWithError(error);
    }
    if (fate instanceof ServiceError) return respondWithError(fate);
    const { method = "", url = "", headers, rawHeaders } = request;
    metrics.begin();
    try {
      // The turn in which it arrived: a write that is answered later waits no longer for it.
      const turn = this.#turn.end();
      const answer = await service.handle({ method, path: url, headers, rawHeaders, body });
      await turn;
      return answer;
    } finally {
      metrics.end();
    }
  }

  /**
   * Liveness (`/livez`) says that the process answers at all: started anew it would be no better.
   * Readiness (`/health`) says whether requests should be sent here.
   */
  async #answerHealth(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const status = request.url === "/livez" ? "alive" : await this.#options.readiness.condition();
    this.#send(response, {
      status: status === "alive" || status === "ok" ? 200 : 503,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: JSON.stringify({ status }),
    });
  }

  #prove({ socket }: IncomingMessage, { principal, error }: ServiceResponse): void {
    const { authenticates, connections } = this.#options;
    if (authenticates ? principal !== undefined : error === undefined) connections.prove(socket);
  }

  #send(
    response: ServerResponse,
    { status, headers, body }: Pick<ServiceResponse, "status" | "headers" | "body">,
  ): void {
    // After a body that was given up its bytes still arrive, and would be
    // taken for the next request.
    const close = this.#options.readiness.stopping || !response.req.complete;
    const all: OutgoingHttpHeaders = { ...headers, "content-length": Buffer.byteLength(body) };
    if (close) all.connection = "close";
    if (status === 405) all.allow = "POST";
    response.writeHead(status, all);
    response.end(response.req.method === "HEAD" ? undefined : body);
  }
}

const isHealth = ({ url }: IncomingMessage): boolean => url === "/health" || url === "/livez";

const isGet = ({ method, url }: IncomingMessage, path: string): boolean =>
  url === path && (method === "GET" || method === "HEAD");

function drop(response: ServerResponse): void {
  response.socket?.destroy();
}
