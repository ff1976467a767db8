// dynalite, a well-kept DynamoDB in JavaScript, holding the same profiles. Arguments: how many, and
// the folder in which it is to keep them; without one it keeps them in memory.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
// @ts-expect-error It has no types.
import dynalite from "dynalite";
import { serve } from "../processes";
import { arnOf } from "./profiles";
import { itemOf, table, unverified } from "./requests";

const [count = "0", path] = process.argv.slice(2);

async function start(): Promise<void> {
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await call(port, "CreateTable", {
    AttributeDefinitions: [{ AttributeName: "userArn", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "userArn", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  while (!(await call(port, "DescribeTable", {})).includes('"ACTIVE"'));
  for (let n = 0; n < Number(count); n++) {
    await call(port, "PutItem", { Item: itemOf(arnOf(n)) });
  }
  serve(port);
}

async function call(port: number, operation: string, input: object): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    headers: unverified("dynamodb", `DynamoDB_20120810.${operation}`),
    body: JSON.stringify({ TableName: table, ...input }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${operation}: ${text}`);
  return text;
}

void start();
