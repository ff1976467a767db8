import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../support/imports";

/** What the stand-ins for AWS's services were asked, and what they answer. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Found {
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly error?: string;
}

interface Situation {
  /** The stack's settings, as `settings.ts` reads them. */
  readonly settings?: object;
  readonly environment?: Record<string, string>;
  /** Files below the home folder. */
  readonly files?: Record<string, string>;
}

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const startUrl = "https://example.awsapps.com/start";
const ssoToken = JSON.stringify({ accessToken: "sso-token", expiresAt: inAnHour, startUrl });

/** In a process of its own, whose environment and home folder are the situation's alone. */
const script = `
  const { createClient } = require(process.argv[1] + "/dist/client/sdkClient.js");
  const client = createClient(JSON.parse(process.argv[2]), "eu-west-1");
  client.config.credentials().then(
    ({ accessKeyId, secretAccessKey, sessionToken }) => ({ accessKeyId, secretAccessKey, sessionToken }),
    ({ name }) => ({ error: name }),
  ).then((found) => { console.log(JSON.stringify(found)); process.exit(); });`;

describe("sources of credentials, as the published client finds them", function () {
  this.timeout(60_000);
  let home: string;
  let server: Server;
  let url: string;
  let calls: Call[];

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "codestar-credentials-"));
    calls = [];
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      request.on("end", () => {
        const { method = "", url: path = "", headers } = request;
        calls.push({ method, path, headers, body });
        const answer = answerOf({ method, path, headers, body });
        response.setHeader(
          "content-type",
          answer?.startsWith("{") ? "application/json" : "text/xml",
        );
        response.writeHead(answer === undefined ? 404 : 200).end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function find({ settings = {}, environment = {}, files = {} }: Situation): Promise<Found> {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    }
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["-e", script, repository, JSON.stringify(settings)],
      {
        timeout: 30_000,
        env: {
          PATH: process.env.PATH,
          HOME: home,
          USERPROFILE: home,
          AWS_ENDPOINT_URL_STS: url,
          AWS_ENDPOINT_URL_SSO: url,
          AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
          ...environment,
        },
      },
    );
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  }

  const keys = (name: string) => ({ accessKeyId: name, secretAccessKey: `secret of ${name}` });
  const inFile = (name: string) =>
    `aws_access_key_id = ${name}\naws_secret_access_key = secret of ${name}\n`;
  const inEnvironment = (name: string) => ({
    AWS_ACCESS_KEY_ID: name,
    AWS_SECRET_ACCESS_KEY: `secret of ${name}`,
  });
  const loopback = { endpoint: { kind: "http", url: "http://127.0.0.1:1", loopback: true } };
  const roleOf = (name: string) => ({ ...keys(name), sessionToken: `session of ${name}` });
  /** Prints what a `credential_process` has to. */
  const processOf = (name: string) => {
    const answer = { Version: 1, AccessKeyId: name, SecretAccessKey: `secret of ${name}` };
    return `echo '${JSON.stringify(answer)}'`;
  };

  it("the environment, with a session token", async () => {
    const environment = { ...inEnvironment("ENV"), AWS_SESSION_TOKEN: "token" };
    assert.deepEqual(await find({ environment }), { ...keys("ENV"), sessionToken: "token" });
    assert.deepEqual(calls, []);
  });

  it("the default profile of the shared credentials file", async () => {
    const files = { ".aws/credentials": `[default]\n${inFile("SHARED")}` };
    assert.deepEqual(await find({ files }), keys("SHARED"));
  });

  it("the profile that AWS_PROFILE names, before keys in the environment", async () => {
    const files = { ".aws/config": `[profile team]\n${inFile("TEAM")}` };
    const environment = { AWS_PROFILE: "team", ...inEnvironment("ENV") };
    assert.deepEqual(await find({ files, environment }), keys("TEAM"));
  });

  it("the profile that aws:profile names, before everything else", async () => {
    const files = { ".aws/credentials": `[team]\n${inFile("TEAM")}[other]\n${inFile("OTHER")}` };
    const environment = { AWS_PROFILE: "other", ...inEnvironment("ENV") };
    assert.deepEqual(
      await find({ settings: { profile: "team" }, files, environment }),
      keys("TEAM"),
    );
  });

  it("files elsewhere, as AWS_SHARED_CREDENTIALS_FILE says", async () => {
    const files = { elsewhere: `[default]\n${inFile("ELSEWHERE")}` };
    const environment = { AWS_SHARED_CREDENTIALS_FILE: join(home, "elsewhere") };
    assert.deepEqual(await find({ files, environment }), keys("ELSEWHERE"));
  });

  it("a process that a profile names", async () => {
    const files = {
      ".aws/config": `[profile tool]\ncredential_process = ${processOf("PROCESS")}\n`,
    };
    assert.deepEqual(await find({ environment: { AWS_PROFILE: "tool" }, files }), keys("PROCESS"));
    assert.deepEqual(await find({ settings: { profile: "tool" }, files }), keys("PROCESS"));
  });

  for (const [kind, profile, tokenOf] of [
    ["settings of its own", `sso_start_url = ${startUrl}\nsso_region = us-east-1\n`, startUrl],
    ["a session", "sso_session = company\n", "company"],
  ] as const) {
    it(`SSO by a profile with ${kind}, signed in before`, async () => {
      const session = `[sso-session company]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`;
      const role = "sso_account_id = 123456789012\nsso_role_name = reader\n";
      const token = createHash("sha1").update(tokenOf).digest("hex");
      const files = {
        ".aws/config": `[profile sso]\n${profile}${role}${session}`,
        [`.aws/sso/cache/${token}.json`]: ssoToken,
      };
      const found = await find({ environment: { AWS_PROFILE: "sso" }, files });
      assert.deepEqual(found, roleOf("SSO"));
      const [call] = calls;
      assert.match(call?.path ?? "", /[?&]role_name=reader\b/);
      assert.match(call?.path ?? "", /[?&]account_id=123456789012\b/);
      assert.equal(call?.headers["x-amz-sso_bearer_token"], "sso-token");
    });
  }

  it("a role that a profile assumes with another profile", async () => {
    const files = {
      ".aws/credentials": `[base]\n${inFile("BASE")}`,
      ".aws/config":
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\nrole_session_name = me\n",
    };
    assert.deepEqual(await find({ settings: { profile: "role" }, files }), roleOf("AssumeRole"));
    const [call] = calls;
    assert.match(call?.body ?? "", /\bRoleSessionName=me\b/);
    assert.match(call?.headers.authorization ?? "", /Credential=BASE\/\d{8}\/[a-z0-9-]+\/sts\//);
    assert.deepEqual(await find({ environment: { AWS_PROFILE: "role" } }), roleOf("AssumeRole"));
    assert.match(calls[1]?.headers.authorization ?? "", /Credential=BASE\/\d{8}\/eu-west-1\/sts\//);
  });

  it("a role that a profile assumes with keys in the environment", async () => {
    const files = {
      ".aws/config":
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/reader\ncredential_source = Environment\n",
    };
    const environment = inEnvironment("ENV");
    const found = await find({ settings: { profile: "role" }, environment, files });
    assert.deepEqual(found, roleOf("AssumeRole"));
    assert.match(calls[0]?.headers.authorization ?? "", /Credential=ENV\//);
  });

  it("a web identity, by the environment", async () => {
    const environment = {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "token"),
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pipeline",
    };
    const found = await find({ environment, files: { token: "a-web-token" } });
    assert.deepEqual(found, roleOf("AssumeRoleWithWebIdentity"));
    assert.match(calls[0]?.body ?? "", /WebIdentityToken=a-web-token/);
  });

  it("a web identity, by a profile", async () => {
    const files = {
      token: "a-web-token",
      ".aws/config": `[profile web]\nrole_arn = arn:aws:iam::123456789012:role/pipeline\nweb_identity_token_file = ${join(home, "token")}\n`,
    };
    const found = await find({ settings: { profile: "web" }, files });
    assert.deepEqual(found, roleOf("AssumeRoleWithWebIdentity"));
  });

  it("a container's address, with its token", async () => {
    const environment = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/container`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
    };
    assert.deepEqual(await find({ environment }), roleOf("CONTAINER"));
    assert.equal(calls[0]?.headers.authorization, "container-token");
  });

  it("the metadata service of a machine, by its second version", async () => {
    assert.deepEqual(await find({}), roleOf("MACHINE"));
    assert.ok(
      calls.every(
        ({ method, headers }) =>
          method === "PUT" || headers["x-aws-ec2-metadata-token"] === "machine-token",
      ),
    );
  });

  it("none where the metadata service is switched off", async () => {
    const environment = { AWS_EC2_METADATA_DISABLED: "true" };
    assert.deepEqual(await find({ environment }), { error: "CredentialsProviderError" });
    assert.deepEqual(calls, []);
  });

  it("none by a profile that is not there", async () => {
    const found = await find({
      settings: { profile: "nobody" },
      environment: inEnvironment("ENV"),
    });
    assert.deepEqual(found, { error: "CredentialsProviderError" });
  });

  describe("for a service on this machine", () => {
    it("the environment, then the files, then none, and no metadata service is asked", async () => {
      const files = { ".aws/credentials": `[default]\n${inFile("SHARED")}` };
      const anonymous = { accessKeyId: "anonymous", secretAccessKey: "anonymous" };
      assert.deepEqual(await find({ settings: loopback }), anonymous);
      const environment = inEnvironment("ENV");
      assert.deepEqual(await find({ settings: loopback, environment, files }), keys("ENV"));
      assert.deepEqual(await find({ settings: loopback }), keys("SHARED"));
      assert.deepEqual(calls, []);
    });
  });
});

/**
 * STS, the SSO portal, a container's credentials and the instance metadata,
 * told apart by what is asked.
 */
function answerOf({ method, path, body }: Call): string | undefined {
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  if (action !== undefined) {
    return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
      <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/reader/me</Arn><AssumedRoleId>A:me</AssumedRoleId></AssumedRoleUser>
      <Credentials><AccessKeyId>${action}</AccessKeyId><SecretAccessKey>secret of ${action}</SecretAccessKey>
      <SessionToken>session of ${action}</SessionToken><Expiration>${inAnHour}</Expiration></Credentials>
      </${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
  }
  const metadata = (name: string) =>
    JSON.stringify({
      Code: "Success",
      Type: "AWS-HMAC",
      LastUpdated: new Date().toISOString(),
      AccessKeyId: name,
      SecretAccessKey: `secret of ${name}`,
      Token: `session of ${name}`,
      Expiration: inAnHour,
    });
  if (path.startsWith("/federation/credentials")) {
    return JSON.stringify({
      roleCredentials: {
        accessKeyId: "SSO",
        secretAccessKey: "secret of SSO",
        sessionToken: "session of SSO",
        expiration: Date.parse(inAnHour),
      },
    });
  }
  if (path === "/container") return metadata("CONTAINER");
  if (method === "PUT" && path === "/latest/api/token") return "machine-token";
  if (/^\/latest\/meta-data\/iam\/security-credentials(?:-extended)?\/$/.test(path)) return "role";
  if (/^\/latest\/meta-data\/iam\/security-credentials(?:-extended)?\/role$/.test(path)) {
    return metadata("MACHINE");
  }
  return undefined;
}
