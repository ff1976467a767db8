// The real profile service over HTTP, in a process of its own, that can be made slow and told what to hold. Started by
// service.mjs, which speaks to it over the channel between the two processes.
import { setTimeout as wait } from "node:timers/promises";
import { openStore, ServiceError, startServer } from "pulumi-codestar/service";
import { tokenBucket } from "./tokenBucket.mjs";

/** @typedef {import("./service.mjs").Pace} Pace */
/** @typedef {import("./people.mjs").Profile} Profile */

const store = await openStore("memory:");
/** @type {Pace} */
let pace = {};
/** @type {() => boolean} */
let admit = () => true;
/** @type {import("./service.mjs").Calls} */
let calls = noCalls();

const server = await startServer({
  store,
  clock: Date.now,
  // Clients that are made for one call and never closed, as the usual way does, leave their connections behind.
  limits: { connections: 50_000, keepAliveTimeout: 5_000 },
  // The one place where a request can be held up and refused before it is served.
  authenticate: /** @type {import("pulumi-codestar/service").Authenticate} */ (
    /** @type {unknown} */ (
      async (/** @type {import("pulumi-codestar/service").ServiceRequest} */ { headers }) => {
        const admitted = admit();
        if (!admitted) calls.throttled++;
        else if (/\.(Describe|List)/.test(String(headers["x-amz-target"]))) calls.reads++;
        else calls.writes++;
        if (pace.latency) await wait(pace.latency);
        if (!admitted) throw ServiceError.throttling();
      }
    )
  ),
});

function noCalls() {
  return { reads: 0, writes: 0, throttled: 0 };
}

/** What the other process may ask for. */
const requests = {
  /** @param {Pace} next */
  pace(next) {
    pace = next;
    admit = next.callsPerSecond === undefined ? () => true : tokenBucket(next.callsPerSecond);
  },
  /** Makes the region hold just these profiles. @param {{ region: string; profiles: Profile[] }} to */
  async fill({ region, profiles }) {
    for (const { userArn } of await store.list(region, { limit: Number.MAX_SAFE_INTEGER })) {
      await store.delete(region, userArn);
    }
    const now = Date.now();
    for (const { userArn, displayName, emailAddress, sshPublicKey } of profiles) {
      const values = { userArn, displayName, emailAddress, sshPublicKey };
      await store.create(region, { ...values, createdAt: now, modifiedAt: now });
    }
  },
  /** Changes the names of these profiles behind everyone's back. @param {{ region: string; arns: string[] }} what */
  async drift({ region, arns }) {
    for (const arn of arns) {
      await store.update(region, arn, { displayName: "Changed elsewhere" }, Date.now());
    }
  },
  /** @param {{ region: string }} of */
  async profiles({ region }) {
    const found = await store.list(region, { limit: Number.MAX_SAFE_INTEGER });
    return found.map(({ userArn, displayName, emailAddress, sshPublicKey }) => ({
      userArn,
      displayName,
      emailAddress,
      sshPublicKey,
    }));
  },
  /** The calls since the last time. */
  calls() {
    const counted = calls;
    calls = noCalls();
    return counted;
  },
};

process.on("message", async (/** @type {any} */ { id, argument: { request, argument } }) => {
  const answer = await requests[/** @type {keyof typeof requests} */ (request)](argument);
  process.send?.({ id, answer });
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true, port: server.port });
