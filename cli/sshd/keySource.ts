import { CodeStarError } from "../../profile/codeStarError";

/** Where a profile's key text is asked for. */
export interface KeySource {
  /**
   * An `https:` address, an `http:` one of this machine, `file:` and a path, or a `postgres:` URL.
   */
  readonly endpoint: string;
  /** The endpoint without credentials, for messages. */
  readonly name: string;
  readonly region: string;
  /** Requests are signed with them when given. */
  readonly credentials?: Credentials | undefined;
  /** PEM certificates to trust in place of the usual authorities. */
  readonly ca?: Buffer | undefined;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The keys could not be had. The message is a clause without secrets. */
export class NoAnswer extends CodeStarError {
  override name = "NoAnswer";

  constructor(
    message: string,
    /**
     * The service is away, and may be there again later; false: it refused, or
     * something is set up wrongly.
     */
    readonly outage: boolean,
  ) {
    super(message);
  }
}
