import { setImmediate, setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { type Settings, serviceOf } from "../../client/settings";
import { profileKey } from "../lifecycle/declarations";
import type { Knowledge } from "../lifecycle/knowledge";
import type { Claim, Claimant, ClaimedProfile } from "./claim";
import { urnOf } from "./claims";
import { deployment } from "./deployment";
import { providerSettings } from "./providerSettings";
import type { Recorded } from "./recorded";

/**
 * How long, in milliseconds, a roster waits for the settings of other resources'
 * providers: they start first.
 */
const providerPatience = 15_000;

/**
 * How long, in milliseconds, a roster waits for ARNs that are outputs. Those of resources that stay
 * the same are there sooner; those that depend on the roster itself never are.
 */
const arnPatience = 2_000;

/** What a single resource's provider is told. */
export function tellSingle(
  by: Claimant,
  userArn: pulumi.Input<string>,
): pulumi.Input<Knowledge> | undefined {
  const here = deployment();
  if (here.isMocked) return undefined;
  const settings = providerSettings(by, here);
  const tell = async (arn: string, known: Settings) => ({
    own: recordedKeys(await here.recorded(), serviceOf(known), [arn]),
  });
  return typeof userArn === "string" && !pulumi.Output.isInstance(settings)
    ? tell(userArn, settings)
    : pulumi.all([userArn, settings]).apply(([arn, known]) => tell(arn, known));
}

/**
 * What a roster's provider is told. It does not wait long for an output of the program,
 * which could be one of the roster's own: an ARN that is not known by then counts as the one
 * that its resource had before.
 */
export function tellRoster(
  by: Claimant,
  region: string | undefined,
  userArns: readonly string[],
): pulumi.Input<Knowledge> | undefined {
  const here = deployment();
  if (here.isMocked) return undefined;
  const tell = async (settings: Settings): Promise<Knowledge> => {
    const service = serviceOf(settings);
    // After a turn of the event loop the program's synchronous part has declared its resources.
    const [recorded] = await Promise.all([here.recorded(), setImmediate()]);
    const others = here.claims.filter((claim) => claim.by !== by);
    const missing = others.filter(({ profile }) => profile === undefined);
    await Promise.all([
      within(
        providerPatience,
        missing.map(({ settled }) => settled),
      ),
      within(
        arnPatience,
        missing.map(({ arrives }) => arrives),
      ),
    ]);
    const before = await Promise.all(others.map((claim) => expected(claim, recorded, service)));
    const where = region ?? settings.region;
    const elsewhere = before
      .flatMap((profiles) => profiles ?? [])
      .filter(
        (profile) =>
          profile.service === service &&
          (profile.region === undefined || where === undefined || profile.region === where),
      );
    const urn = await urnOf(by);
    return {
      own: recordedKeys(recorded, service, userArns, urn),
      elsewhere: elsewhere.map(({ region: its = "", userArn }) => profileKey(its, userArn)),
      ...(keepsPeople(by) && { isIgnored: true }),
      isUnknownElsewhere: before.includes(undefined),
    };
  };
  return pulumi.output(providerSettings(by, here)).apply(tell);
}

function keepsPeople({ opts }: Claimant): boolean {
  return ["people", "*"].some((name) => opts?.ignoreChanges?.includes(name));
}

/**
 * Which of these profiles resources of the stack had before, those of the
 * resource `except` left out.
 */
function recordedKeys(
  recorded: Recorded | undefined,
  service: string,
  userArns: readonly string[],
  except?: string,
): string[] {
  // The state does not say which service a profile is of, if there are several.
  if (recorded === undefined) return [];
  if ([...recorded.services].some((one) => one !== service)) return [];
  return userArns.flatMap((userArn) =>
    (recorded.owners.get(userArn) ?? [])
      .filter(({ urn }) => urn === undefined || urn !== except)
      .map(({ region }) => profileKey(region, userArn)),
  );
}

/** Waits for all of them, so many milliseconds at most. */
async function within(
  milliseconds: number,
  promises: readonly (Promise<unknown> | undefined)[],
): Promise<void> {
  const waiting = new Set(promises);
  waiting.delete(undefined);
  if (waiting.size === 0) return;
  const patience = new AbortController();
  const { signal } = patience;
  await Promise.race([
    Promise.all(waiting),
    setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
  ]);
  patience.abort();
}

/**
 * What is claimed, or was recorded of a resource whose claim is not known yet;
 * undefined when neither is there.
 */
async function expected(
  { by, profile }: Claim,
  recorded: Recorded | undefined,
  service: string,
): Promise<readonly ClaimedProfile[] | undefined> {
  if (profile !== undefined) return [profile];
  const before = recorded?.profiles.get(await urnOf(by));
  return before?.map((one) => ({ ...one, service }));
}
