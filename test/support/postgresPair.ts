import { createPostgresTable } from "../../service/store/postgres/table";
import { CuttableNetwork } from "./cuttableNetwork";
import { type PostgresPrograms, PostgresServer } from "./postgresServer";

/** A primary with a synchronous standby, which has every commit before it is acknowledged. */
export interface PostgresPair {
  /** Both servers, the primary through a network that can be cut. */
  readonly url: string;
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  /**
   * From now on nothing passes between clients and the primary, and no connection is closed for it.
   */
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
