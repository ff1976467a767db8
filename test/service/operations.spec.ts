import assert from "node:assert/strict";
import { connect } from "node:net";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { FaultInjector, parseFaults } from "../../service/http/faults";
import { logResponse } from "../../service/http/requestLog";
import { startServer } from "../../service/http/server";
import { MemoryStore } from "../../service/store/memory";
import { StoreUnavailableError } from "../../service/store/store";
import { arnOf } from "../support/profiles";

type Options = Partial<Parameters<typeof startServer>[0]>;

describe("the server in operation", () => {
  let running: Awaited<ReturnType<typeof startServer>> | undefined;
  const start = async (options: Options = {}) => {
    running = await startServer({ store: "memory:", ...options });
    return running;
  };
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  const send = (url: string, operation: string, input: object) =>
    fetch(url, {
      method: "POST",
      headers: { "x-amz-target": `CodeStar_20170419.${operation}` },
      body: JSON.stringify(input),
    });
  const intern = {
    userArn: arnOf("intern"),
    displayName: "Secret Name",
    emailAddress: "secret@example.com",
    sshPublicKey: "ssh-ed25519 c2VjcmV0",
  };
  const authenticate = () => ({ account: "123456789012", name: "root", administrator: true });

  describe("metrics", () => {
    it("count requests by operation and outcome, and time them", async () => {
      const store = new MemoryStore();
      const { url, metricsUrl } = await start({ store });
      await send(url, "CreateUserProfile", intern);
      await send(url, "CreateUserProfile", intern);
      await send(url, "Nonsense", {});
      store.list = () => Promise.reject(new StoreUnavailableError("away", "unreachable"));
      await send(url, "ListUserProfiles", {});
      const response = await fetch(metricsUrl!);
      const body = await response.text();
      assert.equal(metricsUrl, `${url}/metrics`);
      assert.match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
      for (const line of [
        'codestar_profiles_requests_total{operation="CreateUserProfile",outcome="ok"} 1',
        'codestar_profiles_requests_total{operation="CreateUserProfile",outcome="UserProfileAlreadyExistsException"} 1',
        'codestar_profiles_requests_total{operation="none",outcome="UnknownOperationException"} 1',
        'codestar_profiles_request_duration_seconds_count{operation="CreateUserProfile"} 2',
        "codestar_profiles_requests_in_flight 0",
        'codestar_profiles_failures_total{reason="unreachable"} 1',
        'codestar_profiles_failures_total{reason="internal"} 0',
      ]) {
        assert.ok(body.split("\n").includes(line), `${line} in\n${body}`);
      }
      assert.match(body, /^process_resident_memory_bytes \d+$/m);
      assert.doesNotMatch(body, /secret|intern"/i);
    });

    it("are nowhere with authentication, unless given an address of their own", async () => {
      const { url, metricsUrl } = await start({ authenticate });
      assert.equal(metricsUrl, undefined);
      assert.equal((await fetch(`${url}/metrics`)).status, 404);
    });

    it("are at an address of their own, with the health and nothing else", async () => {
      const { url, metricsUrl } = await start({
        authenticate,
        metrics: { host: "127.0.0.1", port: 0 },
      });
      const other = new URL(metricsUrl!).origin;
      assert.notEqual(other, url);
      assert.match(await (await fetch(metricsUrl!)).text(), /^codestar_profiles_/m);
      assert.equal((await fetch(`${other}/health`)).status, 200);
      assert.equal((await send(other, "ListUserProfiles", {})).status, 404);
      assert.equal((await fetch(`${url}/metrics`)).status, 404);
      await running?.stop();
      await assert.rejects(fetch(metricsUrl!));
    });

    it("leave nothing open when the server's own address is taken", async () => {
      const { port } = await start();
      const store = new MemoryStore();
      await assert.rejects(
        startServer({ store, port, metrics: { host: "127.0.0.1", port: 0 } }),
        /another program listens there/,
      );
    });
  });

  describe("log", () => {
    async function logged(level: string, work: (url: string) => Promise<unknown>, more: Options) {
      let written = "";
      const stream = new Writable({
        write(chunk, _encoding, done) {
          written += chunk;
          done();
        },
      });
      const log = pino({ level, base: null }, stream);
      const onResponse: Options["onResponse"] = (response, duration, request) =>
        logResponse(log, response, duration, request);
      const { url } = await start({ ...more, onResponse });
      await work(url);
      await running?.stop();
      const lines = written.split("\n").filter((line) => line !== "");
      return { written, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
    }

    it("tells of a write what, whose, by whom, how long, and no value", async () => {
      let requestId: string | null = null;
      const { lines, written } = await logged(
        "info",
        async (url) => {
          const response = await send(url, "CreateUserProfile", intern);
          requestId = response.headers.get("x-amzn-requestid");
          await send(url, "DescribeUserProfile", { userArn: intern.userArn });
        },
        { authenticate },
      );
      assert.equal(lines.length, 1, "a read is for debug");
      const { time, duration, ...line } = lines[0]!;
      assert.ok(typeof time === "number" && typeof duration === "number" && duration >= 0);
      assert.deepEqual(line, {
        level: 30,
        msg: "request",
        requestId,
        operation: "CreateUserProfile",
        status: 200,
        region: "us-east-1",
        userArn: intern.userArn,
        principal: "root",
        account: "123456789012",
        remote: "127.0.0.1",
      });
      assert.doesNotMatch(written, /secret/i);
    });

    it("tells of a failure inside what the client is not told", async () => {
      const store = new MemoryStore();
      store.find = () => Promise.reject(new StoreUnavailableError("table away", "unreachable"));
      const { lines } = await logged(
        "error",
        (url) => send(url, "DescribeUserProfile", { userArn: intern.userArn }),
        { store },
      );
      const [{ level, status, error, cause } = assert.fail("no line")] = lines;
      assert.deepEqual(
        { level, status, error },
        { level: 50, status: 503, error: "ServiceUnavailableException" },
      );
      assert.equal((cause as Error).message, "table away");
    });

    it("warns of callers that are refused, and no value of theirs is in it", async () => {
      const someone = () => ({ account: "123456789012", name: "bob", administrator: false });
      const { lines, written } = await logged(
        "warn",
        async (url) => {
          await send(url, "CreateUserProfile", intern);
          await send(url, "CreateUserProfile", { ...intern, emailAddress: "secret" });
        },
        { authenticate: someone },
      );
      assert.deepEqual(
        lines.map(({ level, error, principal, userArn, remote }) => [
          level,
          error,
          principal,
          userArn,
          remote,
        ]),
        [[40, "AccessDeniedException", "bob", intern.userArn, "127.0.0.1"]],
      );
      assert.doesNotMatch(written, /secret/i);
    });
  });

  describe("time", () => {
    it("is up for a body that does not end, and nothing is left in flight", async () => {
      const limits = { headersTimeout: 100, requestTimeout: 200 };
      const { port, metricsUrl } = await start({ limits });
      const socket = connect(port, "127.0.0.1");
      socket.write(
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: CodeStar_20170419.ListUserProfiles\r\nContent-Length: 9\r\n\r\n{",
      );
      assert.match(await text(socket), /^HTTP\/1\.1 408 /);
      assert.match(await (await fetch(metricsUrl!)).text(), /^\w+_requests_in_flight 0$/m);
    });
  });

  describe("faults", () => {
    it("are read from text, each at most once", () => {
      assert.deepEqual(parseFaults("latency=50ms,limit=10,error=0.01,drop=.5"), {
        latency: 50,
        limit: 10,
        error: 0.01,
        drop: 0.5,
      });
      for (const wrong of ["", "latency=50", "limit=0", "error=2", "drop=1,drop=1", "slow=1"]) {
        assert.throws(() => parseFaults(wrong), /^Error: faults are any of latency=50ms/, wrong);
      }
      assert.throws(() => parseFaults("error=0.6,drop=0.5"), /add up to more than 1/);
    });

    it("admit as many calls a second as the limit says", async () => {
      let now = 0;
      const faults = new FaultInjector({ limit: 10 }, Math.random, () => now);
      const admitted = async (calls: number) => {
        let count = 0;
        for (let call = 0; call < calls; call++) if ((await faults.decide()) === "serve") count++;
        return count;
      };
      assert.equal(await admitted(15), 10);
      now += 500;
      assert.equal(await admitted(15), 5);
      now += 60_000;
      assert.equal(await admitted(15), 10);
    });

    it("fall where the dice fall", async () => {
      const dice = [0, 0.06, 0.1, 0.4];
      const faults = new FaultInjector({ drop: 0.1, error: 0.2 }, () => dice.shift()!);
      assert.equal(await faults.decide(), "drop");
      assert.equal(await faults.decide(), "serve and drop");
      assert.equal(((await faults.decide()) as Error).name, "InternalFailure");
      assert.equal(await faults.decide(), "serve");
    });

    it("throttle with the error that clients wait upon", async () => {
      const { url } = await start({ faults: { limit: 1 } });
      assert.equal((await send(url, "ListUserProfiles", {})).status, 200);
      const throttled = await send(url, "ListUserProfiles", {});
      assert.equal(throttled.status, 400);
      assert.equal(((await throttled.json()) as { __type: string }).__type, "ThrottlingException");
      assert.equal((await fetch(`${url}/health`)).status, 200, "the health is not injected");
    });

    it("drop connections, and fail, and take their time", async () => {
      const { url } = await start({ faults: { drop: 1 } });
      await assert.rejects(send(url, "ListUserProfiles", {}));
      await running?.stop();
      const failing = await start({ faults: { error: 1, latency: 30 } });
      const before = performance.now();
      const { status } = await send(failing.url, "ListUserProfiles", {});
      assert.equal(status, 500);
      assert.ok(performance.now() - before >= 29);
    });

    it("are refused on an address that others reach", async () => {
      await assert.rejects(
        start({ host: "0.0.0.0", authenticate, faults: { limit: 1 } }),
        /^Error: listening on 0\.0\.0\.0: faults are injected for tests on this machine only/,
      );
    });
  });
});
