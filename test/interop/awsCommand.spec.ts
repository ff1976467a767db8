import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsCommand, type CommandReply, obtainOrSkip, type Target } from "../support/awsClients";
import { type InteropService, startInteropService } from "../support/interopService";
import { arnOf, profileInput, storedProfile } from "../support/profiles";
import { cleanEnvironment } from "../support/pythonDriver";

/** The program as people start it; all else about it is tested within one process of Python. */
describe("the aws command", () => {
  let service: InteropService;
  let folder: string;
  before(async function () {
    await obtainOrSkip(this, "debian");
    folder = await mkdtemp(join(tmpdir(), "codestar-aws-"));
  });
  after(async () => {
    if (folder) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    service = await startInteropService();
    await service.store.create("us-east-1", storedProfile());
  });
  afterEach(() => service.stop());

  function aws(
    args: readonly string[],
    { target = service.target(), settings = {} }: { target?: Target; settings?: object } = {},
  ): Promise<CommandReply> {
    const command = awsCommand(target, args);
    const env = { ...cleanEnvironment, ...command.environment, ...settings };
    return new Promise((resolve) => {
      execFile("/usr/bin/aws", command.arguments, { env }, (error, out, err) => {
        resolve({ status: error === null ? 0 : Number(error.code), out, err });
      });
    });
  }

  const describeIntern = ["describe-user-profile", "--user-arn", arnOf("intern")];

  it("prints a profile, times in ISO 8601", async () => {
    const { status, out } = await aws(describeIntern);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(out), {
      ...profileInput({ sshPublicKey: "" }),
      createdTimestamp: "2019-10-31T20:05:08.607000+00:00",
      lastModifiedTimestamp: "2019-10-31T20:05:08.607000+00:00",
    });
  });

  it("prints times as they were on the wire when it is asked to", async () => {
    const config = join(folder, "config");
    await writeFile(config, "[default]\ncli_timestamp_format = wire\n");
    const query = ["--query", "createdTimestamp"];
    const { out } = await aws([...describeIntern, ...query], {
      settings: { AWS_CONFIG_FILE: config },
    });
    assert.equal(out, "1572552308.607\n");
  });

  it("takes a key from a file, unsigned", async () => {
    const file = join(folder, "key.pub");
    await writeFile(file, "ssh-ed25519 AAAA intern@host\n");
    const unsigned = service.target({ credentials: undefined });
    const { status, out } = await aws(
      [
        ...["update-user-profile", "--user-arn", arnOf("intern")],
        ...["--ssh-public-key", `file://${file}`, "--output", "text"],
      ],
      { target: unsigned },
    );
    assert.equal(status, 0);
    assert.match(out, /\tssh-ed25519 AAAA intern@host\n/);
    const { headers, body } = service.proxy.requests[0]!;
    assert.deepEqual([headers.authorization, headers["x-amz-date"]], [undefined, undefined]);
    assert.deepEqual(JSON.parse(body), {
      userArn: arnOf("intern"),
      sshPublicKey: "ssh-ed25519 AAAA intern@host\n",
    });
  });

  it("exits with 254 for an error of the service, with 255 when there is none", async () => {
    const absent = ["describe-user-profile", "--user-arn", arnOf("nobody")];
    const refused = await aws(absent);
    assert.equal(refused.status, 254);
    assert.match(refused.err, /An error occurred \(UserProfileNotFoundException\)/);
    await service.proxy.stop();
    const away = await aws(absent);
    assert.equal(away.status, 255);
    assert.match(away.err, /Could not connect to the endpoint URL: "http:\/\/127\.0\.0\.1/);
  });
});
