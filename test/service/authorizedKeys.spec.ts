import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../service/http/server";
import { authentication } from "../../service/identity/authentication";
import { openStore } from "../../service/store/open";
import type { ProfileStore } from "../../service/store/store";
import { codestarProfiles, type Outcome } from "../support/commandLine";
import { arnOf, someAccount, storedProfile } from "../support/profiles";
import { credentials, temporaryKey } from "../support/signedRequest";
import { ed25519, rsa1024, rsa3072 } from "../support/sshKeys";

const region = "us-east-1";
const ada = arnOf("ada");
const printed = (line: string) => `${line.split(" ").slice(0, 2).join(" ")} ${ada}\n`;
const nothing: Outcome = { status: 0, out: "", err: "" };

describe("codestar-profiles authorized-keys", function () {
  this.timeout(30_000);
  let folder: string;
  let store: ProfileStore;
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "codestar-keys-"));
    store = await openStore("memory:");
    await store.create(region, storedProfile({ userArn: ada, sshPublicKey: ed25519.line }));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true });
  });

  /** The command for `user`, with settings in a file of their own. */
  function keysOf(user: string, settings: object, ...options: readonly string[]) {
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({ account: someAccount, ...settings }), { mode: 0o600 });
    // Nothing but the system's own folders, as sshd has it; and nothing of it counts.
    const env = { PATH: "/usr/bin:/bin", AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "x" };
    return codestarProfiles(folder, ["authorized-keys", user, "--config", config, ...options], env);
  }

  async function serve(options: Partial<Parameters<typeof startServer>[0]> = {}) {
    const asked: (string | undefined)[] = [];
    const server = await startServer({ store, onRequest: (name) => asked.push(name), ...options });
    closing.push(() => server.stop());
    return { endpoint: server.url, asked, stop: () => server.stop() };
  }

  /** Something that is no profile service. */
  async function pretend(listener: RequestListener) {
    const server: Server = createHttpServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  describe("with a service", () => {
    it("prints the keys of the profile, by one call", async () => {
      const { endpoint, asked } = await serve();
      assert.deepEqual(await keysOf("ada", { endpoint }), {
        ...nothing,
        out: printed(ed25519.line),
      });
      assert.deepEqual(asked, ["DescribeUserProfile"]);
    });

    it("prints what is fit to be printed of a text with other things in it", async () => {
      const { endpoint } = await serve();
      const sshPublicKey = `command="sh" ${ed25519.line}\n${rsa1024.line}\n${rsa3072.line}`;
      await store.update(region, ada, { sshPublicKey }, 0);
      const { out } = await keysOf("ada", { endpoint });
      assert.equal(out, printed(rsa3072.line));
    });

    it("prints nothing, with status 0, without a profile or a key", async () => {
      const { endpoint } = await serve();
      assert.deepEqual(await keysOf("nobody", { endpoint }), nothing);
      await store.update(region, ada, { sshPublicKey: "" }, 0);
      assert.deepEqual(await keysOf("ada", { endpoint }), nothing);
    });

    it("asks nobody about names that no profile has", async () => {
      const { endpoint, asked } = await serve();
      for (const user of ["../ada", "people/ada", "ada:x", "ada ", "a*", "ädä", "x".repeat(65)]) {
        assert.deepEqual(await keysOf(user, { endpoint }), nothing);
      }
      assert.deepEqual(asked, []);
    });

    it("asks in the region that is set, unsigned too", async () => {
      const { endpoint } = await serve();
      const elsewhere = storedProfile({ userArn: ada, sshPublicKey: rsa3072.line });
      await store.create("eu-west-1", elsewhere);
      const { out } = await keysOf("ada", { endpoint, region: "eu-west-1" });
      assert.equal(out, printed(rsa3072.line));
      assert.equal((await keysOf("ada", { endpoint, region: "eu-west-2" })).out, "");
    });

    it("signs its request with the credentials of the file", async () => {
      const authenticate = authentication({ credentials: credentials(), clock: Date.now });
      const { endpoint } = await serve({ authenticate });
      const signed = await keysOf("ada", { endpoint, credentials: temporaryKey });
      assert.deepEqual(signed, { ...nothing, out: printed(ed25519.line) });
      const wrong = { ...temporaryKey, secretAccessKey: "not-the-secret-of-this-key" };
      const refused = await keysOf("ada", { endpoint, credentials: wrong });
      assert.deepEqual([refused.status, refused.out], [1, ""]);
      assert.match(refused.err, /refused: .* \(InvalidSignatureException\)\n$/);
      assert.doesNotMatch(refused.err, /not-the-secret/);
      const unsigned = await keysOf("ada", { endpoint });
      assert.match(
        unsigned.err,
        /wants signed requests; put credentials into the configuration\n$/,
      );
    });

    it("speaks HTTPS with a service whose authority it is given, and with no other", async function () {
      const [certFile, keyFile] = ["cert.pem", "key.pem"].map((name) => join(folder, name));
      try {
        execFileSync(
          "openssl",
          [
            ...[
              "req",
              "-x509",
              "-newkey",
              "ec",
              "-pkeyopt",
              "ec_paramgen_curve:prime256v1",
              "-nodes",
            ],
            ...["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"],
            ...["-keyout", keyFile!, "-out", certFile!],
          ],
          { stdio: "pipe" },
        );
      } catch {
        console.log("      skipped, since openssl makes no certificate");
        this.skip();
      }
      const { endpoint } = await serve({ tls: { certFile: certFile!, keyFile: keyFile! } });
      assert.match(endpoint, /^https:/);
      const trusted = await keysOf("ada", { endpoint, ca: certFile });
      assert.deepEqual(trusted, { ...nothing, out: printed(ed25519.line) });
      const foreign = await keysOf("ada", { endpoint });
      assert.deepEqual([foreign.status, foreign.out], [1, ""]);
      assert.match(foreign.err, /cannot be talked to: .*self-signed certificate/);
    });
  });

  it("reads the store of a file itself, and makes none", async () => {
    const path = join(folder, "profiles.db");
    const missing = await keysOf("ada", { endpoint: `file:${path}` });
    assert.deepEqual([missing.status, missing.out], [1, ""]);
    assert.match(missing.err, /profiles\.db is not there\n$/);
    const empty = join(folder, "empty.db");
    writeFileSync(empty, "");
    const none = await keysOf("ada", { endpoint: `file:${empty}` });
    assert.deepEqual([none.status, none.out], [1, ""]);
    assert.match(none.err, /empty\.db is empty, so it is no store\n$/);
    assert.equal(statSync(empty).size, 0);
    const file = await openStore(`file:${path}`);
    closing.push(() => file.close());
    await file.create(region, storedProfile({ userArn: ada, sshPublicKey: ed25519.line }));
    for (const endpoint of [`file:${path}`, `file://${path}`, "file:profiles.db"]) {
      assert.deepEqual(await keysOf("ada", { endpoint }), {
        ...nothing,
        out: printed(ed25519.line),
      });
    }
    assert.deepEqual(await keysOf("nobody", { endpoint: `file:${path}` }), nothing);
  });

  describe("prints nothing and says why, with status 1,", () => {
    async function fails(settings: object, why: RegExp) {
      const { status, out, err } = await keysOf("ada", settings);
      assert.deepEqual([status, out], [1, ""]);
      assert.match(err, why);
      assert.equal(err.trim().split("\n").length, 1);
    }
    const profile = (changes: object) =>
      JSON.stringify({ userArn: ada, sshPublicKey: ed25519.line, ...changes });

    it("when nothing listens", async () => {
      const { endpoint, stop } = await serve();
      await stop();
      await fails({ endpoint }, /user\/ada: http:\S+ does not answer \(ECONNREFUSED\)\n$/);
    });

    const slow: readonly (readonly [string, RequestListener])[] = [
      ["that never answers", () => {}],
      [
        "that never ends its answer",
        (_, response) => {
          response.write("{");
          setInterval(() => response.write(" "), 50).unref();
        },
      ],
    ];
    for (const [title, listener] of slow) {
      it(`when its time is up, with a service ${title}`, async () => {
        const endpoint = await pretend(listener);
        const begun = performance.now();
        await fails({ endpoint, timeout: 0.5 }, /(did not answer in time|broke off its answer)\n$/);
        const took = performance.now() - begun;
        assert(took > 500 && took < 4_000, `it took ${took} ms`);
      });
    }

    const answers: readonly (readonly [string, RequestListener, RegExp])[] = [
      [
        "sends it elsewhere",
        (_, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end(),
        /answered with status 307\n$/,
      ],
      [
        "answers with another's profile",
        (_, response) => response.end(profile({ userArn: arnOf("eve") })),
        /answered with another profile\n$/,
      ],
      [
        "answers with keys of another form",
        (_, response) => response.end(profile({ sshPublicKey: [ed25519.line] })),
        /answered with no profile\n$/,
      ],
      [
        "answers with a page",
        (_, response) => response.end(`<html>${ed25519.line}`),
        /answered with no profile\n$/,
      ],
      [
        "answers without end",
        (_, response) => response.end(profile({ sshPublicKey: "x".repeat(300_000) })),
        /answered with too much\n$/,
      ],
      ["hangs up", (request) => request.socket.destroy(), /does not answer \(ECONNRESET\)\n$/],
      [
        "hangs up in the middle",
        (request, response) => {
          response.writeHead(200, { "content-length": "1000" }).write(profile({}));
          setTimeout(() => request.socket.destroy(), 50);
        },
        /broke off its answer\n$/,
      ],
      [
        "has a failure of its own",
        (_, response) => response.writeHead(500).end('{"__type":"InternalFailure","message":"x"}'),
        /refused: x \(InternalFailure\)\n$/,
      ],
      [
        "finds nothing at that path",
        (_, response) => response.writeHead(404).end("not here"),
        /answered with status 404\n$/,
      ],
      [
        "tells the terminal what to do",
        (_, response) =>
          response.writeHead(400).end('{"__type":"X","message":"\\u001b]0;a\\u0007\\nb"}'),
        /refused: <U\+001B>\]0;a<U\+0007><U\+000A>b \(X\)\n$/,
      ],
    ];
    for (const [title, listener, why] of answers) {
      it(`when the service ${title}`, async () => {
        await fails({ endpoint: await pretend(listener) }, why);
      });
    }

    it("when the settings are wrong, and 2 for wrong arguments", async () => {
      await fails({ endpoint: "http://profiles.example.com" }, /must be an https: address/);
      const two = await keysOf("ada", {}, "grace");
      assert.deepEqual([two.status, two.out], [2, ""]);
      assert.match(two.err, /^Whose keys\? Name one user\./);
      const option = await keysOf("--endpoint=https://eve.example.com", {});
      assert.deepEqual([option.status, option.out], [2, ""]);
    });
  });

  it("writes a failure to the system's log when it is asked to", async () => {
    const bin = join(folder, "bin");
    const log = join(folder, "log");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "logger"),
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${log}.new\nmv ${log}.new ${log}\n`,
      {
        mode: 0o755,
      },
    );
    const endpoint = await pretend((_, response) => response.writeHead(503).end());
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({ endpoint, account: someAccount }), { mode: 0o600 });
    const argv = ["authorized-keys", "ada", "--config", config, "--syslog"];
    const { err } = await codestarProfiles(folder, argv, { PATH: `${bin}:/usr/bin:/bin` });
    for (let tries = 0; tries < 750 && !readdirSync(folder).includes("log"); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(
      readFileSync(log, "utf8"),
      `--tag\ncodestar-profiles\n--priority\nauth.error\n--\n${err}`,
    );
  });

  describe("with a cache", () => {
    let cacheFolder: string;
    beforeEach(() => {
      cacheFolder = join(folder, "cache");
      mkdirSync(cacheFolder, { mode: 0o700 });
    });
    const cache = () => ({ cacheFolder, cacheMaxAge: 60 });
    const entries = () => readdirSync(cacheFolder).map((name) => join(cacheFolder, name));
    /** As if it had been stored some seconds earlier. */
    const age = (seconds: number) => {
      for (const file of entries()) {
        const entry = JSON.parse(readFileSync(file, "utf8"));
        writeFileSync(
          file,
          JSON.stringify({ ...entry, storedAt: entry.storedAt - seconds * 1000 }),
        );
      }
    };

    it("prints what it printed before while the service is away, and says so", async () => {
      const { endpoint, stop } = await serve();
      await keysOf("ada", { endpoint, ...cache() });
      assert.deepEqual(
        entries().map((file) => statSync(file).mode & 0o777),
        [0o600],
      );
      await stop();
      const { status, out, err } = await keysOf("ada", { endpoint, ...cache() });
      assert.deepEqual([status, out], [0, printed(ed25519.line)]);
      assert.match(err, /does not answer/);
      // Of another user, and of another region, it knows nothing.
      assert.equal((await keysOf("grace", { endpoint, ...cache() })).status, 1);
      assert.equal((await keysOf("ada", { endpoint, region: "eu-west-1", ...cache() })).status, 1);
    });

    it("prints nothing that is older than it may be, or from a time to come", async () => {
      const { endpoint, stop } = await serve();
      await keysOf("ada", { endpoint, ...cache() });
      await stop();
      age(50);
      assert.equal((await keysOf("ada", { endpoint, ...cache() })).status, 0);
      age(20);
      assert.equal((await keysOf("ada", { endpoint, ...cache() })).status, 1);
      age(-3_600);
      assert.equal((await keysOf("ada", { endpoint, ...cache() })).status, 1);
    });

    it("forgets a key as soon as it hears that it is revoked", async () => {
      const { endpoint, stop } = await serve();
      await keysOf("ada", { endpoint, ...cache() });
      await store.delete(region, ada);
      await keysOf("ada", { endpoint, ...cache() });
      await stop();
      const { status, out } = await keysOf("ada", { endpoint, ...cache() });
      assert.deepEqual([status, out], [0, ""]);
    });

    it("is asked for whatever comes from the way to the service, not from the service", async () => {
      let listener: RequestListener = () => {};
      const endpoint = await pretend((request, response) => listener(request, response));
      const profile = JSON.stringify({ userArn: ada, sshPublicKey: ed25519.line });
      listener = (_, response) => response.end(profile);
      await keysOf("ada", { endpoint, ...cache() });
      const answer = (status: number, body: string) => (): RequestListener => (_, response) =>
        response.writeHead(status).end(body);
      const outages: Record<string, () => RequestListener> = {
        "429 without a type": answer(429, "slow down"),
        "429 with a type": answer(429, '{"__type":"TooManyRequestsException"}'),
        "a throttled call": answer(400, '{"__type":"ThrottlingException"}'),
        "a plain 404": answer(404, "not here"),
        "a 404 in JSON": answer(404, '{"message":"no such route"}'),
        "403 of a proxy": answer(403, "<html>blocked"),
        "a redirect": answer(302, ""),
        "502": answer(502, "<html>"),
        "a page": answer(200, "<html>"),
        "an endless page": answer(200, "x".repeat(300_000)),
        "204": answer(204, ""),
        ...Object.fromEntries(
          ["", "{}", "[]", "null", '"hello"', '{"status":"ok"}'].map((body) => [
            `200 with ${body || "nothing"}`,
            answer(200, body),
          ]),
        ),
        "no HTTP": () => (request) => request.socket.end("SSH-2.0-x\r\n"),
      };
      for (const [title, of] of Object.entries(outages)) {
        listener = of();
        const { status, out, err } = await keysOf("ada", { endpoint, ...cache() });
        assert.deepEqual([status, out], [0, printed(ed25519.line)], title);
        assert.match(err, /^Reading the keys of \S+: http\S+ (answered|refused)/, title);
      }
      // None of them has taken the place of what is in the cache, and no refusal of
      // the service brings it out.
      const refusals = [
        answer(400, '{"__type":"AccessDeniedException","message":"no"}'),
        answer(403, '{"__type":"UnrecognizedClientException"}'),
        answer(200, JSON.stringify({ userArn: arnOf("eve"), sshPublicKey: "" })),
        answer(200, JSON.stringify({ userArn: ada, sshPublicKey: [] })),
      ];
      for (const of of refusals) {
        listener = of();
        const { status, out } = await keysOf("ada", { endpoint, ...cache() });
        assert.deepEqual([status, out], [1, ""]);
      }
    });

    it("is not asked when the service refuses", async () => {
      const authenticate = authentication({ credentials: credentials(), clock: Date.now });
      const { endpoint } = await serve({ authenticate });
      await keysOf("ada", { endpoint, credentials: temporaryKey, ...cache() });
      assert.equal(entries().length, 1);
      const { status, out } = await keysOf("ada", { endpoint, ...cache() });
      assert.deepEqual([status, out], [1, ""]);
    });

    it("prints keys alone, whatever is in its files", async () => {
      const { endpoint, stop } = await serve();
      await keysOf("ada", { endpoint, ...cache() });
      await stop();
      const [file] = entries();
      const entry = JSON.parse(readFileSync(file!, "utf8"));
      const lines = [`command="sh" ${rsa3072.line}`, ed25519.line];
      writeFileSync(file!, JSON.stringify({ ...entry, lines }));
      assert.equal((await keysOf("ada", { endpoint, ...cache() })).out, printed(ed25519.line));
      for (const damaged of ["", "null", "{", JSON.stringify({ ...entry, lines: "x" })]) {
        writeFileSync(file!, damaged);
        const { status, out } = await keysOf("ada", { endpoint, ...cache() });
        assert.deepEqual([status, out], [1, ""]);
      }
    });
  });
});
