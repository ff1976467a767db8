import type { IncomingMessage, Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import { CodeStarError } from "../../profile/codeStarError";
import { profileService, type ServiceOptions, type ServiceResponse } from "../protocol";
import { openStore } from "../store/open";
import type { ProfileStore } from "../store/store";
import { type Certificate, type CertificateFiles, readCertificate } from "./certificate";
import { Connections, type Refusal } from "./connections";
import { FaultInjector, type Faults } from "./faults";
import { Frontend } from "./frontend";
import { closeServer, createServer, listen, portOf, useCertificate } from "./httpServer";
import { defaultLimits, type ServerLimits } from "./limits";
import { isLoopback } from "./loopback";
import { type Measure, ServiceMetrics } from "./metrics";
import { type Condition, Readiness } from "./readiness";

/** How a server is set up. Without `authenticate` it listens on loopback alone. */
export interface ServeOptions extends Partial<Omit<ServiceOptions, "store">> {
  /**
   * A URL as `openStore` takes it, closed with the server; or an open store,
   * which stays the caller's.
   */
  readonly store: string | ProfileStore;
  /** The region of requests that are not signed for one; `us-east-1` when absent. */
  readonly region?: string;
  /** Where to listen; `127.0.0.1` when absent. Any other than loopback needs `authenticate`. */
  readonly host?: string;
  /** 0, or none, for any free port. */
  readonly port?: number;
  /** PEM files; with them the server speaks HTTPS. */
  readonly tls?: CertificateFiles;
  readonly limits?: Partial<ServerLimits>;
  /**
   * Where else to listen, for `GET /metrics`, `/health` and `/livez` alone, over plain HTTP
   * to whoever reaches it. When absent the metrics are at the server's own address, unless
   * that asks for authentication.
   */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** What else the metrics are to tell. */
  readonly measures?: readonly Measure[];
  /** Faults to inject, for tests of clients; on loopback only. */
  readonly faults?: Faults;
  /**
   * Told of every answer, with what went wrong inside (`cause`) when it is a 5xx, the milliseconds
   * from the request's headers to its answer, and the request as it was received.
   */
  readonly onResponse?: (
    response: ServiceResponse,
    duration: number,
    request: IncomingMessage,
  ) => void;
  /** Told of connections that end before a request of theirs is answered. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Told when `/health` says something else than before, with the reason when there is one. */
  readonly onConditionChange?: (condition: Condition, reason: string | undefined) => void;
}

/** A server that listens, until `stop`. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:4600`. */
  readonly url: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:9464/metrics`; undefined when they are nowhere. */
  readonly metricsUrl: string | undefined;
  /**
   * Reads the files of `tls` again, for connections from now on. Rejects with one sentence, and
   * keeps the certificate there was, when they cannot be used. Does nothing without TLS.
   */
  reloadCertificate(): Promise<void>;
  /**
   * Takes no more requests, answers those under way (for at most `limits.stop` milliseconds), then
   * closes all connections and the store.
   */
  stop(): Promise<void>;
}

/**
 * Serves the API over HTTP. Rejects with one sentence when it cannot.
 *
 * @example
 * const server = await startServer({ store: "file:profiles.db", port: 4600 });
 * console.log(server.url);
 * await server.stop();
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 0, region = "us-east-1", clock = Date.now } = options;
  const { onResponse = () => {}, onRefused = () => {} } = options;
  requireSafety(host, options);
  const limits = { ...defaultLimits, ...options.limits };
  let certificate = options.tls && (await readCertificate(options.tls, Date.now()));
  const store = typeof options.store === "string" ? await openStore(options.store) : options.store;
  const closeStore = async () => {
    if (typeof options.store === "string") await store.close();
  };
  const metrics = new ServiceMetrics(options.measures);
  if (certificate) metrics.add(expiryOf(() => certificate!));
  const refused = (refusal: Refusal) => {
    metrics.countRefusal(refusal);
    onRefused(refusal);
  };
  const { audit, onConditionChange } = options;
  const readiness = new Readiness({
    store,
    audit,
    region,
    ...(onConditionChange && { onChange: onConditionChange }),
  });
  const connections = new Connections(limits.connections, refused);
  metrics.add(openConnections(connections));
  const metricsHere = options.metrics === undefined && options.authenticate === undefined;
  const frontend = new Frontend({
    service: profileService({ ...options, store, region, clock }),
    readiness,
    connections,
    metrics,
    metricsHere,
    authenticates: options.authenticate !== undefined,
    bodyLimit: limits.body,
    faults: options.faults && new FaultInjector(options.faults),
    onResponse,
  });
  let server: Server;
  let monitor: Server | undefined;
  try {
    // Every failure is a response by now: what is left is a connection to give up.
    server = createServer(certificate, limits, (request, response) => {
      frontend.answer(request, response).catch(() => response.destroy());
    });
    connections.watch(server);
    if (options.metrics !== undefined) {
      monitor = createServer(undefined, limits, (request, response) => {
        frontend.answerMonitor(request, response).catch(() => response.destroy());
      });
      // Of its own: the callers of one address do not take the places of the other's.
      new Connections(limits.connections, refused).watch(monitor);
      await listen(monitor, options.metrics.host, options.metrics.port);
    }
    await listen(server, host, port);
  } catch (error) {
    if (monitor?.listening) await closeServer(monitor, 0);
    await closeStore();
    throw error;
  }
  const url = urlOf(certificate ? "https" : "http", host, server);
  const monitorUrl = monitor && urlOf("http", options.metrics!.host, monitor);
  const metricsAt = metricsHere ? url : monitorUrl;
  let stopped: Promise<void> | undefined;
  return {
    url,
    port: portOf(server),
    metricsUrl: metricsAt && `${metricsAt}/metrics`,
    async reloadCertificate() {
      if (options.tls === undefined) return;
      const next = await readCertificate(options.tls, Date.now());
      useCertificate(server as TlsServer, next);
      certificate = next;
    },
    stop: () => {
      readiness.stopping = true;
      stopped ??= closeServer(server, limits.stop)
        // Last, so that a stop can be watched.
        .then(() => monitor && closeServer(monitor, 1_000))
        .then(closeStore);
      return stopped;
    },
  };
}

function requireSafety(host: string, { authenticate, faults }: ServeOptions): void {
  if (isLoopback(host)) return;
  if (authenticate === undefined) {
    throw new CodeStarError(
      `listening on ${host}: without authentication whoever reaches that address could read and change every profile; turn authentication on, or listen on 127.0.0.1`,
    );
  }
  if (faults !== undefined) {
    throw new CodeStarError(
      `listening on ${host}: faults are injected for tests on this machine only; listen on 127.0.0.1, or inject none`,
    );
  }
}

function urlOf(scheme: string, host: string, server: Server): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${portOf(server)}`;
}

const expiryOf = (certificate: () => Certificate): Measure => ({
  name: "codestar_profiles_tls_certificate_expiry_timestamp_seconds",
  help: "When the certificate in use expires, in seconds since 1970.",
  type: "gauge",
  read: () => certificate().expiresAt / 1000,
});

const openConnections = (connections: Connections): Measure => ({
  name: "codestar_profiles_connections",
  help: "Open connections to the service's address.",
  type: "gauge",
  read: () => connections.count,
});
