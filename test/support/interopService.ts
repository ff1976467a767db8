import type { Authenticate } from "../../service/api/request";
import { startServer } from "../../service/http/server";
import { openStore } from "../../service/store/open";
import type { ProfileStore } from "../../service/store/store";
import type { AccessKey, Target } from "./awsClients";
import { type FaultProxy, startFaultProxy } from "./faultProxy";

export interface InteropService {
  /** Epoch milliseconds that the service's clock shows, until set anew. */
  now: number;
  readonly store: ProfileStore;
  /** All requests come through it. */
  readonly proxy: FaultProxy;
  /** Signed, but nobody checks, unless told otherwise. */
  target(changes?: Partial<Target>): Target;
  stop(): Promise<void>;
}

export const someKey: AccessKey = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };

/** The HTTP server with profiles in memory, behind a proxy that counts and spoils requests. */
export async function startInteropService(authenticate?: Authenticate): Promise<InteropService> {
  const store = await openStore("memory:");
  const server = await startServer({ store, authenticate, clock: () => service.now });
  const proxy = await startFaultProxy(server.url);
  const service: InteropService = {
    now: 1_572_552_308_607,
    store,
    proxy,
    target: (changes) => ({
      endpoint: proxy.url,
      region: "us-east-1",
      credentials: someKey,
      ...changes,
    }),
    async stop() {
      await proxy.stop();
      await server.stop();
      await store.close();
    },
  };
  return service;
}
