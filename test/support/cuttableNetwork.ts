import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket, connect as tcp } from "node:net";

/** A way to a server on this machine that fails as networks do. */
export class CuttableNetwork {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #isCut = false;
  #losesAnswer = false;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#sockets = new Set();
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (near) => {
      this.#keep(near);
      if (this.#isCut) return;
      const far = tcp(target, "127.0.0.1");
      this.#keep(far);
      this.#join(near, far);
      far.prependListener("data", () => {
        if (!this.#losesAnswer) return;
        this.#losesAnswer = false;
        near.destroy();
      });
      this.#join(far, near);
    });
  }

  static async to(port: number): Promise<CuttableNetwork> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttableNetwork(server, port);
  }

  /** From now on nothing passes, and no connection is closed for it. */
  cut(): void {
    this.#isCut = true;
  }

  /** What the server answers next is lost, and the connection with it. */
  loseNextAnswer(): void {
    this.#losesAnswer = true;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
  }

  #join(from: Socket, to: Socket): void {
    from.on("data", (chunk) => {
      if (!this.#isCut) to.write(chunk);
    });
    from.on("close", () => {
      if (!this.#isCut) to.destroy();
    });
  }
}
