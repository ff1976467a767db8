import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket, connect as tcp } from "node:net";
import { createPostgresTable } from "../../service/store/postgres/table";
import { type PostgresPrograms, PostgresServer } from "./postgresServer";

/** A primary with a synchronous standby, which has every commit before it is acknowledged. */
export interface PostgresPair {
  /** Both servers, the primary through a network that can be cut. */
  readonly url: string;
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /** From now on nothing passes between clients and the primary, and no connection is closed for it. */
  cut(): void;
  stop(): Promise<void>;
}

/** Makes pairs of the same empty profile table. */
export async function postgresPairs(
  programs: PostgresPrograms,
): Promise<{ start(): Promise<PostgresPair> }> {
  const template = await PostgresServer.create(programs);
  await template.start();
  await createPostgresTable(urlOf([template.port]), {});
  await template.stop();

  return {
    async start() {
      const primary = await template.copy("synchronous_standby_names = 'standby'\n");
      const standby = await primary.standby("standby");
      await primary.start();
      await standby.start();
      const network = await CuttableNetwork.to(primary.port);
      return {
        url: urlOf([network.port, standby.port]),
        primary,
        standby,
        cut: () => network.cut(),
        async stop() {
          await network.close();
          await Promise.all([primary.kill(), standby.kill()]);
        },
      };
    },
  };
}

function urlOf(ports: readonly number[]): string {
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(",");
  return `postgres://postgres@${hosts}/postgres?sslmode=disable&target_session_attrs=read-write`;
}

class CuttableNetwork {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #isCut = false;

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
      this.#join(far, near);
    });
  }

  static async to(port: number): Promise<CuttableNetwork> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttableNetwork(server, port);
  }

  cut(): void {
    this.#isCut = true;
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
