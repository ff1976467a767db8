import { CodeStarError } from "../profile/codeStarError";
import type { OperationName } from "./api/constraints";
import type { ServiceRequest } from "./api/request";
import { type ProfileService, profileService, type ServiceResponse } from "./protocol";
import { openStore } from "./store/open";
import type { ProfileStore } from "./store/store";

/** How the service in the process of its client is set up. */
export interface EmbeddedOptions {
  /**
   * A URL as `openStore` takes it, opened at the first request; or an open store,
   * which stays the caller's.
   */
  readonly store: string | ProfileStore;
  /** The region of requests that are not signed for one; `us-east-1` when absent. */
  readonly region?: string;
  /** Refuses a `file:` that is no store yet, where otherwise one is made of it. */
  readonly mustExist?: boolean;
  /** Epoch milliseconds; the system's when absent. */
  readonly clock?: () => number;
  /** Told of every request before it is served; undefined when it names no operation. */
  readonly onRequest?: (operation: OperationName | undefined) => void;
}

/** A request as clients of the AWS SDK for JavaScript v3 give it to their `requestHandler`. */
export interface ClientRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text or bytes; the SDK's own type for it is `any`. */
  readonly body?: unknown;
}

/** A response as they take it. */
export interface ClientResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** The platform's signal, or one of the SDK's own older ones, which are no EventTargets. */
type Signal = AbortSignal | { readonly aborted: boolean; onabort: unknown };

interface Opened {
  readonly service: ProfileService;
  readonly close: () => Promise<void>;
}

/**
 * The profile service inside the process of its client, without a socket: pass it as
 * `requestHandler` to a client of the AWS SDK for JavaScript v3. Requests and answers are those of
 * the HTTP server, with one difference: a failure of the store rejects with its own sentence, where
 * a server keeps it to its log.
 *
 * Clients of several regions may share one handler.
 *
 * @example
 * const requestHandler = embeddedRequestHandler({ store: "file:profiles.db" });
 * // const client = new CodeStarClient({ region: "us-east-1", requestHandler });
 * await requestHandler.close();
 */
export function embeddedRequestHandler(options: EmbeddedOptions): EmbeddedRequestHandler {
  return new EmbeddedRequestHandler(options);
}

/**
 * What `embeddedRequestHandler` makes. The store is opened at the first request, and
 * again at one after `close`.
 *
 * @example
 * const handler = new EmbeddedRequestHandler({ store: "memory:", region: "eu-central-1" });
 * const { response } = await handler.handle({
 *   method: "POST",
 *   path: "/",
 *   headers: { "x-amz-target": "CodeStar_20170419.ListUserProfiles" },
 *   body: "{}",
 * });
 */
export class EmbeddedRequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #options: EmbeddedOptions;
  #opened: Promise<Opened> | undefined;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  async handle(
    request: ClientRequest,
    { abortSignal }: { readonly abortSignal?: Signal | undefined } = {},
  ): Promise<{ response: ClientResponse }> {
    if (abortSignal?.aborted) throw aborted();
    const response = await untilAborted(this.#serve(request), abortSignal);
    const { error, cause } = response;
    // A store that asks for fewer calls is for the client's own retries to deal with.
    if (error !== undefined && cause !== undefined && error !== "ThrottlingException") throw cause;
    return { response: toClientResponse(response) };
  }

  /** What a client's own `destroy` calls: closes the store once the writes under way are done. */
  destroy(): void {
    // Nobody is left to tell. What was acknowledged is on disk already; closing only tidies up.
    this.close().catch(() => {});
  }

  /** As `destroy`, and settles when the store is closed. A later request opens it again. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    // A store that could not be opened has told its request so, and there is nothing to close.
    await opened?.then(
      ({ close }) => close(),
      () => {},
    );
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  async #serve(request: ClientRequest): Promise<ServiceResponse> {
    this.#opened ??= this.#open();
    const { service } = await this.#opened;
    return service.handle(toServiceRequest(request));
  }

  async #open(): Promise<Opened> {
    try {
      const {
        store: named,
        mustExist = false,
        region = "us-east-1",
        clock = Date.now,
        onRequest,
      } = this.#options;
      const store = typeof named === "string" ? await openStore(named, { mustExist }) : named;
      return {
        service: profileService({ store, region, clock, onRequest }),
        close: async () => {
          if (typeof named === "string") await store.close();
        },
      };
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }
}

function toServiceRequest({ method, path, headers, body }: ClientRequest): ServiceRequest {
  return {
    method,
    path,
    headers: lowerCased(headers),
    rawHeaders: Object.entries(headers).flat(),
    body:
      typeof body === "string"
        ? Buffer.from(body, "utf8")
        : ((body ?? new Uint8Array()) as Uint8Array),
  };
}

/** As node's `http` hands headers to both sides. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function toClientResponse({ status, headers, body }: ServiceResponse): ClientResponse {
  return {
    statusCode: status,
    // The SDK sets its clock by this header, as it does by a server's.
    headers: { ...lowerCased(headers), date: new Date().toUTCString() },
    body: Buffer.from(body, "utf8"),
  };
}

function untilAborted<T>(answered: Promise<T>, signal: Signal | undefined): Promise<T> {
  if (signal === undefined) return answered;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(aborted());
    if (signal instanceof EventTarget) {
      signal.addEventListener("abort", onAbort);
      const forget = () => signal.removeEventListener("abort", onAbort);
      answered.then(forget, forget);
    } else {
      signal.onabort = onAbort;
    }
    answered.then(resolve, reject);
  });
}

function aborted(): Error {
  return Object.assign(new CodeStarError("Request aborted"), { name: "AbortError" });
}
