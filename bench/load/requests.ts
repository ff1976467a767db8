// Whole HTTP requests, as bytes to be sent: signing and formatting them costs the
// load nothing while it runs.
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { Secret } from "pulumi-codestar/service";
import { account, arnOf, profileOf } from "./profiles";

type Headers = Readonly<Record<string, string>>;

export const table = "profiles";
export const parameter = "/bench/profile";
const key = {
  accessKeyId: "AKIDBENCH",
  secretAccessKey: "bench-secret-0123456789-abcdefghijklmnop",
};
export const credential = {
  principal: { name: "bench", account, administrator: true },
  accessKeyId: key.accessKeyId,
  secretAccessKey: new Secret(key.secretAccessKey),
};

/** How many different requests take turns. */
const variety = 256;

/** A request for each of as many ARNs, spread evenly over the profiles. */
function forEach<Text>(profiles: number, request: (userArn: string) => Text): Text[] {
  const step = Math.max(1, Math.floor(profiles / variety));
  return Array.from({ length: variety }, (_, index) => request(arnOf((index * step) % profiles)));
}

const host = { host: "127.0.0.1" };

function message(headers: Headers, body: string): string {
  const length = Buffer.byteLength(body);
  const all = Object.entries({ ...host, ...headers, "content-length": length });
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

const codestar = (operation: string) => ({
  "content-type": "application/x-amz-json-1.1",
  "x-amz-target": `CodeStar_20170419.${operation}`,
});

/** Headers for the servers that look at the form of a signature only. */
export const unverified = (service: "dynamodb" | "ssm", target: string) => ({
  "content-type": `application/x-amz-json-1.${service === "ssm" ? 1 : 0}`,
  "x-amz-target": target,
  "x-amz-date": "20260101T000000Z",
  authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

export const describe = (profiles: number) =>
  forEach(profiles, (userArn) =>
    message(codestar("DescribeUserProfile"), JSON.stringify({ userArn })),
  );

export const update = (profiles: number) =>
  forEach(profiles, (userArn) =>
    message(codestar("UpdateUserProfile"), JSON.stringify(profileOf(userArn))),
  );

export function signedDescribe(profiles: number): Promise<string[]> {
  const signer = new SignatureV4({
    credentials: key,
    region: "us-east-1",
    service: "codestar",
    sha256: Sha256,
    applyChecksum: true,
  });
  const signed = async (userArn: string) => {
    const body = JSON.stringify({ userArn });
    const { headers } = await signer.sign({
      method: "POST",
      protocol: "http:",
      hostname: "127.0.0.1",
      path: "/",
      query: {},
      headers: { ...host, ...codestar("DescribeUserProfile") },
      body,
    });
    return message(headers, body);
  };
  return Promise.all(forEach(profiles, signed));
}

/** One page of 100 from the middle of the profiles: the tokens are the server's own. */
export async function list(port: number, profiles: number): Promise<string[]> {
  const headers = codestar("ListUserProfiles");
  let body = JSON.stringify({ maxResults: 100 });
  // A token can be had only by listing; the fifth page is as deep as any, by the order of keys.
  for (let page = 0; page < Math.min(5, profiles / 100 - 1); page++) {
    const response = await fetch(`http://127.0.0.1:${port}`, { method: "POST", headers, body });
    const { nextToken } = (await response.json()) as { nextToken: string };
    body = JSON.stringify({ maxResults: 100, nextToken });
  }
  return [message(headers, body)];
}

export const itemOf = (userArn: string) =>
  Object.fromEntries(
    Object.entries(profileOf(userArn)).map(([name, value]) => [name, { S: value }]),
  );

const dynamoDb = (operation: string, input: object) =>
  message(
    unverified("dynamodb", `DynamoDB_20120810.${operation}`),
    JSON.stringify({ TableName: table, ...input }),
  );

export const getItem = (profiles: number) =>
  forEach(profiles, (userArn) => dynamoDb("GetItem", { Key: { userArn: { S: userArn } } }));

export const putItem = (profiles: number) =>
  forEach(profiles, (userArn) => dynamoDb("PutItem", { Item: itemOf(userArn) }));

export const getParameter = () => [
  message(
    { ...unverified("ssm", "AmazonSSM.GetParameter"), host: "ssm.us-east-1.amazonaws.com" },
    JSON.stringify({ Name: parameter }),
  ),
];

/** The hash that the signer asks for. */
class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Buffer };

  constructor(secret?: unknown) {
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
}
