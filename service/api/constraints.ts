/**
 * What the API demands of each request member, as data.
 *
 * Sources: `modelled`, AWS's own model of `codestar` 2017-04-19 (lengths, patterns, required,
 * types); `assumed`, no AWS source says.
 */
export type Source = "documented" | "modelled" | "assumed";

interface TextMember {
  readonly type: "string";
  /** In Unicode code points, as Smithy defines the length of a string. */
  readonly min: number;
  readonly max: number;
  /**
   * With ASCII `\w` and `\d`; compiled without flags, as the model's Java
   * patterns read in JavaScript.
   */
  readonly pattern: RegExp;
  readonly sensitive: boolean;
  readonly source: Source;
}

interface IntegerMember {
  readonly type: "integer";
  readonly min: number;
  readonly max: number;
  readonly sensitive: boolean;
  readonly source: Source;
}

export type Member = TextMember | IntegerMember;

/**
 * The members that requests have: type, limits of length, pattern and where each is stated.
 *
 * @example
 * const isName = members.displayName.pattern.test("Ada Lovelace");
 */
export const members = {
  userArn: {
    type: "string",
    min: 32,
    max: 95,
    pattern: /^arn:aws:iam::\d{12}:user(?:(\u002F)|(\u002F[\u0021-\u007E]+\u002F))[\w+=,.@-]+$/,
    sensitive: false,
    source: "modelled",
  },
  displayName: {
    type: "string",
    min: 1,
    max: 64,
    pattern: /^\S(.*\S)?$/,
    sensitive: true,
    source: "modelled",
  },
  emailAddress: {
    type: "string",
    min: 3,
    max: 128,
    pattern: /^[\w-.+]+@[\w-.+]+$/,
    sensitive: true,
    source: "modelled",
  },
  sshPublicKey: {
    type: "string",
    min: 0,
    max: 16384,
    pattern: /^[\t\r\n\u0020-\u00FF]*$/,
    sensitive: false,
    source: "modelled",
  },
  nextToken: {
    type: "string",
    min: 1,
    max: 512,
    pattern: /^[\w/+=]+$/,
    sensitive: false,
    source: "modelled",
  },
  maxResults: { type: "integer", min: 1, max: 100, sensitive: false, source: "modelled" },
} as const satisfies Record<string, Member>;

const required = <M extends Member>(member: M) => ({ ...member, required: true }) as const;
const optional = <M extends Member>(member: M) => ({ ...member, required: false }) as const;

/**
 * The members of each operation's request, in the order in which the model names them.
 *
 * @example
 * const isRequired = constraints.CreateUserProfile.emailAddress.required;
 */
export const constraints = {
  CreateUserProfile: {
    userArn: required(members.userArn),
    displayName: required(members.displayName),
    emailAddress: required(members.emailAddress),
    sshPublicKey: optional(members.sshPublicKey),
  },
  DescribeUserProfile: { userArn: required(members.userArn) },
  UpdateUserProfile: {
    userArn: required(members.userArn),
    displayName: optional(members.displayName),
    emailAddress: optional(members.emailAddress),
    sshPublicKey: optional(members.sshPublicKey),
  },
  DeleteUserProfile: { userArn: required(members.userArn) },
  ListUserProfiles: {
    nextToken: optional(members.nextToken),
    maxResults: optional(members.maxResults),
  },
} as const satisfies Record<string, Record<string, Constraint>>;

export type Constraint = Member & { readonly required: boolean };
/** The five operations of user profiles. */
export type OperationName = keyof typeof constraints;

type ValueOf<C> = C extends { type: "integer" } ? number : string;
type InputOf<M> = {
  readonly [K in keyof M as M[K] extends { required: true } ? K : never]: ValueOf<M[K]>;
} & {
  readonly [K in keyof M as M[K] extends { required: true } ? never : K]?: ValueOf<M[K]>;
};

/** A request of the operation, read and validated. */
export type Input<O extends OperationName> = InputOf<(typeof constraints)[O]>;

export const operationNames = Object.keys(constraints) as readonly OperationName[];
