/** What a server allows one client to take up. Times in milliseconds, sizes in bytes. */
export interface ServerLimits {
  /** A body is at most this long. */
  readonly body: number;
  /** The request line and all headers together. */
  readonly headers: number;
  /**
   * From a request's first byte to the end of its headers; for the first one from the connection
   * on, TLS's handshake apart.
   */
  readonly headersTimeout: number;
  /** From a request's first byte to the end of its body. */
  readonly requestTimeout: number;
  /** Silence on a connection between requests. */
  readonly keepAliveTimeout: number;
  /** Silence on a connection within a request or a response. */
  readonly silence: number;
  readonly connections: number;
  /** How long a stopping server waits for requests under way. */
  readonly stop: number;
}

/**
 * What a server allows when nothing else is said.
 *
 * @example
 * const limits = { ...defaultLimits, connections: 100 };
 * const server = await startServer({ store: "file:profiles.db", limits });
 */
export const defaultLimits: ServerLimits = {
  // The longest valid request has a key of 16,384 characters, each escaped as six bytes: 98,304.
  body: 128 * 1024,
  headers: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Above the usual 60 seconds of load balancers, which must be the ones to
  // close an idle connection.
  keepAliveTimeout: 65_000,
  // Above what a write waits for a locked SQLite file.
  silence: 60_000,
  connections: 1_000,
  stop: 10_000,
};
