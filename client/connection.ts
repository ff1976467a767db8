import { eachField, type FieldValues, type LiveProfile, neededFields } from "../profile/fields";
import { printable } from "../profile/printable";
import { createDirectory, type Directory } from "./directory";
import { Failure, isFault, UnexpectedAnswer } from "./errors";
import { readEveryPage } from "./pages";
import type { Settings } from "./settings";
import { openTransport, type Reply, type TransportOptions } from "./transport";

/**
 * One region of the service: its client, and everything that reads or writes profiles through it.
 */
export interface Connection {
  readonly region: string;
  /** DescribeUserProfile itself, past the directory; undefined when there is no such profile. */
  describe(userArn: string): Promise<LiveProfile | undefined>;
  readonly directory: Directory;
  /** @throws UserProfileAlreadyExistsException */
  create(userArn: string, values: FieldValues): Promise<LiveProfile>;
  /** Sends just the given fields. @throws UserProfileNotFoundException */
  update(userArn: string, values: FieldValues): Promise<LiveProfile>;
  /** An absent profile is no error. */
  delete(userArn: string): Promise<void>;
  /**
   * As `readEveryPage`.
   */
  list(onPage?: (profiles: number) => void): Promise<LiveProfile[]>;
  /** Every live profile by ARN, read once and kept up to date by the writes of this connection. */
  all(): Promise<ReadonlyMap<string, LiveProfile>>;
  close(): void;
}

/** Connects to the region of the service that the settings select. */
export async function connect(
  settings: Settings,
  region: string | undefined,
  options?: TransportOptions,
  open = openTransport,
): Promise<Connection> {
  const service = open(settings, region, options);

  const describe = async (userArn: string) => {
    try {
      return flatten(await service.send("DescribeUserProfile", { userArn }), userArn);
    } catch (error) {
      if (isFault(error, "UserProfileNotFoundException")) return undefined;
      throw error;
    }
  };
  // AWS and the bundled service list "" for no key. Who lists none at all may mean that, or
  // cannot read it: Describe tells.
  const listed = (summary: Reply | null) => {
    const profile = flattenSummary(summary);
    return summary?.sshPublicKey === undefined ? describe(profile.userArn) : profile;
  };
  const page = async (nextToken: string | undefined) => {
    const output = await service.send("ListUserProfiles", {
      maxResults: 100,
      ...(nextToken && { nextToken }),
    });
    if (!Array.isArray(output.userProfiles)) throw new UnexpectedAnswer("no list of profiles");
    const next = text(output.nextToken);
    const profiles = await Promise.all(output.userProfiles.map(listed));
    return {
      profiles: profiles.filter((profile) => profile !== undefined),
      ...(next && { nextToken: next }),
    };
  };
  const directory = createDirectory(
    {
      describe,
      list: page,
      sweepFault: (error) =>
        isFault(error, "InvalidNextTokenException")
          ? "expired token"
          : isFault(error, "AccessDeniedException")
            ? "denied"
            : "other",
    },
    Date.now,
  );
  let everyone: Promise<Map<string, LiveProfile>> | undefined;
  const record = async (profile: LiveProfile) => {
    directory.record(profile);
    (await everyone?.catch(() => undefined))?.set(profile.userArn, profile);
    return profile;
  };
  const list: Connection["list"] = (onPage) => readEveryPage(page, onPage);
  return {
    region: await service.region(),
    describe,
    directory,
    list,
    all() {
      if (everyone === undefined) {
        everyone = list().then((read) => new Map(read.map((live) => [live.userArn, live])));
        // A failed read may be tried again.
        everyone.catch(() => {
          everyone = undefined;
        });
      }
      return everyone;
    },
    async create(userArn, values) {
      return record(
        flatten(await service.send("CreateUserProfile", { userArn, ...values }), userArn),
      );
    },
    async update(userArn, values) {
      return record(
        flatten(await service.send("UpdateUserProfile", { userArn, ...values }), userArn),
      );
    },
    async delete(userArn) {
      try {
        await service.send("DeleteUserProfile", { userArn });
      } catch (error) {
        if (!isFault(error, "UserProfileNotFoundException")) throw error;
      }
      directory.forget(userArn);
      (await everyone?.catch(() => undefined))?.delete(userArn);
    },
    close: () => service.close(),
  };
}

/** A connection per region, made when it is first asked for. */
export function connections(
  settings: Settings,
  open?: typeof openTransport,
): (region?: string) => Promise<Connection> {
  const byRegion = new Map<string | undefined, Promise<Connection>>();
  return (region = settings.region) => {
    const connected = byRegion.get(region) ?? connect(settings, region, {}, open);
    byRegion.set(region, connected);
    return connected;
  };
}

/**
 * A reply of the API in the provider's terms. The SDK leaves out what the service left out.
 * @throws UnexpectedAnswer when the reply is not about the profile.
 */
function flatten(output: Reply, userArn: string | undefined): LiveProfile {
  const { createdTimestamp, lastModifiedTimestamp } = output;
  if (!userArn || text(output.userArn) !== userArn) throw new UnexpectedAnswer("not the profile");
  return {
    userArn,
    ...eachField((field) => text(output[field])),
    ...(createdTimestamp && { createdTimestamp: createdTimestamp.toISOString() }),
    ...(lastModifiedTimestamp && { lastModifiedTimestamp: lastModifiedTimestamp.toISOString() }),
  };
}

/**
 * An entry of a list. To take another member for empty would show a profile that the
 * service cannot read for one that drifted, and an update would write over what is left of it.
 * @throws Failure when the profile is there and not whole. UnexpectedAnswer when it is no profile.
 */
function flattenSummary(summary: Reply | null): LiveProfile {
  if (summary === null) throw new UnexpectedAnswer("nothing in place of a profile");
  const profile = flatten(summary, summary.userArn);
  const absent = neededFields.filter((field) => profile[field] === "");
  if (absent.length === 0) return profile;
  throw new Failure(
    "listing CodeStar user profiles",
    `the service lists ${printable(profile.userArn)} without its ${absent.join(" and ")}, so the profile is damaged; ` +
      "update these members, or delete the profile and create it again",
  );
}

/**
 * A field that should be a text, `""` when it is absent. Not every service
 * keeps to the types of the API.
 */
function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new UnexpectedAnswer("a field of another type");
  return value;
}
