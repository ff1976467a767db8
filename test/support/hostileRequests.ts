import { type OperationName, operationNames } from "../../service/api/constraints";
import { type Signing, signedRequest } from "./signedRequest";

/** What goes over one connection: the bytes, and how the client behaves besides. */
export interface HostileRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Milliseconds to wait after each part, of which there are up to four; at once when absent. */
  readonly slow?: number;
  /** Ends its side after the last byte, as one does who has no more to say; or breaks off. */
  readonly end?: "close" | "reset";
}

/** The same numbers for the same seed (mulberry32), so that a failure can be had again. */
export function numbers(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (share: number) => next() < share,
    of: <T>(choices: readonly T[]): T => choices[below(choices.length)]!,
    bytes: (length: number) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

export type Numbers = ReturnType<typeof numbers>;

/** Values that code trips over, where a member, a header or a token is expected. */
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  -0.5,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u{10ffff}".repeat(64),
  "a".repeat(20_000),
  "arn:aws:iam::123456789012:user/",
  `arn:aws:iam::123456789012:user/${"/".repeat(64)}x`,
  "arn:aws:iam::١٢٣:user/a",
  "'; DROP TABLE profiles; --",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "%00%ff",
  // Patterns that are checked carelessly take exponential time for these.
  `${"a".repeat(50)}!`,
  ` ${" ".repeat(60)}`,
  `${".-".repeat(60)}@`,
  [],
  [[[[]]]],
  {},
  { toString: 1 },
];

const validInput: Readonly<Record<OperationName, Readonly<Record<string, unknown>>>> = {
  CreateUserProfile: {
    userArn: "arn:aws:iam::123456789012:user/alice",
    displayName: "Alice",
    emailAddress: "alice@example.com",
    sshPublicKey: "ssh-rsa AAAA",
  },
  DescribeUserProfile: { userArn: "arn:aws:iam::123456789012:user/alice" },
  UpdateUserProfile: { userArn: "arn:aws:iam::123456789012:user/alice", displayName: "Al" },
  DeleteUserProfile: { userArn: "arn:aws:iam::123456789012:user/alice" },
  ListUserProfiles: { maxResults: 3 },
};

/** A body for the operation in which something is amiss. */
function body(random: Numbers, operation: OperationName): Buffer {
  const input: Record<string, unknown> = { ...validInput[operation] };
  const text = JSON.stringify(input);
  const make: (() => string | Buffer)[] = [
    () => {
      for (const name of Object.keys(input)) {
        if (random.chance(0.6)) input[name] = random.of(oddValues);
      }
      return JSON.stringify(input);
    },
    () => {
      input.nextToken = random.chance(0.5)
        ? random.bytes(random.below(400)).toString("base64")
        : random.of(oddValues);
      input.maxResults = random.of(oddValues);
      return JSON.stringify(input);
    },
    () => text.slice(0, random.below(text.length)),
    () => `${text}${random.of(["}", "null", text, "\u0000", ",", " //"])}`,
    () => random.bytes(random.below(300)),
    () => {
      const bytes = Buffer.from(text);
      for (let n = 0; n < 3; n++) bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    },
    () => `${'{"a":'.repeat(random.below(20_000))}`,
    () => "[".repeat(random.below(100_000)),
    () => `{"userArn":"a","userArn":${JSON.stringify(random.of(oddValues))}}`,
    () => '{"__proto__":{"userArn":"x"},"constructor":{"prototype":{}}}',
    () => random.of(["", "null", "[]", '"text"', "1", "NaN", "\ufeff{}", "{'a':1}", "<xml/>"]),
  ];
  return Buffer.from(random.of(make)());
}

const target = (operation: string) => `CodeStar_20170419.${operation}`;

/** Valid in its framing: what is wrong is in headers, target or body. */
function wellFramed(random: Numbers): HostileRequest {
  const operation = random.of(operationNames);
  const content = body(random, operation);
  const name = random.chance(0.85)
    ? target(operation)
    : random.of(["", ".", target(""), target("__proto__"), target("toString"), "x".repeat(9000)]);
  const method = random.chance(0.93)
    ? "POST"
    : random.of(["GET", "PUT", "HEAD", "OPTIONS", "TRACE", "DELETE", "PATCH"]);
  const path = random.chance(0.93)
    ? "/"
    : random.of(["//", "/?a=%zz", "/..", "*", "/health?x", `/${"a".repeat(9000)}`, "/%00"]);
  const extra = random.chance(0.8)
    ? ""
    : random.of([
        "origin: http://evil.example\r\n",
        "authorization: AWS4-HMAC-SHA256 Credential=\r\n",
        `authorization: ${"A".repeat(12_000)}\r\n`,
        "content-encoding: gzip\r\n",
        "expect: 200-ok\r\n",
        "x-amz-target: again\r\n",
        `${"x: y\r\n".repeat(1500)}`,
        "upgrade: h2c\r\nconnection: upgrade\r\n",
      ]);
  return {
    kind: "content",
    bytes: Buffer.concat([
      Buffer.from(
        `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${extra}content-type: application/x-amz-json-1.1\r\nx-amz-target: ${name}\r\ncontent-length: ${content.length}\r\n\r\n`,
      ),
      content,
    ]),
  };
}

