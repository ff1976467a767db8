// A handle on the profile service in a process of its own.
import type { Profile } from "./people";
import { startProcess } from "./processes";
import type { Requests } from "./serviceProcess";

export interface Pace {
  /** What every answer waits, in milliseconds. */
  readonly latency?: number;
  /** Calls beyond so many a second are answered with ThrottlingException. */
  readonly limit?: number;
}

/** The services that the variants meet: the real one, and the real one made slow. */
export const services = {
  plain: { title: "plain", pace: {} },
  latency: { title: "50 ms latency", pace: { latency: 50 } },
  limited: { title: "50 ms latency, 10 calls a second", pace: { latency: 50, limit: 10 } },
};
export type ServiceId = keyof typeof services;
export const serviceIds = Object.keys(services) as ServiceId[];

export interface Calls {
  /** Describe and List, the refused ones left out. */
  readonly reads: number;
  /** Create, Update and Delete, the refused ones left out. */
  readonly writes: number;
  /** Calls refused with ThrottlingException. */
  readonly throttled: number;
}

export type Service = Awaited<ReturnType<typeof startService>>;

/** Starts the service on a free port of 127.0.0.1, empty and as fast as it can be. */
export async function startService() {
  const { port, stop, ask } = await startProcess("serviceProcess.ts");
  const request = <Name extends keyof Requests>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): Promise<Awaited<ReturnType<Requests[Name]>>> => ask({ name, args });
  return {
    url: `http://127.0.0.1:${port}`,
    stop,
    pace: (pace: Pace) => request("pace", pace),
    /** Makes the region hold just these profiles. */
    fill: (region: string, profiles: readonly Profile[]) => request("fill", region, profiles),
    /** Changes the names of these profiles behind everyone's back. */
    drift: (region: string, arns: readonly string[]) => request("drift", region, arns),
    /** The calls since this was asked last. */
    calls: () => request("calls"),
    /** As fast as it can be, and nobody in the region. */
    async reset(region: string) {
      await request("pace", {});
      await request("fill", region, []);
    },
  };
}
