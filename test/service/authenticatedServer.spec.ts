import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeStarClient,
  type CodeStarClientConfig,
  CreateUserProfileCommand,
  DeleteUserProfileCommand,
  DescribeUserProfileCommand,
  ListUserProfilesCommand,
  UpdateUserProfileCommand,
} from "@aws-sdk/client-codestar";
import { pino } from "pino";
import type { ServiceRequest } from "../../service/api/request";
import { logResponse } from "../../service/http/requestLog";
import { type RunningServer, startServer } from "../../service/http/server";
import { authentication } from "../../service/identity/authentication";
import { openPrincipalsFile, type PrincipalsFile } from "../../service/identity/principalsFile";
import {
  account,
  adminKey,
  aliceArn,
  aliceKey,
  principalsDocument,
  signedRequest,
  temporaryKey,
} from "../support/signedRequest";

const bobArn = `arn:aws:iam::${account}:user/bob`;
const foreignArn = "arn:aws:iam::999999999999:user/mallory";
const profile = (userArn: string) => ({
  userArn,
  displayName: "Some One",
  emailAddress: "someone@example.com",
});

describe("server with authentication", () => {
  let directory: string;
  let path: string;
  let principals: PrincipalsFile;
  let server: RunningServer;
  let clients: CodeStarClient[];
  let headers: Readonly<Record<string, string | string[] | undefined>>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "authenticated-"));
    path = join(directory, "principals.json");
    await writeFile(path, JSON.stringify(principalsDocument), { mode: 0o600 });
    principals = await openPrincipalsFile({ path });
    const authenticate = authentication({ credentials: principals, clock: Date.now });
    server = await startServer({
      store: "memory:",
      authenticate: (request: ServiceRequest) => {
        headers = request.headers;
        return authenticate(request);
      },
    });
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    await server.stop();
    principals.close();
    await rm(directory, { recursive: true });
  });

  function clientOf(
    credentials: NonNullable<CodeStarClientConfig["credentials"]>,
    more: CodeStarClientConfig = {},
  ): CodeStarClient {
    const config = { region: "us-east-1", endpoint: server.url, credentials, ...more };
    const client = new CodeStarClient(config);
    clients.push(client);
    return client;
  }

  const isDenied = { name: "AccessDeniedException" };

  it("lets a user keep the profile of their own ARN, signed as the SDK signs", async () => {
    const alice = clientOf(aliceKey);
    await alice.send(new CreateUserProfileCommand(profile(aliceArn)));
    await alice.send(
      new UpdateUserProfileCommand({ userArn: aliceArn, displayName: "Älice 日本" }),
    );
    const found = await alice.send(new DescribeUserProfileCommand({ userArn: aliceArn }));
    assert.equal(found.displayName, "Älice 日本");
    const { userProfiles } = await alice.send(new ListUserProfilesCommand({}));
    assert.deepEqual(
      userProfiles?.map(({ userArn }) => userArn),
      [aliceArn],
    );
    await alice.send(new DeleteUserProfileCommand({ userArn: aliceArn }));
    assert.match(String(headers.authorization), /content-length;.*;x-amz-content-sha256;/);
  });

  it("denies a user the profiles of others, and lets them read those", async () => {
    const alice = clientOf(aliceKey);
    const admin = clientOf(adminKey);
    await admin.send(new CreateUserProfileCommand(profile(bobArn)));
    await assert.rejects(alice.send(new CreateUserProfileCommand(profile(bobArn))), isDenied);
    await assert.rejects(
      alice.send(new UpdateUserProfileCommand({ userArn: bobArn, displayName: "x" })),
      isDenied,
    );
    await assert.rejects(alice.send(new DeleteUserProfileCommand({ userArn: bobArn })), {
      name: "AccessDeniedException",
      message: `User: ${aliceArn} is not authorized to perform: codestar:DeleteUserProfile on resource: ${bobArn}, because only administrators write the profiles of others`,
    });
    const found = await alice.send(new DescribeUserProfileCommand({ userArn: bobArn }));
    assert.equal(found.displayName, "Some One");
  });

  it("keeps accounts apart, for administrators too", async () => {
    const admin = clientOf(adminKey);
    for (const command of [
      new CreateUserProfileCommand(profile(foreignArn)),
      new DescribeUserProfileCommand({ userArn: foreignArn }),
    ]) {
      await assert.rejects(admin.send(command as CreateUserProfileCommand), isDenied);
    }
  });

  it("takes the region from the verified signature", async () => {
    const west = clientOf(adminKey, { region: "us-west-2" });
    const east = clientOf(adminKey, { region: "us-east-1" });
    await west.send(new CreateUserProfileCommand(profile(bobArn)));
    await assert.rejects(east.send(new DescribeUserProfileCommand({ userArn: bobArn })), {
      name: "UserProfileNotFoundException",
    });
    await west.send(new DescribeUserProfileCommand({ userArn: bobArn }));
  });

  it("takes temporary keys with their session token alone", async () => {
    const { accessKeyId, secretAccessKey } = temporaryKey;
    await clientOf(temporaryKey).send(new ListUserProfilesCommand({}));
    await assert.rejects(
      clientOf({ accessKeyId, secretAccessKey }).send(new ListUserProfilesCommand({})),
      { name: "UnrecognizedClientException" },
    );
  });

  it("tells the SDK of unknown keys and wrong secrets as AWS does", async () => {
    const unknown = clientOf({ ...aliceKey, accessKeyId: "AKIDNOBODY" });
    await assert.rejects(unknown.send(new ListUserProfilesCommand({})), {
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
    const wrong = clientOf({ ...aliceKey, secretAccessKey: adminKey.secretAccessKey });
    await assert.rejects(wrong.send(new ListUserProfilesCommand({})), (error) => {
      assert(error instanceof Error);
      assert.equal(error.name, "InvalidSignatureException");
      assert(!JSON.stringify(error).includes(aliceKey.secretAccessKey));
      return true;
    });
  });

  it("lets a client whose clock is an hour off correct itself by our Date header", async () => {
    for (const offset of [3_600_000, -3_600_000]) {
      const client = clientOf(aliceKey, { systemClockOffset: offset });
      const { $metadata } = await client.send(new ListUserProfilesCommand({}));
      assert.equal($metadata.attempts, 2);
    }
  });

  it("refuses unsigned requests, tampered bodies and other hosts over the wire", async () => {
    const { hostname, port, host } = new URL(server.url);
    const post = (rawHeaders: readonly string[], body: Uint8Array) =>
      new Promise<{ status: number | undefined; type: string }>((resolve, reject) => {
        const options = { hostname, port, method: "POST", path: "/", headers: rawHeaders };
        const message = httpRequest(options, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const { __type } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
            resolve({ status: response.statusCode, type: __type });
          });
        });
        message.on("error", reject);
        message.end(body);
      });

    const date = new Date();
    const { rawHeaders, body } = await signedRequest({ date, host });
    const length = ["Content-Length", String(body.length)];
    assert.deepEqual(await post([...rawHeaders, ...length], body), {
      status: 404,
      type: "UserProfileNotFoundException",
    });

    const tampered = Buffer.from(Buffer.from(body).toString("utf8").replace("alice", "alicf"));
    assert.deepEqual(await post([...rawHeaders, ...length], tampered), {
      status: 400,
      type: "InvalidSignatureException",
    });

    const other = await signedRequest({ date, host: "codestar.us-east-1.amazonaws.com" });
    const moved = other.rawHeaders.map((text) =>
      text === "codestar.us-east-1.amazonaws.com" ? host : text,
    );
    assert.deepEqual(await post([...moved, ...length], body), {
      status: 400,
      type: "InvalidSignatureException",
    });

    const unsigned = ["Host", host, "X-Amz-Target", "CodeStar_20170419.ListUserProfiles"];
    assert.deepEqual(await post([...unsigned, "Content-Length", "2"], Buffer.from("{}")), {
      status: 400,
      type: "MissingAuthenticationTokenException",
    });
  });

  it("tells its log who was refused: the remote address, and the access key id but no secret", async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
    await server.stop();
    server = await startServer({
      store: "memory:",
      authenticate: authentication({ credentials: principals, clock: Date.now }),
      onResponse: (...answer) => logResponse(log, ...answer),
    });
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for (const key of [
      { ...aliceKey, accessKeyId: "AKIDNOBODY" },
      { ...aliceKey, secretAccessKey: adminKey.secretAccessKey },
      { accessKeyId: secret, secretAccessKey: secret },
    ]) {
      await assert.rejects(clientOf(key).send(new ListUserProfilesCommand({})));
    }
    assert.deepEqual(
      lines.map(({ level, error, remote, accessKeyId }) => [level, error, remote, accessKeyId]),
      [
        [40, "UnrecognizedClientException", "127.0.0.1", "AKIDNOBODY"],
        [40, "InvalidSignatureException", "127.0.0.1", aliceKey.accessKeyId],
        [40, "IncompleteSignatureException", "127.0.0.1", undefined],
      ],
    );
    assert.doesNotMatch(JSON.stringify(lines), /wJalr|K7MDENG/);
  });

  it("drops no request while the principals file changes", async () => {
    const alice = clientOf(aliceKey);
    const admin = clientOf(adminKey);
    let done = false;
    const load = Array.from({ length: 8 }, async () => {
      let answered = 0;
      while (!done) {
        await alice.send(new ListUserProfilesCommand({}));
        answered += 1;
      }
      return answered;
    });
    const [alicePrincipal] = principalsDocument.principals;
    for (const content of [
      JSON.stringify({ principals: [alicePrincipal] }),
      "{ broken",
      JSON.stringify(principalsDocument),
      JSON.stringify({ principals: [alicePrincipal] }),
    ]) {
      await writeFile(`${path}.next`, content, { mode: 0o600 });
      await rename(`${path}.next`, path);
      await principals.reload();
    }
    done = true;
    for (const answered of await Promise.all(load)) assert(answered >= 1);
    await assert.rejects(admin.send(new ListUserProfilesCommand({})), {
      name: "UnrecognizedClientException",
    });
  });
});
