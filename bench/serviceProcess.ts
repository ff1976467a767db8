// The real profile service over HTTP, in a process of its own, that can be made slow and told what
// to hold. Started by service.ts, which speaks to it over the channel between the two processes.
import { openStore, ServiceError, startServer } from "pulumi-codestar/service";
import { FaultInjector } from "../dist/service/http/faults";
import type { Profile } from "./people";
import { serve } from "./processes";
import type { Calls, Pace } from "./service";

const opened = openStore("memory:");
const anyone = { account: "123456789012", name: "bench", administrator: true };
const noCalls = () => ({ reads: 0, writes: 0, throttled: 0 });
let calls = noCalls();
let faults = new FaultInjector({});

/** What the other process may ask for; service.ts says what each does. */
const requests = {
  pace(pace: Pace): void {
    faults = new FaultInjector(pace);
  },
  async fill(region: string, profiles: readonly Profile[]): Promise<void> {
    const store = await opened;
    for (const { userArn } of await store.list(region, { limit: Number.MAX_SAFE_INTEGER })) {
      await store.delete(region, userArn);
    }
    const now = Date.now();
    for (const { userArn, displayName, emailAddress, sshPublicKey } of profiles) {
      const values = { userArn, displayName, emailAddress, sshPublicKey };
      await store.create(region, { ...values, createdAt: now, modifiedAt: now });
    }
  },
  async drift(region: string, arns: readonly string[]): Promise<void> {
    const store = await opened;
    for (const arn of arns) {
      await store.update(region, arn, { displayName: "Changed elsewhere" }, Date.now());
    }
  },
  calls(): Calls {
    const counted = calls;
    calls = noCalls();
    return counted;
  },
};
export type Requests = typeof requests;

async function start(): Promise<void> {
  const { port } = await startServer({
    store: await opened,
    clock: Date.now,
    // Clients that are made for one call and never closed, as the usual way does, leave
    // their connections behind.
    limits: { connections: 50_000, keepAliveTimeout: 5_000 },
    // The one place where a request can be held up and refused before it is served.
    async authenticate({ headers }) {
      const fate = await faults.decide();
      if (fate instanceof ServiceError) {
        calls.throttled++;
        throw fate;
      }
      if (/\.(Describe|List)/.test(String(headers["x-amz-target"]))) calls.reads++;
      else calls.writes++;
      return anyone;
    },
  });
  serve(port, ({ name, args }: { name: keyof Requests; args: readonly never[] }) =>
    (requests[name] as (...args: readonly never[]) => unknown)(...args),
  );
}

void start();
