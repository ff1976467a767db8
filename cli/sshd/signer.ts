import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../../service/identity/sigv4/sha256";
import type { KeySource } from "./keySource";

/** Signs requests to the profile service. */
export function createSigner(
  { accessKeyId, secretAccessKey, sessionToken }: NonNullable<KeySource["credentials"]>,
  region: string,
): SignatureV4 {
  return new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    region,
    service: "codestar",
    sha256: Sha256,
    applyChecksum: false,
  });
}
