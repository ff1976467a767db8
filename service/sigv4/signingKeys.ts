import { getSigningKey } from "@smithy/signature-v4";
import type { Credential } from "../principals";
import { Sha256 } from "./sha256";
import type { CredentialScope } from "./signatureClaim";

/** A client uses one key a day and region, so this holds thousands of clients in about 200 kB. */
const maxSigningKeys = 1000;

interface Entry {
  readonly credential: Credential;
  readonly signingKey: Uint8Array;
}

/**
 * Signing keys that have verified a request, so that the next one saves the five HMACs of deriving it.
 * A key is remembered only after its request proved genuine: nobody without a secret can push out
 * the keys of others. The oldest goes first.
 */
export class SigningKeys {
  readonly #entries = new Map<string, Entry>();

  async find(credential: Credential, scope: CredentialScope): Promise<Uint8Array> {
    const entry = this.#entries.get(entryName(credential, scope));
    // A reloaded principals file makes new credentials, perhaps with another secret under the same id.
    if (entry?.credential === credential) return entry.signingKey;
    const secretAccessKey = credential.secretAccessKey.reveal();
    return getSigningKey(
      Sha256,
      { accessKeyId: credential.accessKeyId, secretAccessKey },
      scope.date,
      scope.region,
      scope.service,
    );
  }

  remember(credential: Credential, scope: CredentialScope, signingKey: Uint8Array): void {
    const name = entryName(credential, scope);
    if (this.#entries.get(name)?.credential === credential) return;
    this.#entries.delete(name);
    if (this.#entries.size >= maxSigningKeys) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(name, { credential, signingKey });
  }
}

function entryName(credential: Credential, scope: CredentialScope): string {
  return `${credential.accessKeyId}/${scope.date}/${scope.region}`;
}
