import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connections } from "../../client/connection";
import { readSettings } from "../../client/settings";
import { explain } from "../../provider/lifecycle/sentences";
import { arnOf } from "../support/profiles";

const userArn = arnOf("ada");

function connectTo(config: Record<string, string>, environment: NodeJS.ProcessEnv = {}) {
  const settings = readSettings((key) => config[key], environment, tmpdir());
  return { settings, connection: connections(settings) };
}

describe("connections: answers that are not the API's", () => {
  /** The whole of what the server answers to the next request. */
  let answer: { status: number; body: string };
  let server: Server;
  let url: string;
  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function sentenceFor(
    call: (connection: Connection) => Promise<unknown>,
    given: typeof answer,
  ): Promise<string> {
    answer = given;
    const { settings, connection } = connectTo({
      "codestar:endpoint": url,
      "aws:region": "us-east-1",
    });
    const service = await connection();
    try {
      await call(service);
    } catch (error) {
      return explain(error, settings);
    } finally {
      service.close();
    }
    throw new Error("the answer was taken for one of the API");
  }

  const notTheApi =
    /^http:\S+ answered with something other than the CodeStar API.*; correct codestar:endpoint$/;
  const calls: Record<string, (connection: Connection) => Promise<unknown>> = {
    describe: (service) => service.describe(userArn),
    list: (service) => service.list(),
    find: (service) => service.directory.find(userArn),
    create: (service) => service.create(userArn, { displayName: "Ada" }),
    update: (service) => service.update(userArn, { displayName: "Ada" }),
  };
  const answers: Record<string, typeof answer> = {
    "another JSON service's": { status: 200, body: '{"hello":"world"}' },
    "an empty one": { status: 200, body: "" },
    "a web page": { status: 200, body: "<html></html>" },
    "a web server's 404": { status: 404, body: "<html>Not Found</html>" },
    "a 404 without a body": { status: 404, body: "" },
    "a redirection": { status: 301, body: "" },
  };
  for (const [call, run] of Object.entries(calls)) {
    for (const [what, given] of Object.entries(answers)) {
      it(`${call} does not take ${what} for a profile, or for the news that there is none`, async () => {
        assert.match(await sentenceFor(run, given), notTheApi);
      });
    }
  }

  it("describe does not take another profile for the one that it asked about", async () => {
    const body = JSON.stringify({ userArn: arnOf("eve"), displayName: "Eve" });
    assert.match(await sentenceFor(calls.describe!, { status: 200, body }), notTheApi);
  });

  it("list does not take null for nobody, alone or among profiles", async () => {
    const whole = {
      userArn,
      displayName: "Ada",
      emailAddress: "ada@example.com",
      sshPublicKey: "",
    };
    for (const userProfiles of [[null], [null, null], [whole, null]]) {
      const body = JSON.stringify({ userProfiles });
      assert.match(await sentenceFor(calls.list!, { status: 200, body }), notTheApi);
    }
  });

  it("list ends when the service goes round in circles", async () => {
    const body = JSON.stringify({ userProfiles: [], nextToken: "again" });
    assert.match(await sentenceFor(calls.list!, { status: 200, body }), notTheApi);
  });

  it("a service without TLS behind an https:// address is one sentence", async () => {
    answer = { status: 200, body: "{}" };
    const { settings, connection } = connectTo({
      "codestar:endpoint": url.replace("http:", "https:"),
      "aws:region": "us-east-1",
    });
    const service = await connection();
    await assert.rejects(service.describe(userArn), (error) => {
      const reason = explain(error, settings);
      assert.match(
        reason,
        /^no secure connection to https:\S+ \(EPROTO\); correct codestar:endpoint/,
      );
      assert.doesNotMatch(reason, /\n|openssl/);
      return true;
    });
    service.close();
  });
});

describe("connections: profiles listed without a member", () => {
  const whole = {
    userArn,
    displayName: "null",
    emailAddress: "ada@example.com",
    sshPublicKey: "ssh-ed25519 AAAA",
  };
  /** What the service lists, and what it answers to DescribeUserProfile. */
  let listed: object;
  let described: { status: number; body: object };
  let server: Server;
  let service: Connection;
  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      const list = String(request.headers["x-amz-target"]).endsWith("ListUserProfiles");
      response.writeHead(list ? 200 : described.status);
      response.end(JSON.stringify(list ? { userProfiles: [listed] } : described.body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    service = await connectTo({
      "codestar:endpoint": url,
      "aws:region": "us-east-1",
    }).connection();
  });
  after(() => {
    service.close();
    server.closeAllConnections();
    server.close();
  });
  const damaged = {
    status: 404,
    body: { __type: "InternalFailure", message: "The stored profile is damaged." },
  };

  for (const member of ["displayName", "emailAddress"] as const) {
    for (const value of [undefined, null, ""]) {
      it(`names the profile whose ${member} is ${JSON.stringify(value) ?? "absent"}`, async () => {
        listed = { ...whole, [member]: value };
        await assert.rejects(service.list(), (error) => {
          const reason = explain(error, {} as never);
          assert.match(reason, new RegExp(`lists ${userArn} without its ${member}, so`));
          assert.doesNotMatch(reason, /ada@example\.com|ssh-ed25519/);
          return true;
        });
      });
    }
  }

  it("asks about the profile whose key is absent, which may be damaged", async () => {
    const { sshPublicKey: _, ...keyless } = whole;
    listed = keyless;
    described = { status: 200, body: keyless };
    assert.deepEqual(await service.list(), [{ ...keyless, sshPublicKey: "" }]);
    described = { status: 200, body: whole };
    assert.deepEqual(await service.list(), [whole]);
    described = damaged;
    await assert.rejects(service.list(), /damaged/);
  });

  it("leaves the answer to Describe where one profile is asked about after others", async () => {
    listed = { ...whole, displayName: undefined };
    described = damaged;
    for (let asked = 0; asked < 3; asked++) {
      await assert.rejects(service.directory.find(userArn), /damaged/);
    }
  });
});

