import { statSync } from "node:fs";
import { type Connection, connect } from "../../client/connection";
import { factOf } from "../../client/facts";
import { type Surface, sentence } from "../../client/sentences";
import { endpointName, readSettings, type Settings } from "../../client/settings";
import { CodeStarError } from "../../profile/codeStarError";
import type { LiveProfile } from "../../profile/fields";
import { counted, printable, startProgress } from "../terminal";

/** Where to read live profiles, as the command line says. */
export interface Source {
  /** As the user gave it; AWS's own address when absent. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** Of the AWS configuration files, for credentials. */
  readonly profile?: string | undefined;
}

/** The options that say so; `region` tells what holds without its own. */
export function source(region: string) {
  return {
    endpoint: {
      value: "URL",
      description: `\
where the profiles are: https://…, http://…, file:profiles.db, dynamodb://TABLE,
postgres://HOST/DATABASE;
AWS's own address, or AWS_ENDPOINT_URL_CODESTAR, when absent`,
    },
    region: { value: "REGION", description: region },
    profile: { value: "NAME", description: "of the AWS configuration files, for credentials" },
  } as const;
}

export interface LiveProfiles {
  readonly profiles: readonly LiveProfile[];
  readonly region: string;
  /** For messages; holds no credentials. */
  readonly endpoint: string;
  /** How many ListUserProfiles calls it took. */
  readonly calls: number;
}

/**
 * Reading failed; the message is one sentence, in which nothing that a
 * service said acts on a terminal.
 */
export class ReadFailure extends CodeStarError {
  override name = "ReadFailure";

  constructor(message: string) {
    super(printable(message));
  }
}

/**
 * Every live profile of the region, read page by page with ListUserProfiles,
 * with progress on a terminal.
 * @throws ReadFailure
 */
export async function readLiveProfiles(source: Source): Promise<LiveProfiles> {
  const settings = settingsOf(source);
  const hidden = settings.endpoint?.kind === "store" && settings.endpoint.name !== undefined;
  const endpoint = hidden ? endpointName(settings) : (source.endpoint ?? endpointName(settings));
  refuseMissingFile(settings, endpoint);
  const reading = `Reading live profiles at ${endpoint}`;
  const progress = startProgress(reading);
  let connection: Connection | undefined;
  let calls = 0;
  try {
    connection = await connect(settings, settings.region, { mustExist: true });
    const profiles = await connection.list((read) => {
      calls++;
      progress.update(`${reading}: ${counted(read, "profile", "profiles")}`);
    });
    return { profiles, region: connection.region, endpoint, calls };
  } catch (error) {
    throw new ReadFailure(
      `Reading live profiles: ${sentence(factOf(error, settings), settings, surface)}`,
    );
  } finally {
    progress.stop();
    connection?.close();
  }
}

/** What the keys of settings are called on the command line. */
const optionOf: Readonly<Record<string, string>> = {
  "codestar:endpoint": "--endpoint",
  "aws:region": "--region",
  "aws:profile": "--profile",
};

const surface: Surface = {
  endpoint: "--endpoint",
  profile: "--profile",
  useBundled: "give --endpoint, for example --endpoint file:profiles.db",
  giveRegion: "give --region, or region: in the roster",
  advice: "",
  meanwhile: "",
};

function settingsOf({ endpoint, region, profile }: Source): Settings {
  const given: Record<string, string | undefined> = {
    "codestar:endpoint": endpoint,
    "aws:region": region,
    "aws:profile": profile,
  };
  const called = (key: string) => optionOf[key] ?? key;
  try {
    return readSettings((key) => given[key], process.env, process.cwd(), called);
  } catch (error) {
    throw new ReadFailure((error as Error).message);
  }
}

/**
 * Opening makes a store of what is none yet, and a misspelt name would then read as a
 * directory without anyone.
 */
function refuseMissingFile({ endpoint }: Settings, name: string): void {
  if (endpoint?.kind !== "store" || !endpoint.url.startsWith("file:")) return;
  const path = endpoint.url.slice("file:".length).replace(/\?.*$/, "");
  if (!statSync(path, { throwIfNoEntry: false })?.size) {
    throw new ReadFailure(
      `Reading live profiles: there is no store at ${name}; correct --endpoint`,
    );
  }
}