/** Wrong in its framing: a parser may see another request, or another end, than another parser. */
function badlyFramed(random: Numbers): HostileRequest {
  const operation = random.of(operationNames);
  const content = JSON.stringify(validInput[operation]);
  const head = `host: localhost\r\nx-amz-target: ${target(operation)}\r\n`;
  const length = `content-length: ${content.length}\r\n`;
  const chunked = "transfer-encoding: chunked\r\n";
  const post = (headers: string, rest: string) => `POST / HTTP/1.1\r\n${head}${headers}\r\n${rest}`;
  const make: (() => string | Buffer)[] = [
    () => post(`${length}${chunked}`, content),
    () => post(`${length}content-length: ${content.length + 1}\r\n`, content),
    () => post(`${length}content-length: 0\r\n`, content),
    () =>
      post(
        `content-length: ${random.of(["-1", "1e3", "0x10", "", "+5", "9".repeat(30)])}\r\n`,
        content,
      ),
    () =>
      post(chunked, `${random.of(["zz", "-1", "", "fffffffffffffffff", "5;x=y"])}\r\n${content}`),
    () => post(chunked, `${content.length.toString(16)}\r\n${content}x\r\n0\r\n\r\n`),
    () => post(chunked, `1\r\n{\r\n`.repeat(random.below(300))),
    () =>
      post(
        `transfer-encoding: ${random.of(["gzip", "chunked, chunked", "identity", "xchunked"])}\r\n`,
        content,
      ),
    () => post(`transfer-encoding : chunked\r\n`, content),
    () => post(`${length} folded: x\r\n`, content),
    () => post(`bad header\r\n${length}`, content),
    () => post(`x: \u0000\r\n${length}`, content),
    () => post(`${length}`, content).replaceAll("\r\n", "\n"),
    () => post(length, content).slice(0, random.below(220)),
    () => post(`content-length: ${content.length + 50}\r\n`, content),
    () => post(length, content).repeat(3 + random.below(10)),
    () => `POST / HTTP/${random.of(["9.9", "1.0", "2.0", "x"])}\r\n${head}${length}\r\n${content}`,
    () =>
      `${random.of(["", "FOO", "PO ST", "\u0001", "CONNECT", "PRI"])} / HTTP/1.1\r\n${head}\r\n`,
    () => `POST / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    () => post(`content-length: 200000\r\n`, "x".repeat(200_000)),
    () => post(chunked, `${(180_000).toString(16)}\r\n${" ".repeat(180_000)}\r\n0\r\n\r\n`),
    () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    () => Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
    () => random.bytes(random.below(2000)),
    () => "\r\n".repeat(random.below(500)),
  ];
  return {
    kind: "framing",
    bytes: Buffer.from(random.of(make)()),
    end: random.chance(0.7) ? "close" : "reset",
  };
}

/** One that takes its time and gives up: the bytes come in parts, with pauses. */
function slow(random: Numbers): HostileRequest {
  const { bytes } = random.chance(0.5) ? wellFramed(random) : badlyFramed(random);
  return { kind: "slow", bytes, slow: 20 + random.below(100), end: random.of(["close", "reset"]) };
}

/** Signed once, then changed in the ways in which one would try to get past a signature. */
async function signed(random: Numbers): Promise<HostileRequest> {
  const operation = random.of(operationNames);
  const content = body(random, operation).toString("utf8");
  const signing: Signing = {
    date: new Date(Date.now() + random.of([0, 0, 0, -3_600_000, 3_600_000])),
    target: target(operation),
    body: content,
    checksum: random.chance(0.5),
    host: "localhost",
  };
  const { rawHeaders, body: sent } = await signedRequest(signing);
  const headers = Array.from({ length: rawHeaders.length / 2 }, (_, index) => ({
    name: rawHeaders[2 * index]!,
    value: rawHeaders[2 * index + 1]!,
  }));
  const chosen = random.below(headers.length);
  const change: (() => void)[] = [
    () => {},
    () => headers.splice(chosen, 1),
    () => headers.push(headers[chosen]!),
    () => {
      const { name, value } = headers[chosen]!;
      const at = random.below(value.length + 1);
      headers[chosen] = {
        name,
        value: `${value.slice(0, at)}${random.of(["", "=", ",", "x", "/", " ", ";"])}${value.slice(at + 1)}`,
      };
    },
    () => {
      const index = headers.findIndex(({ name }) => name.toLowerCase() === "authorization");
      const { name, value } = headers[index]!;
      const parts = value.split(random.of([",", "/", "=", ";", " "]));
      parts.splice(random.below(parts.length), 1, random.of(["", "x", "é", "a".repeat(3000)]));
      headers[index] = { name, value: parts.join(random.of([",", "/", "=", ";", " "])) };
    },
  ];
  random.of(change)();
  const named = headers.filter(({ name }) => !/^(connection|content-length)$/i.test(name));
  const bytes = random.chance(0.15) ? Buffer.concat([sent, Buffer.from(" ")]) : Buffer.from(sent);
  const head = named.map(({ name, value }) => `${name}: ${value}\r\n`).join("");
  return {
    kind: "signature",
    bytes: Buffer.concat([
      Buffer.from(
        `POST ${random.of(["/", "/", "/?a=b&a=%zz"])} HTTP/1.1\r\n${head}connection: close\r\ncontent-length: ${bytes.length}\r\n\r\n`,
        "latin1",
      ),
      bytes,
    ]),
  };
}

/** The next one, of every kind in turn. */
export async function hostileRequest(random: Numbers): Promise<HostileRequest> {
  const dice = random.below(100);
  if (dice < 45) return wellFramed(random);
  if (dice < 70) return badlyFramed(random);
  if (dice < 73) return slow(random);
  return signed(random);
}
