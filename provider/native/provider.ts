import { readSettings, refuseUnknownSettings } from "../../client/settings";
import { checkArguments, type Taker } from "../../profile/check";
import { CodeStarError } from "../../profile/codeStarError";
import { pick } from "../../profile/fields";
import { profileName } from "../lifecycle/profile";
import type { Session } from "../lifecycle/session";
import { tokens } from "../lifecycle/tokens";
import { createClaims } from "./claims";
import { nativeProfile } from "./profile";
import { nativeRoster } from "./roster";
import { schema } from "./schema";
import type { NativeProvider, Tell, Values } from "./server";
import { revealed, secret } from "./values";

/** The whole provider for the engine's plugin protocol. */
export function createProvider(session: Session, tell: Tell): NativeProvider {
  const claims = createClaims();
  const { version } = require("pulumi-codestar/package.json") as { version: string };

  /** A function of the package: its arguments are checked first. */
  const checked =
    (taker: Taker, call: (args: Values) => Promise<Values>) =>
    async (args: Values): Promise<Values> => {
      session.noteProgram(false);
      const [failure] = checkArguments(taker, args);
      if (failure) throw new CodeStarError(`${taker}: ${failure.reason}`);
      return call(args);
    };

  return {
    version,
    schema: () => JSON.stringify(schema(version)),
    checkSettings(settings) {
      const given = revealed(settings);
      try {
        refuseUnknownSettings(Object.keys(given).filter(isOurs).map(keyOf));
        const { endpoint } = readSettings(getter(given), process.env, process.cwd());
        // The engine records settings in the state. A name beside the address keeps a
        // password out of messages.
        const isNamed = endpoint?.kind === "store" && endpoint.name !== undefined;
        return { inputs: isNamed ? { ...settings, endpoint: secret(given.endpoint) } : settings };
      } catch (error) {
        return { refused: [(error as Error).message] };
      }
    },
    configure: (settings) => session.configure(getter(revealed(settings))),
    resources: {
      [tokens.UserProfile]: nativeProfile(session, claims, tell),
      [tokens.Roster]: nativeRoster(session, claims, tell),
    },
    functions: {
      [tokens.getUserProfile]: checked("getUserProfile", async ({ userArn, region }) => {
        const arn = String(userArn);
        try {
          const service = await session.connection(region as string | undefined);
          const live = await service.describe(arn);
          if (live === undefined) {
            throw new CodeStarError(`there is no such profile in ${service.region}`);
          }
          return { id: arn, ...live, region: service.region };
        } catch (error) {
          throw session.failure(`reading ${profileName(arn)}`, error);
        }
      }),
      [tokens.listUserProfiles]: checked("listUserProfiles", async ({ region }) => {
        try {
          const service = await session.connection(region as string | undefined);
          const profiles = await service.list();
          const userProfiles = profiles.map(({ userArn, ...live }) => ({ userArn, ...pick(live) }));
          return { region: service.region, userProfiles };
        } catch (error) {
          throw session.failure("listing CodeStar user profiles", error);
        }
      }),
    },
  };
}

/** The engine adds settings of its own. */
const engines = ["version", "pluginDownloadURL"];
const isOurs = (name: string) => !engines.includes(name) && !name.startsWith("__");
const keyOf = (name: string) => `codestar:${name}`;

/** A plugin gets the settings of its own name space, without the name of it. */
function getter(settings: Values): (key: string) => unknown {
  return (key) =>
    key.startsWith("codestar:") ? settings[key.slice("codestar:".length)] : undefined;
}
