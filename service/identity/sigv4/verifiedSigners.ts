import type { Credential } from "../principalsDocument";
import type { CredentialScope } from "./signatureClaim";
import type { SigningKey } from "./signingKey";

/** Who signs which headers with what key. */
export interface Signer {
  readonly credential: Credential;
  readonly scope: CredentialScope;
  /** Lower-case names, sorted. */
  readonly signedHeaders: readonly string[];
  readonly signingKey: SigningKey;
}

/** A client uses one a day and region, so this holds a thousand clients, in about 1 MB. */
const maxSigners = 1000;

/**
 * Signers that have verified a request. All that an `Authorization` header states before the
 * signature is the same for every request of a client on a day, so the next one saves reading it
 * again and the five HMACs that derive the signing key. A signer is remembered only after its
 * request proved genuine: nobody without a secret can push out others. The oldest goes first.
 */
export class VerifiedSigners {
  readonly #signers = new Map<string, Signer>();

  find(statement: string): Signer | undefined {
    return this.#signers.get(statement);
  }

  remember(statement: string, signer: Signer): void {
    this.#signers.delete(statement);
    if (this.#signers.size >= maxSigners) {
      const [oldest] = this.#signers.keys();
      if (oldest !== undefined) this.#signers.delete(oldest);
    }
    this.#signers.set(statement, signer);
  }
}
