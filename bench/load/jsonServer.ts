// The floor of the contests: node's own HTTP server, which parses the JSON of a
// request and answers JSON.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "../processes";
import type { profileOf } from "./profiles";

export type Input = ReturnType<typeof profileOf>;

/** Listens, and is one of the benchmark's processes. An answer of undefined is a failure. */
export function serveJson(
  answer: (input: Input, headers: IncomingHttpHeaders) => Promise<object | undefined> | object,
): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const input = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      const output = await answer(input, request.headers);
      const body = JSON.stringify(output ?? {});
      response.writeHead(output === undefined ? 500 : 200, {
        "content-type": "application/x-amz-json-1.1",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1", () => serve((server.address() as AddressInfo).port));
}
