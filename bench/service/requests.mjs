// Whole HTTP requests, as bytes to be sent: signing and formatting them costs the load nothing while it runs.
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { account, arnOf, profileOf, spread } from "./profiles.mjs";

export const table = "profiles";
export const parameter = "/bench/profile";
const key = {
  accessKeyId: "AKIDBENCH",
  secretAccessKey: "bench-secret-0123456789-abcdefghijklmnop",
};
export const principal = { name: "bench", account, administrator: true, keys: [key] };

/** How many different requests take turns. */
const variety = 256;

/** @param {Readonly<Record<string, string>>} headers @param {string} body */
function message(headers, body) {
  const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) });
  return `POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** @param {string} operation */
const headersOf = (operation) => ({
  host: "127.0.0.1",
  "content-type": "application/x-amz-json-1.1",
  "x-amz-target": `CodeStar_20170419.${operation}`,
});

/** @param {number} profiles */
export const describe = (profiles) =>
  spread(variety, profiles).map((n) =>
    message(headersOf("DescribeUserProfile"), JSON.stringify({ userArn: arnOf(n) })),
  );

/** @param {number} profiles @returns {Promise<string[]>} */
export function signedDescribe(profiles) {
  const signer = new SignatureV4({
    credentials: key,
    region: "us-east-1",
    service: "codestar",
    sha256: /** @type {any} */ (Sha256),
    applyChecksum: true,
  });
  return Promise.all(
    spread(variety, profiles).map(async (n) => {
      const body = JSON.stringify({ userArn: arnOf(n) });
      const { headers } = await signer.sign({
        method: "POST",
        protocol: "http:",
        hostname: "127.0.0.1",
        path: "/",
        query: {},
        headers: headersOf("DescribeUserProfile"),
        body,
      });
      return message(headers, body);
    }),
  );
}

/** One page of 100 from the middle of the profiles: the tokens are the server's own. @param {number} port @param {number} profiles */
export async function list(port, profiles) {
  const body = (/** @type {object} */ more) => JSON.stringify({ maxResults: 100, ...more });
  let nextToken = "";
  // A token can be had only by listing; the fifth page is as deep as any, by the order of keys.
  for (let page = 0; page < Math.min(5, profiles / 100 - 1); page++) {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: headersOf("ListUserProfiles"),
      body: body(nextToken === "" ? {} : { nextToken }),
    });
    ({ nextToken } = /** @type {{ nextToken: string }} */ (await response.json()));
  }
  return [message(headersOf("ListUserProfiles"), body(nextToken === "" ? {} : { nextToken }))];
}

/** @param {number} profiles */
export const update = (profiles) =>
  spread(variety, profiles).map((n) => {
    const { userArn, displayName, emailAddress, sshPublicKey } = profileOf(arnOf(n));
    return message(
      headersOf("UpdateUserProfile"),
      JSON.stringify({ userArn, displayName, emailAddress, sshPublicKey }),
    );
  });

/** @param {Readonly<Record<string, string>>} profile */
export const toItem = (profile) =>
  Object.fromEntries(Object.entries(profile).map(([name, value]) => [name, { S: value }]));

/** @param {string} operation @param {object} input */
const dynamoDb = (operation, input) =>
  message(
    {
      host: "127.0.0.1",
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      // dynalite looks at the form of a signature only.
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    },
    JSON.stringify(input),
  );

/** @param {number} profiles */
export const getItem = (profiles) =>
  spread(variety, profiles).map((n) =>
    dynamoDb("GetItem", { TableName: table, Key: { userArn: { S: arnOf(n) } } }),
  );

/** @param {number} profiles */
export const putItem = (profiles) =>
  spread(variety, profiles).map((n) =>
    dynamoDb("PutItem", { TableName: table, Item: toItem(profileOf(arnOf(n))) }),
  );

/** @param {string} operation @param {object} input */
export const systemsManager = (operation, input) =>
  message(
    {
      host: "ssm.us-east-1.amazonaws.com",
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AmazonSSM.${operation}`,
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0",
    },
    JSON.stringify(input),
  );

/** The hash that the signer asks for. */
class Sha256 {
  /** @param {string | Uint8Array} [secret] */
  constructor(secret) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  /** @param {string | Uint8Array} data */
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}
