import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import type { Refusal } from "../../service/http/connections";
import { refusalLogger } from "../../service/http/requestLog";
import { type RunningServer, type ServeOptions, startServer } from "../../service/http/server";
import { authentication } from "../../service/identity/authentication";
import { credentials, signedRequest } from "../support/signedRequest";

describe("connections", () => {
  let running: RunningServer | undefined;
  let refusals: Refusal[];
  const sockets: Socket[] = [];
  const agents: Agent[] = [];

  async function start(options: Partial<ServeOptions> = {}): Promise<number> {
    refusals = [];
    running = await startServer({
      store: "memory:",
      authenticate: authentication({ credentials: credentials(), clock: Date.now }),
      onRefused: (refusal) => refusals.push(refusal),
      ...options,
    });
    return running.port;
  }
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const agent of agents.splice(0)) agent.destroy();
    await running?.stop();
    running = undefined;
  });

  async function open(port: number): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  }

  /** A client with one connection of its own. */
  function clientOf(port: number) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    return async () => {
      const host = `127.0.0.1:${port}`;
      const { rawHeaders, body } = await signedRequest({
        date: new Date(),
        host,
        target: "CodeStar_20170419.ListUserProfiles",
        body: "{}",
      });
      const sent = request({ port, host: "127.0.0.1", method: "POST", agent, headers: rawHeaders });
      sent.end(body);
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      await text(answer);
      return { status: answer.statusCode, reused: sent.reusedSocket };
    };
  }

  const until = async (condition: () => boolean | Promise<boolean>) => {
    const deadline = Date.now() + 15_000;
    while (!(await condition())) {
      assert.ok(Date.now() < deadline);
      await wait(5);
    }
  };

  it("that stay idle without credentials cannot shut others out, nor end those of others", async () => {
    const port = await start({ limits: { connections: 20 } });
    const old = clientOf(port);
    assert.equal((await old()).status, 200);
    // Twice as many as there are places, some of them with half a request, some with a
    // whole one that was refused.
    for (let n = 0; n < 40; n++) {
      const socket = await open(port);
      if (n % 3 === 1) socket.write("POST / HTTP/1.1\r\nHost: x\r\n");
      if (n % 3 === 2) socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    }
    await until(() => refusals.length >= 21);
    assert.deepEqual(await old(), { status: 200, reused: true });
    const late = clientOf(port);
    assert.equal((await late()).status, 200);
    for (let n = 0; n < 20; n++) await open(port);
    assert.deepEqual(await late(), { status: 200, reused: true });
    assert.ok(refusals.every(({ reason }) => reason === "displaced"));
    assert.ok(refusals.every(({ remote }) => remote === "127.0.0.1"));
  });

  it("of the address for metrics cannot be taken up by idle ones either", async () => {
    await start({ limits: { connections: 10 }, metrics: { host: "127.0.0.1", port: 0 } });
    const { port, origin } = new URL(running!.metricsUrl!);
    for (let n = 0; n < 20; n++) await open(Number(port));
    assert.equal((await fetch(`${origin}/livez`)).status, 200);
  });

  it("are refused when all places are taken by callers who may use the service", async () => {
    const port = await start({ limits: { connections: 2 } });
    const clients = [clientOf(port), clientOf(port)];
    for (const client of clients) assert.equal((await client()).status, 200);
    const third = await open(port);
    await once(third, "close");
    assert.deepEqual(refusals, [{ reason: "limit", remote: "127.0.0.1" }]);
    for (const client of clients) {
      assert.deepEqual(await client(), { status: 200, reused: true });
    }
    agents.pop()!.destroy();
    // As soon as the server has noticed.
    await until(() =>
      clientOf(port)().then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  });

  it("tell who sent what is no HTTP, too long, or not to its end", async () => {
    const port = await start({
      limits: { headersTimeout: 200, requestTimeout: 300 },
      metrics: { host: "127.0.0.1", port: 0 },
    });
    const exchanges = [
      ["\0\x01\x02\r\n\r\n", /^HTTP\/1\.1 400 /],
      [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
      ["POST / HTTP/1.1\r\nHost: x\r\n", /^HTTP\/1\.1 408 /],
      ["", /^HTTP\/1\.1 408 /],
    ] as const;
    for (const [bytes, expected] of exchanges) {
      const socket = connect(port, "127.0.0.1");
      socket.write(bytes);
      assert.match(await text(socket), expected);
    }
    const reasons = refusals.map(({ reason, remote }) => [reason, remote]);
    assert.deepEqual(reasons, [
      ["malformed", "127.0.0.1"],
      ["oversized", "127.0.0.1"],
      ["timeout", "127.0.0.1"],
      ["timeout", "127.0.0.1"],
    ]);
    const metrics = await (await fetch(running!.metricsUrl!)).text();
    for (const line of [
      'codestar_profiles_connections_refused_total{reason="malformed"} 1',
      'codestar_profiles_connections_refused_total{reason="oversized"} 1',
      'codestar_profiles_connections_refused_total{reason="timeout"} 2',
      'codestar_profiles_connections_refused_total{reason="tls"} 0',
    ]) {
      assert.ok(metrics.split("\n").includes(line), line);
    }
  });

  it("that a client ends in the middle of a request are no refusals", async () => {
    const port = await start();
    const socket = await open(port);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12");
    await wait(20);
    socket.destroy();
    const other = await open(port);
    other.end("POST / HTTP/1.1\r\nHost: x\r\n");
    await once(other, "close");
    assert.deepEqual(refusals, []);
  });

  it("fill no log: of many in a second twenty have a line, and the next tells how many had none", () => {
    const lines: Record<string, unknown>[] = [];
    let now = 0;
    const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const refused = refusalLogger(log, () => now);
    for (let n = 0; n < 100; n++) refused({ reason: "malformed", remote: "192.0.2.1", code: "X" });
    assert.equal(lines.length, 20);
    now = 1_000;
    refused({ reason: "tls", remote: "192.0.2.2" });
    const { time: _, ...last } = lines.at(-1)!;
    assert.deepEqual(last, {
      level: 40,
      reason: "tls",
      remote: "192.0.2.2",
      withheld: 80,
      msg: "connection refused",
    });
  });
});
