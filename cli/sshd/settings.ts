import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { userArnProblems } from "../../profile/userArn";
import { isRegion } from "../../service/api/region";
import { isLoopback } from "../../service/http/loopback";
import { isPostgresUrl, nameOf, parsePostgresUrl } from "../../service/store/postgres/address";
import type { Cache } from "./cache";
import { type GivenSettings, readConfig, SettingsError } from "./config";
import type { KeySource } from "./keySource";

export const defaultConfig = "/etc/codestar-profiles.json";
const placeholder = "{user}";

/** What the command works by: options first, then the configuration file. */
export interface Settings {
  readonly source: KeySource;
  /** The ARN of a local user's profile; undefined for a name that no profile can have. */
  readonly userArnOf: (user: string) => string | undefined;
  /** For everything together, in milliseconds. */
  readonly timeout: number;
  readonly cache?: Cache | undefined;
  readonly syslog: boolean;
}

/**
 * Settings from the options and from the file, which need not be there unless it is named.
 * No environment variable counts, so that the command does by hand what it does for sshd.
 * @throws SettingsError
 */
export function readSettings(options: GivenSettings, named: string | undefined): Settings {
  const file = readConfig(named ?? defaultConfig, named !== undefined);
  const given = { ...file, ...withoutAbsent(options) };
  const { endpoint, region = "us-east-1", timeout = 2, credentials, syslog = false } = given;
  if (endpoint === undefined) {
    throw new SettingsError(
      `Where are the profiles? Give --endpoint, or "endpoint" in ${named ?? defaultConfig}.`,
    );
  }
  if (!isRegion(region)) {
    throw new SettingsError("The region is no name such as us-east-1.");
  }
  inRange("timeout", timeout, 0.1, 60);
  return {
    source: {
      endpoint: checkEndpoint(endpoint),
      name: isPostgresUrl(endpoint) ? nameOf(parsePostgresUrl(endpoint, {})) : endpoint,
      region,
      credentials,
      ca: given.ca === undefined ? undefined : readCertificates(given.ca),
    },
    userArnOf: userArns(given),
    timeout: timeout * 1000,
    cache: cacheOf(given),
    syslog,
  };
}

function withoutAbsent(options: GivenSettings): GivenSettings {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as GivenSettings;
}

function checkEndpoint(endpoint: string): string {
  if (endpoint.startsWith("file:")) {
    const path = endpoint.slice("file:".length);
    if (path === "") throw new SettingsError("The endpoint file: lacks the path of its file.");
    return path.startsWith("//") ? endpoint : `file:${resolve(path)}`;
  }
  if (isPostgresUrl(endpoint)) return checkPostgresUrl(endpoint);
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new SettingsError(
      "The endpoint is an address (https://…, or http://… on this machine), file: and a path, or postgres://….",
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new SettingsError("The endpoint is an address without user name, password, ? and #.");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname.replace(/^\[|\]$/g, ""))) {
    throw new SettingsError(
      "The endpoint must be an https: address: over http: anyone on the way could answer with a key of their own.",
    );
  }
  return endpoint;
}

function checkPostgresUrl(endpoint: string): string {
  try {
    parsePostgresUrl(endpoint, {});
    return endpoint;
  } catch (error) {
    throw new SettingsError(`${(error as Error).message}.`);
  }
}

/**
 * All that IAM allows in a user's name; no / and no :, so a name cannot reach
 * out of its place in the ARN.
 */
const userName = /^[\w+=,.@-]{1,64}$/;

function userArns({ account, userArnTemplate }: GivenSettings): Settings["userArnOf"] {
  if ((account === undefined) === (userArnTemplate === undefined)) {
    throw new SettingsError(
      "Whose profiles? Give either the account or the template of the ARNs (--account, --user-arn-template).",
    );
  }
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw new SettingsError("The account is a text of 12 digits.");
  }
  const template = userArnTemplate ?? `arn:aws:iam::${account}:user/${placeholder}`;
  const [before = "", after = "", ...others] = template.split(placeholder);
  const complete = (user: string) => `${before}${user}${after}`;
  const usable = template.includes(placeholder) && others.length === 0;
  if (!usable || after.includes("/") || userArnProblems(complete("a")).length > 0) {
    throw new SettingsError(
      `The template of the ARNs is the ARN of an IAM user with ${placeholder} once, in its last part: arn:aws:iam::123456789012:user/people/${placeholder}`,
    );
  }
  return (user) => {
    const arn = complete(user);
    return userName.test(user) && userArnProblems(arn).length === 0 ? arn : undefined;
  };
}

function readCertificates(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new SettingsError(
      `The certificates ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function cacheOf({ cacheFolder, cacheMaxAge }: GivenSettings): Cache | undefined {
  if (cacheFolder === undefined && cacheMaxAge === undefined) return undefined;
  if (cacheFolder === undefined || cacheMaxAge === undefined) {
    throw new SettingsError("A cache needs both its folder and the most age of what is in it.");
  }
  inRange("most age in the cache", cacheMaxAge, 1, 604_800);
  const stats = statSync(cacheFolder, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    throw new SettingsError(`The cache ${cacheFolder} is not a folder that is there.`);
  }
  const own = process.getuid?.();
  if (own !== undefined && (stats.uid !== own || (stats.mode & 0o077) !== 0)) {
    throw new SettingsError(
      `The cache ${cacheFolder} must belong to the user that runs this command, and be closed to others (mode 0700).`,
    );
  }
  return { folder: cacheFolder, maxAge: cacheMaxAge * 1000 };
}

function inRange(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    throw new SettingsError(`The ${name} is a number of seconds from ${least} to ${most}.`);
  }
}
