import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Why a connection ended without an answer of the service: `malformed` is no HTTP, `oversized` has
 * too long headers, `timeout` did not finish a request in time, `tls` failed its handshake, `limit`
 * came when all places were taken, `displaced` gave up its place before it had proven anything.
 */
export const refusalReasons = [
  "malformed",
  "oversized",
  "timeout",
  "tls",
  "limit",
  "displaced",
] as const;

/** Why a connection ended before its request was answered. */
export interface Refusal {
  readonly reason: (typeof refusalReasons)[number];
  /** The address of the other side, as far as it is known. */
  readonly remote: string | undefined;
  /** Node's or OpenSSL's name of the error. */
  readonly code?: string;
}

/**
 * The connections of a server, of which there are only so many. One is proven once a request over
 * it was answered for a caller who may use the service. When all places are taken, a new connection
 * displaces the oldest that is not proven: so nobody without credentials can keep others out by
 * holding connections open.
 */
export class Connections {
  // Both in the order in which the connections came. By address and port, since TLS
  // wraps a socket in another.
  readonly #unproven = new Map<string, Socket>();
  readonly #proven = new Map<string, Socket>();
  readonly #known = new WeakSet<Socket>();

  readonly #limit: number;
  readonly #onRefused: (refusal: Refusal) => void;

  constructor(limit: number, onRefused: (refusal: Refusal) => void) {
    this.#limit = limit;
    this.#onRefused = onRefused;
  }

  get count(): number {
    return this.#unproven.size + this.#proven.size;
  }

  watch(server: Server): void {
    server.on("connection", (socket: Socket) => this.#admit(socket));
    // Before node's own listener, which passes the failure on as a clientError.
    server.prependListener("tlsClientError", (error: NodeJS.ErrnoException, socket: Socket) => {
      // The socket that TLS wraps remembers its address; the one around it
      // forgets it when it fails.
      const { _parent: wrapped = socket } = socket as Socket & { readonly _parent?: Socket };
      this.#tell("tls", wrapped, error);
      socket.destroy();
    });
    server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      const { destroyed } = socket;
      if (!destroyed) this.#giveUp(error, socket as Socket);
    });
  }

  /** The socket of a request that was answered for a caller who may use the service. */
  prove(socket: Socket): void {
    if (this.#known.has(socket)) return;
    this.#known.add(socket);
    const place = placeOf(socket);
    const connection = this.#unproven.get(place);
    if (connection === undefined) return;
    this.#unproven.delete(place);
    this.#proven.set(place, connection);
  }

  #admit(socket: Socket): void {
    const place = placeOf(socket);
    if (this.count >= this.#limit && !this.#makeRoom()) {
      this.#tell("limit", socket);
      socket.destroy();
      return;
    }
    this.#unproven.set(place, socket);
    socket.once("close", () => {
      for (const connections of [this.#unproven, this.#proven]) {
        if (connections.get(place) === socket) connections.delete(place);
      }
    });
  }

  #makeRoom(): boolean {
    for (const [place, oldest] of this.#unproven) {
      this.#unproven.delete(place);
      this.#tell("displaced", oldest);
      oldest.destroy();
      return true;
    }
    return false;
  }

  /** What node does without a listener, besides telling of it. */
  #giveUp(error: NodeJS.ErrnoException, socket: Socket): void {
    const [reason, status] = verdicts[error.code ?? ""] ?? verdictOf(error);
    if (reason !== undefined) this.#tell(reason, socket, error);
    if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.destroySoon();
  }

  #tell(reason: Refusal["reason"], socket: Socket, error?: NodeJS.ErrnoException): void {
    const { remoteAddress: remote } = socket;
    this.#onRefused({ reason, remote, ...(error?.code !== undefined && { code: error.code }) });
  }
}

type Verdict = readonly [reason: Refusal["reason"] | undefined, status: string];

const verdicts: Readonly<Record<string, Verdict>> = {
  HPE_HEADER_OVERFLOW: ["oversized", "431 Request Header Fields Too Large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["oversized", "413 Payload Too Large"],
  ERR_HTTP_REQUEST_TIMEOUT: ["timeout", "408 Request Timeout"],
};

/** A client that went away in the middle of a request refused us, not we it. */
const verdictOf = ({ code = "" }: NodeJS.ErrnoException): Verdict => [
  code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE" ? "malformed" : undefined,
  "400 Bad Request",
];

const placeOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
