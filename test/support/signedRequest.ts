import { SignatureV4 } from "@smithy/signature-v4";
import type { ServiceRequest } from "../../service/api/request";
import {
  type Credential,
  credentialsOf,
  parsePrincipals,
} from "../../service/identity/principalsDocument";
import { Sha256 } from "../../service/identity/sigv4/sha256";

export const account = "123456789012";
export const aliceArn = `arn:aws:iam::${account}:user/alice`;
export const aliceKey = {
  accessKeyId: "AKIDALICE",
  secretAccessKey: "alice-secret-0123456789-abcdefghijklmnop",
};
export const temporaryKey = {
  accessKeyId: "ASIDTEMPORARY",
  secretAccessKey: "temporary-secret-0123456789-abcdefghijkl",
  sessionToken: "FwoGZXIvYXdzEXAMPLE//session+token==",
};
export const adminKey = {
  accessKeyId: "AKIDADMIN",
  secretAccessKey: "admin-secret-0123456789-abcdefghijklmnop",
};

export const principalsDocument = {
  principals: [
    { name: "alice", account, userArn: aliceArn, keys: [aliceKey, temporaryKey] },
    { name: "root", account, administrator: true, keys: [adminKey] },
  ],
};

export function credentials(): ReadonlyMap<string, Credential> {
  return credentialsOf(parsePrincipals(JSON.stringify(principalsDocument), "principals.json"));
}

export interface Signing {
  readonly key?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly region?: string;
  readonly service?: string;
  readonly date?: Date;
  readonly host?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly target?: string;
  readonly body?: string;
  /** Headers to sign besides those that every client signs. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * As the SDK for JavaScript does; without it `x-amz-content-sha256` is
   * left out, as botocore does.
   */
  readonly checksum?: boolean;
}

export const signingDate = new Date("2026-11-24T14:50:23Z");

/** A request signed by the AWS SDK's signer, as the server receives it. */
export async function signedRequest(signing: Signing = {}): Promise<ServiceRequest> {
  const {
    key = aliceKey,
    region = "us-east-1",
    service = "codestar",
    date = signingDate,
    host = "127.0.0.1:4599",
    path = "/",
    query = {},
    target = "CodeStar_20170419.DescribeUserProfile",
    body = JSON.stringify({ userArn: aliceArn }),
    headers = {},
    checksum = false,
  } = signing;
  const signer = new SignatureV4({
    credentials: key,
    region,
    service,
    sha256: Sha256,
    applyChecksum: checksum,
  });
  const signed = await signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname: "127.0.0.1",
      path,
      query,
      headers: {
        host,
        "content-type": "application/x-amz-json-1.1",
        ...(target !== "" && { "x-amz-target": target }),
        ...headers,
      },
      body,
    },
    // Named here, a header is signed even when the SDK usually leaves it out.
    { signingDate: date, signableHeaders: new Set(Object.keys(headers)) },
  );
  const search = new URLSearchParams(query).toString();
  return received({
    path: search === "" ? path : `${path}?${search}`,
    rawHeaders: Object.entries({ "user-agent": "test", ...signed.headers }).flat(),
    body: Buffer.from(body),
  });
}

/** A request with the headers as node's `http` would give them, both ways. */
export function received({
  method = "POST",
  path = "/",
  rawHeaders,
  body = Buffer.alloc(0),
}: Partial<ServiceRequest> & Pick<ServiceRequest, "rawHeaders">): ServiceRequest {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers[rawHeaders[index]!.toLowerCase()] ??= rawHeaders[index + 1]!;
  }
  return { method, path, headers, rawHeaders, body };
}

/** The request with one header set, replaced, or (undefined) taken away after signing. */
export function withHeader(
  request: ServiceRequest,
  name: string,
  value: string | undefined,
): ServiceRequest {
  const kept = pairs(request.rawHeaders).filter(([known]) => known.toLowerCase() !== name);
  const rawHeaders = [...kept, ...(value === undefined ? [] : [[name, value] as const])].flat();
  return received({ ...request, rawHeaders });
}

export function headerOf(request: ServiceRequest, name: string): string {
  const pair = pairs(request.rawHeaders).find(([known]) => known.toLowerCase() === name);
  if (!pair) throw new Error(`the request has no header ${name}`);
  return pair[1];
}

export function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index]!,
    rawHeaders[2 * index + 1]!,
  ]);
}