describe("connections: HTTP", () => {
  it("reaches a service at an IPv6 address", async function () {
    const server = createServer((request, response) => {
      request.resume();
      response.end(JSON.stringify({ userArn, displayName: "Ada" }));
    });
    const listening = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(0, "::1", () => resolve(true));
    });
    // A machine without IPv6.
    if (!listening) this.skip();
    const { port } = server.address() as AddressInfo;
    const { connection } = connectTo({
      "codestar:endpoint": `http://[::1]:${port}`,
      "aws:region": "us-east-1",
    });
    const service = await connection();
    assert.equal((await service.describe(userArn))?.displayName, "Ada");
    service.close();
    server.closeAllConnections();
    server.close();
  });

  it("leaves nothing behind that keeps the program running when a service does not answer", async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const { connection } = connectTo({
      "codestar:endpoint": "http://127.0.0.1:1",
      "aws:region": "us-east-1",
    });
    const service = await connection();
    // One is mocha's own, set once the test has begun.
    const before = timers();
    await assert.rejects(service.describe(userArn), { code: "ECONNREFUSED" });
    service.close();
    assert.equal(timers(), before);
  });
});

describe("connections: the region", () => {
  let folder: string;
  const saved = { ...process.env };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-connection-"));
    for (const key of Object.keys(process.env)) if (key.startsWith("AWS_")) delete process.env[key];
    process.env.AWS_CONFIG_FILE = join(folder, "config");
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, "credentials");
    writeFileSync(
      process.env.AWS_CONFIG_FILE,
      "[default]\nregion = us-west-2\n[profile staging]\nregion = eu-west-1\n[profile bare]\noutput = json\n",
    );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const key of Object.keys(process.env)) if (key.startsWith("AWS_")) delete process.env[key];
    Object.assign(process.env, saved);
  });

  const endpoint = { "codestar:endpoint": "http://127.0.0.1:1" };
  async function regionWith(
    config: Record<string, string>,
    environment: NodeJS.ProcessEnv = {},
    asked?: string,
  ): Promise<string> {
    const { connection } = connectTo({ ...endpoint, ...config }, environment);
    const service = await connection(asked);
    service.close();
    return service.region;
  }

  it("is the one asked for, then aws:region, then the environment's", async () => {
    const environment = { AWS_REGION: "ap-south-1", AWS_DEFAULT_REGION: "sa-east-1" };
    const config = { "aws:region": "us-east-2", "aws:profile": "staging" };
    assert.equal(await regionWith(config, environment, "ca-central-1"), "ca-central-1");
    assert.equal(await regionWith(config, environment), "us-east-2");
    assert.equal(await regionWith({ "aws:profile": "staging" }, environment), "ap-south-1");
    assert.equal(await regionWith({}, { AWS_DEFAULT_REGION: "sa-east-1" }), "sa-east-1");
  });

  it("is then the one of aws:profile, else the one of the SDK's own profile", async () => {
    assert.equal(await regionWith({ "aws:profile": "staging" }), "eu-west-1");
    assert.equal(await regionWith({}), "us-west-2");
    process.env.AWS_PROFILE = "staging";
    assert.equal(await regionWith({}), "eu-west-1");
  });

  it("is never another profile's: one sentence says that none is set", async () => {
    const { settings, connection } = connectTo({ ...endpoint, "aws:profile": "bare" });
    await assert.rejects(connection(), (error) => {
      assert.match(explain(error, settings), /^no region is set; .*codestar:region us-east-1/);
      return true;
    });
  });

  it("has a connection and a directory of its own, made once", async () => {
    const { connection } = connectTo({ ...endpoint, "aws:region": "us-east-1" });
    const [east, again, named, west] = await Promise.all([
      connection(),
      connection(),
      connection("us-east-1"),
      connection("us-west-2"),
    ]);
    assert.equal(east, again);
    assert.equal(east, named);
    assert.notEqual(east!.directory, west!.directory);
    for (const service of [east, west]) service!.close();
  });
});
