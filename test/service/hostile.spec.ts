import assert from "node:assert/strict";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type HostileRequest, hostileRequest, numbers } from "../support/hostileRequests";
import { type ServerProcess, startServerProcess } from "../support/serverProcess";
import { principalsDocument } from "../support/signedRequest";

/**
 * Of all kinds together, half to a server with authentication;
 * `CODESTAR_TEST_SEED` makes it other ones.
 */
const requests = 10_000;
const seed = Number(process.env.CODESTAR_TEST_SEED ?? 20_170_419);
const inFlight = 24;

/** Milliseconds that a connection may take: longer than any limit of the server that answers it. */
const patience = 8_000;
const limits = { headersTimeout: 2_000, requestTimeout: 3_000, silence: 3_000 };

/** Bytes that a server may have grown by, at the end: caches fill, code is compiled. */
const allowedGrowth = 8 * 2 ** 20;

/** Everything that came back. Rejects when the server lets the connection wait for ever. */
function exchange(port: number, { bytes, slow, end }: HostileRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`no end within ${patience} ms: ${bytes.subarray(0, 300).toString("latin1")}`),
      );
    }, patience);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A server may close while a client still writes.
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
    socket.on("connect", async () => {
      const parts = slow === undefined ? 1 : 4;
      const size = Math.ceil(bytes.length / parts) || 1;
      for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
        if (!socket.writable) return;
        socket.write(bytes.subarray(at, at + size));
        if (slow !== undefined) await pause(slow);
      }
      if (end === "close") socket.end();
      if (end === "reset") setTimeout(() => socket.resetAndDestroy(), 5);
    });
  });
}

const statuses = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));

describe("10,000 malformed and hostile requests", function () {
  this.timeout(120_000);
  const servers: ServerProcess[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill();
  });

  async function isWell(server: ServerProcess): Promise<void> {
    assert.ok(server.alive());
    const response = await fetch(`${server.url}/health`);
    assert.deepEqual([response.status, await response.text()], [200, '{"status":"ok"}']);
  }

  it(`crash nothing, cause no 5xx and leave nothing in memory (seed ${seed})`, async () => {
    const random = numbers(seed);
    const open = await startServerProcess({ store: "memory:", limits });
    const guarded = await startServerProcess({
      store: "memory:",
      limits,
      principals: principalsDocument,
    });
    servers.push(open, guarded);

    const seen = new Map<string, number>();
    let sent = 0;
    async function send(count: number): Promise<void> {
      const limit = sent + count;
      await Promise.all(
        Array.from({ length: inFlight }, async () => {
          while (sent < limit) {
            const server = sent++ % 2 === 0 ? open : guarded;
            const request = await hostileRequest(random);
            const answer = await exchange(server.port, request);
            for (const status of statuses(answer)) {
              const shown = request.bytes.subarray(0, 400).toString("latin1");
              assert.ok(status < 500, `${status} to ${request.kind}:\n${shown}\n${answer}`);
              // Nothing of a failure inside is told to a client.
              assert.doesNotMatch(answer, /\bat .*\.js:\d+|node:internal/);
              const key = `${request.kind} ${status}`;
              seen.set(key, (seen.get(key) ?? 0) + 1);
            }
          }
        }),
      );
    }
    const used = async () => [(await open.memory()).used, (await guarded.memory()).used] as const;

    await send(requests * 0.3);
    const before = await used();
    await send(requests * 0.7);
    // Connections that were broken off are forgotten when their limits have passed.
    await pause(500);
    const after = await used();

    for (const index of [0, 1] as const) {
      const growth = after[index] - before[index];
      assert.ok(growth < allowedGrowth, `server ${index} has grown by ${growth} bytes`);
    }
    assert.equal(sent, requests);
    await isWell(open);
    await isWell(guarded);
    // The requests did reach what they were aimed at.
    for (const expected of [
      "content 200",
      "content 400",
      "content 405",
      "framing 400",
      "framing 413",
      "framing 431",
      "signature 200",
      "signature 400",
      "slow 400",
    ]) {
      assert.ok(
        seen.has(expected),
        `none was answered as ${expected}: ${JSON.stringify([...seen])}`,
      );
    }
  });
});
