import type { Fact } from "./facts";
import { endpointName, type Settings } from "./settings";

/**
 * What differs between the places that tell a user of a failure: how settings are
 * called there, and what helps.
 */
export interface Surface {
  /** How the address of the service is called. */
  readonly endpoint: string;
  /** How the profile of the AWS settings is called. */
  readonly profile: string;
  /** What to do to have the bundled service, as a clause. */
  readonly useBundled: string;
  /** What to do where no region is set, as a clause. */
  readonly giveRegion: string;
  /** Reads on after a remedy; empty when there is nothing to add. */
  readonly advice: string;
  /** Reads on after the advice to try again later. */
  readonly meanwhile: string;
}

const ended = "AWS ended CodeStar on 2024-07-31";

/** One sentence for a fact, with what to do about it. */
export function sentence(fact: Fact, settings: Settings, surface: Surface): string {
  const service = endpointName(settings);
  const { endpoint, profile, useBundled, giveRegion, advice, meanwhile } = surface;
  const isAws = settings.endpoint === undefined;
  const remedy = `${isAws ? `${ended}, so ${useBundled}` : `correct ${endpoint}`}${advice}`;
  switch (fact.kind) {
    case "said":
      return fact.sentence;
    case "no store":
      return `there is no store at ${service}${advice}`;
    case "no credential service":
      return (
        `no AWS credentials: the credential service ${fact.hostname} is not found (${fact.cause}); ` +
        `correct ${profile}, or the AWS settings of the environment`
      );
    case "no answer":
      return isAws
        ? `${ended} and its address does not answer (${fact.cause}); ${useBundled}${advice}`
        : `the profile service at ${service} does not answer (${fact.cause}); ` +
            `start it with \`codestar-profiles serve\`, or ${remedy}`;
    case "no secure connection":
      return (
        `no secure connection to ${service} (${fact.cause}); correct ${endpoint}, whose service may speak ` +
        `http://, or name the file of its certificate authority in NODE_EXTRA_CA_CERTS${advice}`
      );
    case "no region":
      return `no region is set; ${giveRegion}`;
    case "no credentials":
      if (settings.profile !== undefined) {
        const named = settings.profileSetting ?? profile;
        return `${named} names ${settings.profile}, which gives no credentials: ${fact.message}`;
      }
      return isAws
        ? `no AWS credentials were found, and ${remedy}`
        : `no AWS credentials were found for ${service}; set AWS_ACCESS_KEY_ID and ` +
            `AWS_SECRET_ACCESS_KEY, or ${profile}`;
    case "credentials refused":
      return `${service} does not accept the AWS credentials: ${fact.message} (${fact.name})`;
    case "denied":
      return `${service} refused it: ${fact.message}`;
    case "out of order":
      return (
        `${service} is out of order (HTTP status ${fact.status}, from the service or a proxy in front of it); ` +
        `try again later${meanwhile}`
      );
    case "other API": {
      const which = fact.status === undefined ? "" : ` (HTTP status ${fact.status})`;
      return `${service} answered with something other than the CodeStar API${which}; ${remedy}`;
    }
  }
}
