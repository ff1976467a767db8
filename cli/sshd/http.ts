import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { type KeySource, NoAnswer } from "./keySource";

/** A profile is at most 100 kB of JSON: a key of 16,384 characters, each escaped as six. */
const longestAnswer = 256 * 1024;
const longestMessage = 300;

/**
 * One DescribeUserProfile call, without the AWS SDK: it takes longer to load
 * than all else here together.
 */
export async function findOverHttp(
  source: KeySource,
  userArn: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = new URL(source.endpoint);
  const body = JSON.stringify({ userArn });
  const headers = await authorized(source, url, body, {
    host: url.host,
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "CodeStar_20170419.DescribeUserProfile",
  });
  const answer = await post(url, headers, body, source.ca, signal);
  if (source.credentials === undefined && signatureErrors.has(typeOf(parse(answer.text)))) {
    throw new NoAnswer("wants signed requests; put credentials into the configuration", false);
  }
  return keyTextOf(answer, userArn);
}

const signatureErrors = new Set([
  "MissingAuthenticationTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "UnrecognizedClientException",
]);

type Headers = Readonly<Record<string, string>>;

async function authorized(
  { credentials, region }: KeySource,
  url: URL,
  body: string,
  headers: Headers,
): Promise<Headers> {
  const now = new Date();
  if (credentials === undefined) return { ...headers, authorization: regionOnly(region, now) };
  const { createSigner } = require("./signer") as typeof import("./signer");
  const { protocol, hostname, pathname: path } = url;
  const request = { method: "POST", protocol, hostname, path, headers: { ...headers }, body };
  return (await createSigner(credentials, region).sign(request, { signingDate: now })).headers;
}

/**
 * Unsigned, but naming the region as a signature does: without authentication the
 * service takes it from there.
 */
function regionOnly(region: string, now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll("-", "");
  return `AWS4-HMAC-SHA256 Credential=unsigned/${day}/${region}/codestar/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function post(
  url: URL,
  headers: Headers,
  body: string,
  ca: Buffer | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  // A name server that is away holds a look-up for ten seconds by default, and the process with it.
  process.env.RES_OPTIONS ??= "timeout:1 attempts:1";
  const { request } =
    url.protocol === "https:"
      ? (require("node:https") as typeof import("node:https"))
      : (require("node:http") as typeof import("node:http"));
  const options: RequestOptions & { ca?: Buffer } = {
    method: "POST",
    headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
    agent: false,
    signal,
    ...(ca && { ca }),
  };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, options, (response) => {
      read(response).then(resolve, reject);
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      reject(signal.aborted ? new NoAnswer("did not answer in time", true) : failure(error));
    });
    sent.end(body);
  });
}

function failure({ code = "", message }: NodeJS.ErrnoException): NoAnswer {
  if (/^E[A-Z]+(?:_AGAIN)?$/.test(code)) return new NoAnswer(`does not answer (${code})`, true);
  if (code.startsWith("HPE_")) return new NoAnswer(`answered with no HTTP (${code})`, true);
  // Such as a certificate that is not trusted: nothing that passes by itself.
  return new NoAnswer(`cannot be talked to: ${message.slice(0, longestMessage)}`, false);
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > longestAnswer) throw new NoAnswer("answered with too much", true);
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer("broke off its answer", true);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
}

/**
 * Only what the API says counts as said by the service. Anything else comes from what is on the
 * way, a proxy or a page about a failure, while the service is away.
 */
function keyTextOf({ status, text }: Answer, userArn: string): string | undefined {
  const body = parse(text);
  if (status === 200) {
    if (typeof body?.userArn !== "string") throw new NoAnswer("answered with no profile", true);
    // Some other answer, of a cache on the way perhaps, must not become this user's keys.
    if (body.userArn !== userArn) throw new NoAnswer("answered with another profile", false);
    const { sshPublicKey = "" } = body;
    if (typeof sshPublicKey !== "string") throw new NoAnswer("answered with no profile", false);
    return sshPublicKey;
  }
  const type = typeOf(body);
  if (type === "UserProfileNotFoundException") return undefined;
  const message = typeof body?.message === "string" ? body.message : "";
  const said = type === "" ? `answered with status ${status}` : `refused: ${message} (${type})`;
  const outage = type === "" || status >= 500 || status === 429 || type === "ThrottlingException";
  throw new NoAnswer(said.slice(0, longestMessage), outage);
}

function typeOf(body: Record<string, unknown> | undefined): string {
  return typeof body?.__type === "string" ? body.__type.replace(/^.*#/, "") : "";
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
