import type { Fields } from "./liveProfiles";
import { keyOf } from "./liveProfiles";

interface Common {
  readonly name: string;
  readonly region: string;
  readonly adopt?: boolean;
  /** In a provider instance of its own. */
  readonly explicit?: boolean;
  /** The name of a resource that it depends on. */
  readonly after?: string;
}

export interface SingleResource extends Common {
  readonly kind: "single";
  readonly userArn: string;
  readonly fields: Fields;
  /** `late`: settles some time later. `made`: the output of a resource of the same program. */
  readonly arnComes?: "late" | "made";
  readonly ignores?: readonly (keyof Fields)[];
}

export interface RosterResource extends Common {
  readonly kind: "roster";
  readonly people: Readonly<Record<string, Fields>>;
  readonly unmanaged?: "ignore" | "report" | "remove";
  readonly maxRemovals?: number;
}

export type Declared = SingleResource | RosterResource;

/** In the order in which they are registered. */
export type Program = readonly Declared[];

/** By key what the resource declares. */
export function profilesOf(resource: Declared): Map<string, Fields> {
  const { region } = resource;
  return resource.kind === "single"
    ? new Map([[keyOf(region, resource.userArn), resource.fields]])
    : new Map(Object.entries(resource.people).map(([arn, fields]) => [keyOf(region, arn), fields]));
}

export function declaredBy(program: Program): Map<string, Fields> {
  return new Map(program.flatMap((resource) => [...profilesOf(resource)]));
}
