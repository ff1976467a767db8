// A process of its own that writes profiles of two regions to one file, as a Pulumi program with
// profiles in two regions does: `twoRegions.cjs FILE`. Prints each profile's region and user once
// it has been acknowledged.
const { CodeStarClient, CreateUserProfileCommand } = require("@aws-sdk/client-codestar");
const { embeddedRequestHandler } = require("../../dist/service/embedded.js");

const [, , file] = process.argv;

async function write(region) {
  const client = new CodeStarClient({
    region,
    endpoint: "http://embedded.invalid",
    credentials: { accessKeyId: "embedded", secretAccessKey: "embedded" },
    requestHandler: embeddedRequestHandler({ store: `file:${file}` }),
  });
  for (let n = 0; ; n++) {
    await client.send(
      new CreateUserProfileCommand({
        userArn: `arn:aws:iam::123456789012:user/user-${n}`,
        displayName: `User ${n}`,
        emailAddress: "someone@example.com",
      }),
    );
    process.stdout.write(`${region} user-${n}\n`);
  }
}

process.on("disconnect", () => process.exit());
void Promise.all(["us-east-1", "eu-west-1"].map(write));
