// The load: a process that keeps requests going over a number of connections and times each. It
// writes bytes prepared beforehand and reads no more of an answer than where it ends, so that it
// leaves the processors to the servers.
import { connect } from "node:net";
import { serve } from "../processes";

export interface Load {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Whole HTTP requests, sent in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly milliseconds: number;
}

export interface Outcome {
  /** Answers with status 200. */
  readonly perSecond: number;
  /** In milliseconds, like `p99`. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with another status, and connections that broke within one. */
  readonly failures: number;
}

async function run({ port, requests, connections, milliseconds }: Load): Promise<Outcome> {
  const messages = requests.map((text) => Buffer.from(text));
  const times: number[] = [];
  let failures = 0;
  let next = 0;
  const begin = performance.now();
  const end = begin + milliseconds;

  /** One connection, and those that take its place when the server closes it. */
  const drive = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let sent = 0;
      let pending = Buffer.alloc(0);
      let waiting = false;
      const send = () => {
        if (performance.now() >= end) {
          socket.destroy();
          return;
        }
        waiting = true;
        sent = performance.now();
        socket.write(messages[next++ % messages.length] as Buffer);
      };
      socket.on("connect", send);
      socket.on("data", (chunk) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const answer = wholeAnswer(pending);
        if (answer === undefined) return;
        pending = Buffer.alloc(0);
        waiting = false;
        if (answer.status === 200) times.push(performance.now() - sent);
        else failures++;
        if (answer.closes) socket.destroy();
        else send();
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        if (waiting) failures++;
        if (performance.now() >= end) resolve();
        else void drive().then(resolve);
      });
    });

  await Promise.all(Array.from({ length: connections }, drive));
  const seconds = (performance.now() - begin) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), failures };
}

function wholeAnswer(bytes: Buffer): { status: number; closes: boolean } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) throw new Error(`an answer without a length:\n${head}`);
  if (bytes.length < headEnd + 4 + Number(length[1])) return undefined;
  return {
    status: Number(head.slice(9, 12)),
    closes: /\r\nconnection: *close/i.test(head) || head.startsWith("HTTP/1.0"),
  };
}

serve(0, run);
