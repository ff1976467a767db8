import type { IncomingMessage } from "node:http";
import { ServiceError } from "../api/errors";

/**
 * A client that sends a body too long gets to read the error only when it has been let to finish.
 */
const discarded = 8;

/**
 * Reads a body of at most `limit` bytes. Rejects with a ServiceError for a longer one, once it has
 * been read to its end, though of no more than eight times the limit. Never settles when the client
 * goes away: there is nobody left to answer.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > limit * discarded) {
        request.pause();
        reject(ServiceError.requestEntityTooLarge(limit));
      }
    });
    request.on("end", () => {
      if (length > limit) reject(ServiceError.requestEntityTooLarge(limit));
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
    });
    // Without a listener the end of a connection in the middle of a body would end the process.
    request.on("error", () => {});
  });
}
