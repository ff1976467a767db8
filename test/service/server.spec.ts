import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get, type IncomingMessage, request } from "node:http";
import { request as requestSecurely } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startServer } from "../../service/http/server";
import { MemoryStore } from "../../service/store/memory";
import type { ProfileStore } from "../../service/store/store";
import { certificate, certificateKey } from "../support/certificate";
import { arnOf, storedProfile } from "../support/profiles";

const target = (operation: string) => ({ "x-amz-target": `CodeStar_20170419.${operation}` });

describe("the server", () => {
  let running: Awaited<ReturnType<typeof startServer>> | undefined;
  const start = async (options: Partial<Parameters<typeof startServer>[0]> = {}) => {
    running = await startServer({ store: "memory:", ...options });
    return running;
  };
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  const list = (url: string, body = "{}") =>
    fetch(url, { method: "POST", headers: target("ListUserProfiles"), body });

  it("listens on loopback, on a free port, and says where", async () => {
    const { url, port } = await start();
    assert.equal(url, `http://127.0.0.1:${port}`);
    assert.deepEqual(await (await list(url)).json(), { userProfiles: [] });
  });

  it("sends the true date, whatever the service's clock shows", async () => {
    const { url } = await start({ clock: () => 0 });
    const { headers } = await list(url);
    assert.ok(Math.abs(Date.parse(headers.get("date")!) - Date.now()) < 5_000);
  });

  for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.com", ""]) {
    it(`refuses to listen on ${JSON.stringify(host)} without authentication, and says why`, async () => {
      await assert.rejects(start({ host }), /without authentication whoever reaches that address/);
    });
  }

  it("listens on any address with authentication", async () => {
    const { port } = await start({
      host: "0.0.0.0",
      authenticate: () => ({ account: "123456789012", name: "root", administrator: true }),
    });
    assert.equal((await list(`http://127.0.0.1:${port}`)).status, 200);
  });

  it("names a port that is taken in one sentence", async () => {
    const { port } = await start();
    await assert.rejects(startServer({ store: "memory:", port }), {
      message: `listening on 127.0.0.1:${port}: another program listens there`,
    });
  });

  it("answers 413 to a body too long, and reads it to its end so that the client sees that", async () => {
    const { url } = await start();
    const { port } = new URL(url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent = request({ port, method: "POST", headers: target("ListUserProfiles"), agent });
    sent.end("x".repeat(1_000_000));
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    assert.equal(answer.statusCode, 413);
    assert.equal(JSON.parse(await text(answer)).__type, "RequestEntityTooLargeException");
    // The connection is good for another request.
    const next = request({ port, method: "POST", headers: target("ListUserProfiles"), agent });
    next.end("{}");
    const [second] = (await once(next, "response")) as [IncomingMessage];
    assert.equal(second.statusCode, 200);
    second.resume();
    agent.destroy();
  });

  it("gives up on a body without end, and goes on serving others", async () => {
    const { url } = await start();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    // The connection ends under the client's hands: EPIPE or ECONNRESET, as it happens.
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.resume();
    socket.write(
      "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: CodeStar_20170419.ListUserProfiles\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const pump = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on("drain", pump);
    pump();
    await closed;
    assert.equal((await list(url)).status, 200);
  });

  it("closes a connection whose headers do not come", async () => {
    const { url } = await start({ limits: { headersTimeout: 200, requestTimeout: 300 } });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: x\r\n");
    const [answer] = await once(socket, "data");
    assert.match(answer.toString(), /^HTTP\/1\.1 408 /);
    await once(socket, "close");
  });

  it("answers 431 to headers too long, 400 to what is no HTTP", async () => {
    const { url } = await start();
    const exchanges = [
      [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
      ["\0\x01\x02\r\n\r\n", /^HTTP\/1\.1 400 /],
    ] as const;
    for (const [bytes, expected] of exchanges) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.end(bytes);
      assert.match(await text(socket), expected);
    }
  });

  describe("with a certificate", () => {
    let folder: string;
    const file = (name: string, content: string) => {
      const path = join(folder, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "codestar-tls-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("speaks HTTPS", async () => {
      const tls = { certFile: file("c.pem", certificate), keyFile: file("k.pem", certificateKey) };
      const { url } = await start({ tls });
      assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
      const options = { method: "POST", headers: target("ListUserProfiles"), ca: certificate };
      const sent = requestSecurely(url, { ...options, agent: false });
      sent.end("{}");
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      assert.deepEqual(JSON.parse(await text(answer)), { userProfiles: [] });
    });

    it("ends in one sentence when it is none, and leaves no store open", async () => {
      const tls = { certFile: file("c.pem", "none"), keyFile: file("k.pem", certificateKey) };
      await assert.rejects(start({ tls, store: `file:${join(folder, "profiles.db")}` }), {
        message: `${tls.certFile} holds no certificate in PEM`,
      });
    });
  });

  describe("/health", () => {
    it("is ok while the store answers", async () => {
      const { url } = await start();
      const answer = await fetch(`${url}/health`);
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { status: "ok" });
    });

    it("is 503 when the store does not, and does not say why", async () => {
      const store: ProfileStore = new MemoryStore();
      store.find = () => Promise.reject(new Error("disk"));
      const { url } = await start({ store });
      const answer = await fetch(`${url}/health`);
      assert.equal(answer.status, 503);
      assert.deepEqual(await answer.json(), { status: "store unavailable" });
    });
  });

  describe("/livez", () => {
    it("is 200 whatever the store does: started anew the server would be no better", async () => {
      const store: ProfileStore = new MemoryStore();
      store.find = () => Promise.reject(new Error("disk"));
      const { url } = await start({ store });
      const answer = await fetch(`${url}/livez`);
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { status: "alive" });
    });
  });

  it("keeps the profiles of the regions that it is told of, and refuses others by name", async () => {
    const { url } = await start({ regions: ["us-east-1", "eu-west-1"] });
    const signedFor = (region: string) =>
      fetch(url, {
        method: "POST",
        headers: {
          ...target("ListUserProfiles"),
          authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/${region}/codestar/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: "{}",
      });
    assert.equal((await signedFor("eu-west-1")).status, 200);
    assert.equal((await list(url)).status, 200, "unsigned: the server's own region");
    const invented = await signedFor("xx-invented-7");
    assert.equal(invented.status, 400);
    assert.deepEqual(await invented.json(), {
      __type: "AccessDeniedException",
      message: "This service keeps no profiles of the region xx-invented-7.",
    });
  });

  it("tells of every answer: id, operation, error", async () => {
    const answers: unknown[] = [];
    const { url } = await start({
      onResponse: ({ operation, error, status }) => answers.push({ operation, error, status }),
    });
    await (await list(url)).text();
    await (await list(url, "[")).text();
    assert.deepEqual(answers, [
      { operation: "ListUserProfiles", error: undefined, status: 200 },
      { operation: "ListUserProfiles", error: "SerializationException", status: 400 },
    ]);
  });

  describe("stop", () => {
    it("answers the request under way, then closes it and the idle connections", async () => {
      const store: ProfileStore = new MemoryStore();
      let finish = () => {};
      let reached = () => {};
      const underWay = new Promise<void>((resolve) => {
        reached = resolve;
      });
      store.list = () =>
        new Promise((resolve) => {
          finish = () => resolve([storedProfile({ userArn: arnOf("intern") })]);
          reached();
        });
      const { url, stop } = await start({ store });
      const { port } = new URL(url);
      const agent = new Agent({ keepAlive: true });
      const [idle] = (await once(get({ port, path: "/health", agent }), "response")) as [
        IncomingMessage,
      ];
      await text(idle);

      const answer = list(url);
      await underWay;
      const stopped = stop();
      await assert.rejects(fetch(`${url}/health`), "no new connection is taken");
      finish();
      const response = await answer;
      assert.equal(response.headers.get("connection"), "close");
      assert.equal(((await response.json()) as { userProfiles: [] }).userProfiles.length, 1);
      await stopped;
      agent.destroy();
    });

    it("waits no longer than it may", async () => {
      const store: ProfileStore = new MemoryStore();
      let reached = () => {};
      const underWay = new Promise<void>((resolve) => {
        reached = resolve;
      });
      store.list = () => {
        reached();
        return new Promise(() => {});
      };
      const { url, stop } = await start({ store, limits: { stop: 50 } });
      const answer = assert.rejects(list(url));
      await underWay;
      await stop();
      await answer;
    });

    it("closes the store that it opened, and leaves alone one that it was given", async () => {
      let closed = 0;
      const store: ProfileStore = new MemoryStore();
      store.close = async () => {
        closed++;
      };
      const { stop } = await start({ store });
      await stop();
      await stop();
      assert.equal(closed, 0);
    });
  });
});
