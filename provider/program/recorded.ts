import * as pulumi from "@pulumi/pulumi";
import { readSettings, serviceOf } from "../../client/settings";
import type { People } from "../lifecycle/rosterPlan";

/** The profiles that the stack's resources had when the program began. */
export interface Recorded {
  /** By ARN who had the profile, and in which region. */
  readonly owners: ReadonlyMap<string, readonly RecordedOwner[]>;
  /** By URN the profiles that the resource had. */
  readonly profiles: ReadonlyMap<string, readonly RecordedProfile[]>;
  /**
   * The services that they are profiles of, as `serviceOf` says them; one unless providers of the
   * stack had different settings.
   */
  readonly services: ReadonlySet<string>;
}

export interface RecordedProfile {
  readonly region: string;
  readonly userArn: string;
}

export interface RecordedOwner {
  readonly region: string;
  /** Absent for who moved out of a roster: the new owner may not have been written. */
  readonly urn?: string;
}

interface RecordedResource {
  readonly type?: string;
  readonly outputs?: {
    readonly region?: string;
    readonly userArn?: string;
    readonly people?: People;
    readonly movedOut?: readonly string[];
  } & Record<string, unknown>;
}

/**
 * Asks the engine for the stack's state as the last update left it. Undefined when there is no
 * answer: then nothing is taken for the stack's own.
 * @param folder where a relative `file:` path of a provider's settings starts.
 */
export async function readRecorded(folder: string): Promise<Recorded | undefined> {
  for (const stackName of stackNames()) {
    try {
      const answer = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
        stackName,
      });
      return recorded((answer as { outputs: Record<string, RecordedResource> }).outputs, folder);
    } catch {
      // A name that this backend does not take, or an engine without the function.
    }
  }
  return undefined;
}

/**
 * The whole name first: a plain one may be another organization's. Backends of one organization
 * may take plain names alone.
 */
function stackNames(): string[] {
  const organization = pulumi.getOrganization();
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const whole = `${organization}/${project}/${stack}`;
  return organization === "organization" ? [whole, stack] : [whole];
}

function recorded(resources: Readonly<Record<string, RecordedResource>>, folder: string): Recorded {
  const owners = new Map<string, RecordedOwner[]>();
  const profiles = new Map<string, RecordedProfile[]>();
  const services = new Set<string>();
  const prefix = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::`;
  const own = (userArn: string, owner: RecordedOwner) => {
    const others = owners.get(userArn);
    if (others) others.push(owner);
    else owners.set(userArn, [owner]);
  };
  for (const [urn, { type = "", outputs = {} }] of Object.entries(resources)) {
    if (!urn.startsWith(prefix)) continue;
    if (type === "pulumi:providers:pulumi-nodejs") {
      services.add(serviceOf(readSettings((key) => outputs[key], {}, folder)));
    }
    const { region, userArn, people = {}, movedOut = [] } = outputs;
    if (!type.startsWith("pulumi-nodejs:dynamic/codestar:") || region === undefined) continue;
    const arns = userArn === undefined ? Object.keys(people) : [userArn];
    profiles.set(
      urn,
      arns.map((arn) => ({ region, userArn: arn })),
    );
    for (const arn of arns) own(arn, { region, urn });
    for (const arn of movedOut) own(arn, { region });
  }
  return { owners, profiles, services };
}
