import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CodeStarClient,
  CreateUserProfileCommand,
  DescribeUserProfileCommand,
  ListUserProfilesCommand,
} from "@aws-sdk/client-codestar";
import { type EmbeddedOptions, embeddedRequestHandler } from "../../service/embedded";
import { MemoryStore } from "../../service/store/memory";
import { type ProfileStore, StoreUnavailableError } from "../../service/store/store";
import { arnOf, profileInput } from "../support/profiles";

const clientOf = (options: EmbeddedOptions) =>
  new CodeStarClient({
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    endpoint: "http://embedded.invalid",
    requestHandler: embeddedRequestHandler(options),
  });

const listAll = (client: CodeStarClient, abortSignal?: AbortSignal) =>
  client.send(new ListUserProfilesCommand({}), { ...(abortSignal && { abortSignal }) });

describe("the service in process", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "codestar-embedded-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("opens its store at the first request, and again after destroy", async () => {
    const path = join(folder, "profiles.db");
    const client = clientOf({ store: `file:${path}` });
    assert.equal(existsSync(path), false);
    await client.send(new CreateUserProfileCommand(profileInput()));
    assert.equal(existsSync(path), true);
    client.destroy();
    assert.equal((await listAll(client)).userProfiles?.length, 1);
    client.destroy();
  });

  it("rejects with the sentence of a store that cannot be opened, and tries again next time", async () => {
    const missing = join(folder, "missing");
    const client = clientOf({ store: `file:${join(missing, "profiles.db")}` });
    for (let attempt = 0; attempt < 2; attempt++) {
      await assert.rejects(listAll(client), {
        message: `opening the profile database ${join(missing, "profiles.db")}: the folder ${missing} does not exist`,
      });
    }
  });

  it("names the forms of a store's URL when given another", async () => {
    await assert.rejects(listAll(clientOf({ store: "profiles.db" })), {
      message:
        "a store is named by file:path, postgres://host/database, dynamodb://table or memory:",
    });
    await assert.rejects(listAll(clientOf({ store: "file:" })), /lacks the path of its file/);
  });

  it("gives request ids and the true date, like a server", async () => {
    const { $metadata } = await listAll(clientOf({ store: "memory:" }));
    assert.match($metadata.requestId!, /^[0-9a-f-]{36}$/);
    assert.equal($metadata.attempts, 1);
  });

  it("rejects with the store's own failure, where a server would keep it to itself", async () => {
    const store: ProfileStore = new MemoryStore();
    store.list = () => Promise.reject(new Error("disk I/O error"));
    await assert.rejects(listAll(clientOf({ store })), { message: "disk I/O error" });
  });

  it("leaves it to the client to retry when the store throttles", async () => {
    const store: ProfileStore = new MemoryStore();
    let calls = 0;
    store.list = async () => {
      calls++;
      if (calls < 3) throw new StoreUnavailableError("too fast", "throttled");
      return [];
    };
    assert.equal((await listAll(clientOf({ store }))).$metadata.attempts, 3);
  });

  it("leaves open a store that it was given", async () => {
    let closed = false;
    const store: ProfileStore = new MemoryStore();
    store.close = async () => {
      closed = true;
    };
    const handler = embeddedRequestHandler({ store });
    await listAll(clientOf({ store }));
    await handler.close();
    assert.equal(closed, false);
  });

  it("does not start what has been aborted, and stops waiting when it is", async () => {
    const store: ProfileStore = new MemoryStore();
    const aborter = new AbortController();
    let started = 0;
    store.list = () => {
      started++;
      aborter.abort();
      return new Promise(() => {});
    };
    const client = clientOf({ store });
    await assert.rejects(listAll(client, aborter.signal), { name: "AbortError" });
    await assert.rejects(listAll(client, aborter.signal), { name: "AbortError" });
    assert.equal(started, 1);
  });

  it("serves clients of several regions, each its own profiles", async () => {
    const requestHandler = embeddedRequestHandler({ store: "memory:" });
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
    const [here, there] = ["eu-west-1", "eu-west-2"].map(
      (region) =>
        new CodeStarClient({
          region,
          credentials,
          endpoint: "http://embedded.invalid",
          requestHandler,
        }),
    );
    await here!.send(new CreateUserProfileCommand(profileInput()));
    await assert.rejects(
      there!.send(new DescribeUserProfileCommand({ userArn: arnOf("intern") })),
      { name: "UserProfileNotFoundException" },
    );
  });

  it("loads a store's library only with that store", async () => {
    const script = `
      const { embeddedRequestHandler } = require("./service/embedded");
      const handler = embeddedRequestHandler({ store: "memory:" });
      handler.handle({ method: "POST", path: "/", headers: {}, body: "{}" }).then(({ response }) => {
        const loaded = Object.keys(require.cache).filter((file) => /libsql|client-dynamodb|signature-v4|[/\\\\]zod[/\\\\]/.test(file));
        console.log(JSON.stringify([response.statusCode, loaded]));
      });`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--require", "ts-node/register/transpile-only", "--eval", script],
      { cwd: join(__dirname, "../..") },
    );
    assert.deepEqual(JSON.parse(stdout), [400, []]);
  });
});
