import { UsageError } from "../arguments";
import { declare } from "../command";
import { print, printable } from "../terminal";
import type { Cache, CacheEntry } from "./cache";
import { type GivenSettings, SettingsError } from "./config";
import { authorizedKeyLines } from "./keyLines";
import { type KeySource, NoAnswer } from "./keySource";
import { findKeyText } from "./keyText";
import { defaultConfig, readSettings, type Settings } from "./settings";

export const command = declare({
  synopsis: ["USER [options]"],
  about: `\
Prints the SSH keys in the profile of a user, for AuthorizedKeysCommand in sshd_config. A line is the
type of a key, the key and the user's ARN; nothing else of the profile is printed, and no weak key.`,
  options: {
    endpoint: {
      value: "URL",
      description: `\
where the profiles are: https://…, http://… on this machine, file:PATH or
postgres://USER@HOST/DATABASE`,
    },
    region: { value: "REGION", description: "of the profiles (us-east-1)" },
    account: {
      value: "ACCOUNT",
      description: "the profile is that of arn:aws:iam::ACCOUNT:user/USER …",
    },
    "user-arn-template": {
      value: "ARN",
      description: "… or of this ARN, with USER in the place of {user}",
    },
    timeout: { value: "SECONDS", description: "for everything together (2)" },
    ca: {
      value: "FILE",
      description: "certificates, in PEM, to trust in place of the usual authorities",
    },
    "cache-folder": {
      value: "DIR",
      description: "keep what was printed here, to print it again while the service is away …",
    },
    "cache-max-age": {
      value: "SECONDS",
      description: "… for so long; a key that is revoked meanwhile stays good until then",
    },
    syslog: {
      description: "a failure is written to the system's log too: sshd keeps it to itself",
    },
    config: {
      value: "FILE",
      description: `these settings, in JSON (${defaultConfig}, when it is there)`,
    },
  },
  words: { least: 1, most: 1, question: "Whose keys? Name one user." },
  notes: `\
In the configuration file the settings are called endpoint, region, account, userArnTemplate, timeout,
ca, cacheFolder, cacheMaxAge and syslog; credentials, to sign requests with, can only be there. The file
belongs to root and is written by nobody else. Environment variables do not count.

Exit status: 0 printed, or the user has no profile or no key; 1 the keys could not be had, with the
reason on standard error and nothing printed; 2 wrong arguments.

Example, in /etc/ssh/sshd_config:
  AuthorizedKeysCommand /usr/bin/node /usr/lib/node_modules/pulumi-codestar/dist/cli/main.js authorized-keys %u
  AuthorizedKeysCommandUser codestar-keys`,
  async run({ values, words: [user = ""] }) {
    // The file of settings may say so, too, which is not known before it is read.
    const syslog = values.syslog || undefined;
    const options: GivenSettings = {
      endpoint: values.endpoint,
      region: values.region,
      account: values.account,
      userArnTemplate: values["user-arn-template"],
      timeout: seconds("--timeout", values.timeout),
      ca: values.ca,
      cacheFolder: values["cache-folder"],
      cacheMaxAge: seconds("--cache-max-age", values["cache-max-age"]),
      syslog,
    };
    try {
      const settings = readSettings(options, values.config);
      const userArn = settings.userArnOf(user);
      return userArn === undefined ? 0 : await printInTime(settings, userArn);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      complain(error.message, values.syslog);
      return 1;
    }
  },
});

function seconds(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,7}(?:\.\d{1,3})?$/.test(value)) {
    throw new UsageError(`The option ${option} takes a number of seconds.`);
  }
  return Number(value);
}

async function printInTime(settings: Settings, userArn: string): Promise<number> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), settings.timeout);
  const status = await printKeys(settings, userArn, deadline.signal);
  clearTimeout(timer);
  return deadline.signal.aborted ? leave(status) : status;
}

async function printKeys(
  { source, cache, syslog }: Settings,
  userArn: string,
  signal: AbortSignal,
): Promise<number> {
  const entry = cache && cacheEntry(cache, source, userArn);
  let text: string;
  try {
    text = (await findKeyText(source, userArn, signal)) ?? "";
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    complain(`Reading the keys of ${userArn}: ${source.name} ${error.message}`, syslog);
    const kept = error.outage ? entry?.find() : undefined;
    if (kept === undefined) return 1;
    await printLines(authorizedKeyLines(kept, userArn));
    return 0;
  }
  const lines = authorizedKeyLines(text, userArn);
  await printLines(lines);
  try {
    entry?.store(lines);
  } catch (error) {
    complain(`Writing to the cache ${cache?.folder}: ${(error as Error).message}`, syslog);
  }
  return 0;
}

function cacheEntry(cache: Cache, source: KeySource, userArn: string): CacheEntry {
  const { CacheEntry } = require("./cache") as typeof import("./cache");
  return new CacheEntry(cache, source, userArn);
}

async function printLines(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await print(`${lines.join("\n")}\n`);
}

/** Ends the process at once, whatever is still under way. */
function leave(status: number): never {
  // An exit waits for the look-up of a name to end, however long that takes.
  // With keys printed it may.
  const lookingUp = process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap");
  if (lookingUp && status !== 0) process.kill(process.pid, "SIGKILL");
  process.exit(status);
}

function complain(sentence: string, syslog: boolean): void {
  // A part of it may be what a service said.
  const message = printable(sentence);
  process.stderr.write(`${message}\n`);
  if (!syslog) return;
  const { spawn } = require("node:child_process") as typeof import("node:child_process");
  const args = ["--tag", "codestar-profiles", "--priority", "auth.error", "--", message];
  // In a process of its own, which may take its time. Where there is no logger there is no log.
  spawn("logger", args, { detached: true, stdio: "ignore" })
    .on("error", () => {})
    .unref();
}
