/** Who sent a request, once its signature has been verified. */
export interface Principal {
  /** The twelve digits of the account whose profiles this principal sees. */
  readonly account: string;
  readonly name: string;
  /** The ARN of the one profile this principal may write when not an administrator. */
  readonly userArn?: string;
  readonly administrator: boolean;
}
