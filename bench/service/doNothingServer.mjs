// The floor: node's own HTTP server, which parses the JSON of a request and answers the JSON of a profile.
import { createServer } from "node:http";
import { profileOf } from "./profiles.mjs";

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { userArn } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const body = JSON.stringify({
      ...profileOf(userArn),
      createdTimestamp: 1_572_552_308.607,
      lastModifiedTimestamp: 1_572_552_308.607,
    });
    response.writeHead(200, {
      "content-type": "application/x-amz-json-1.1",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  process.send?.({ ready: true, port });
});
process.on("disconnect", () => process.exit());
