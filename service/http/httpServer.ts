import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { CodeStarError } from "../../profile/codeStarError";
import type { Certificate } from "./certificate";
import type { ServerLimits } from "./limits";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * An HTTP server, or with a certificate an HTTPS server, that keeps the limits on time and size.
 */
export function createServer(
  certificate: Certificate | undefined,
  limits: ServerLimits,
  listener: Listener,
): Server | TlsServer {
  const options: ServerOptions = {
    maxHeaderSize: limits.headers,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeout),
    noDelay: true,
  };
  const server = certificate
    ? createTlsServer(
        { ...options, handshakeTimeout: limits.headersTimeout },
        certificate,
        listener,
      )
    : createHttpServer(options, listener);
  server.timeout = limits.silence;
  return server;
}

function createTlsServer(
  options: ServerOptions & { readonly handshakeTimeout: number },
  { cert, key }: Certificate,
  listener: Listener,
): TlsServer {
  try {
    return createHttpsServer({ ...options, cert, key }, listener);
  } catch (error) {
    throw refused(error);
  }
}

/**
 * For connections from now on. Throws one sentence, and keeps the one
 * before, when TLS cannot use it.
 */
export function useCertificate(server: TlsServer, { cert, key }: Certificate): void {
  try {
    server.setSecureContext({ cert, key });
  } catch (error) {
    throw refused(error);
  }
}

/**
 * What OpenSSL refuses of a certificate and a key that belong together: one too weak, for example.
 */
const refused = (error: unknown): Error =>
  new CodeStarError(`TLS cannot use the certificate (${(error as NodeJS.ErrnoException).code})`, {
    cause: error,
  });

export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE"
          ? "another program listens there"
          : error.code === "EACCES"
            ? "this user may not listen there"
            : (error.code ?? error.message);
      reject(new CodeStarError(`listening on ${host}:${port}: ${reason}`));
    });
    server.listen({ host, port }, resolve);
  });
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Takes no more connections, and settles when all are closed: after `limit`
 * milliseconds whatever they do.
 */
export function closeServer(server: Server, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), limit);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
