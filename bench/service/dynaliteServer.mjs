// dynalite, a well-kept DynamoDB in JavaScript, holding the same profiles. Arguments: how many, and the folder in which it is
// to keep them; without one it keeps them in memory.
import { once } from "node:events";
// @ts-expect-error It has no types.
import dynalite from "dynalite";
import { arnOf, profileOf } from "./profiles.mjs";
import { table, toItem } from "./requests.mjs";

const [count = "0", path] = process.argv.slice(2);
const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

/** @param {string} operation @param {object} input */
async function call(operation, input) {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(input),
  });
  if (response.status !== 200) throw new Error(`${operation}: ${await response.text()}`);
  return /** @type {any} */ (await response.json());
}

await call("CreateTable", {
  TableName: table,
  AttributeDefinitions: [{ AttributeName: "userArn", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "userArn", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
});
while ((await call("DescribeTable", { TableName: table })).Table.TableStatus !== "ACTIVE");
for (let n = 0; n < Number(count); n++) {
  await call("PutItem", { TableName: table, Item: toItem(profileOf(arnOf(n))) });
}
process.on("disconnect", () => process.exit());
process.send?.({ ready: true, port });
