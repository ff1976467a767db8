import { Engine, type Options, type Outcome, type Problem, type StateResource } from "./engine";
import {
  type Fault,
  type Fields,
  keyOf,
  type Live,
  LiveProfiles,
  type WriteCall,
} from "./liveProfiles";
import { Network } from "./network";
import { type Declared, declaredBy, type Program, profilesOf } from "./program";
import { Random } from "./random";

/** What the rules need of an engine, the stand-in or the real one. */
export interface Stack {
  readonly state: readonly StateResource[];
  up(program: Program, options: Options, stopAfter?: number): Promise<Outcome | "killed">;
  preview(program: Program, options: Options): Promise<Outcome>;
  refresh(options: Options): Promise<Outcome | "killed">;
  destroy(options: Options, stopAfter?: number): Promise<Outcome | "killed">;
}

export interface UpOptions {
  readonly faults?: readonly Fault[];
  /** Everything is killed after so many requests and answers. */
  readonly killAfter?: number;
  /** Names of resources. */
  readonly targets?: readonly string[];
  readonly refresh?: boolean;
  readonly driftOff?: boolean;
}

/** Something that must never happen has. */
export class Broken extends Error {
  override name = "Broken";
}

const resourceTypes = {
  single: "pulumi-nodejs:dynamic/codestar:CodeStarUserProfile",
  roster: "pulumi-nodejs:dynamic/codestar:CodeStarRoster",
};

export const urnOf = ({ kind, name }: Pick<Declared, "kind" | "name">): string =>
  `urn:pulumi:dev::test::${resourceTypes[kind]}::${name}`;

/**
 * A stack, its profiles and the program of the hour; every operation is checked against the rules.
 */
export class World {
  program: Program = [];
  /** The writes of the last update. */
  lastWrites: readonly WriteCall[] = [];
  /**
   * Profiles that are there and in the state. Who was spared for an owner
   * that never came is nobody's.
   */
  #owned = new Set<string>();
  /** What was done, a line each. */
  readonly log: string[] = [];

  readonly #stack: Stack;
  readonly #config: Readonly<Record<string, string>>;

  constructor(
    stack: Stack,
    readonly profiles: LiveProfiles,
    config: Readonly<Record<string, string>> = { "aws:region": "us-east-1" },
  ) {
    this.#stack = stack;
    this.#config = config;
  }

  /** On the stand-in, whose order of events follows from the seed. */
  static standIn(seed: number): World {
    const random = new Random(seed);
    const profiles = new LiveProfiles();
    return new World(new Engine(random, () => new Network(profiles, random)), profiles);
  }

  get state(): readonly StateResource[] {
    return this.#stack.state;
  }

  declare(...program: Program): void {
    this.program = program;
    this.log.push(`program: ${program.map(describe).join("; ") || "nothing"}`);
  }

  /** What others do. */
  outside(key: string, fields: Fields | undefined): void {
    this.log.push(`outside: ${key.split("/").at(-1)} ${fields ? "changed" : "deleted"}`);
    this.#noteOwned();
    if (fields === undefined) this.profiles.profiles.delete(key);
    else this.profiles.set(key, { ...this.profiles.profiles.get(key), ...fields });
    this.#noteOwned();
  }

  /** @returns whether it succeeded. */
  async up(options: UpOptions = {}, isSecond = false): Promise<boolean> {
    const { faults = [], killAfter, targets, refresh, driftOff } = options;
    const before = this.#begin(faults);
    const config = { ...this.#config, ...(driftOff && { "codestar:drift": "off" }) };
    const outcome = await this.#stack.up(
      this.program,
      {
        config,
        ...(refresh && { refresh }),
        ...(targets && { targets: this.#urns(targets) }),
      },
      killAfter,
    );
    this.#note("up", options, outcome);
    this.lastWrites = this.profiles.writes;
    const isExcused = this.#checkDeletes(before, options);
    this.#checkNeedless(before, options);
    if (outcome === "killed") return false;
    if (outcome.problems.length > 0) {
      if (this.#struck === 0) this.#checkRefusals(outcome.problems, before);
      return false;
    }
    if (targets === undefined && !driftOff && !isExcused) {
      await this.#checkSettled(before, isSecond);
    }
    return true;
  }

  /**
   * Nobody is deleted whom the program declares, or whom the stack did not have.
   * @returns whether somebody was, as the documentation says under Limits.
   */
  #checkDeletes(before: Before, options: UpOptions): boolean {
    let isExcused = false;
    for (const { call, key } of this.profiles.writes) {
      if (call !== "delete") continue;
      const declarer = this.program.find((resource) => profilesOf(resource).has(key));
      if (declarer !== undefined) {
        const isSeen = options.targets?.includes(declarer.name) ?? true;
        if (isSeen) {
          throw new Broken(`deleted ${key}, which the program declares`);
        }
        isExcused = true;
      } else if (!before.recorded.has(key) && !this.#removable(key, options)) {
        throw new Broken(`deleted ${key}, which is not the stack's`);
      }
    }
    return isExcused;
  }

  /**
   * All is as declared, and nothing is left to do. While a roster cannot know whether an ARN that
   * comes late is one of those who left it, it waits for the next update.
   */
  async #checkSettled(before: Before, isSecond: boolean): Promise<void> {
    const comesLate = this.program.some(
      (resource) => resource.kind === "single" && resource.arnComes !== undefined,
    );
    const mayWait = comesLate && !isSecond;
    this.#checkReached(before, mayWait);
    const { planned, problems } = await this.preview();
    if (problems.length === 0 && planned.size === 0) return;
    if (!mayWait) {
      throw new Broken(
        `the preview after plans ${JSON.stringify([...planned])} ${JSON.stringify(problems)}`,
      );
    }
    const { lastWrites } = this;
    await this.up({}, true);
    this.lastWrites = lastWrites;
  }

  async preview(): Promise<Outcome> {
    this.#begin([]);
    const outcome = await this.#stack.preview(this.program, { config: this.#config });
    if (this.profiles.writes.length > 0) throw new Broken("a preview writes");
    return outcome;
  }

  async refresh(): Promise<void> {
    this.#begin([]);
    const outcome = await this.#stack.refresh({ config: this.#config });
    this.#note("refresh", {}, outcome);
    if (this.profiles.writes.length > 0) throw new Broken("a refresh writes");
    if (outcome !== "killed" && outcome.problems.length > 0)
      throw new Broken(`a refresh fails: ${outcome.problems[0]!.message}`);
  }

  async destroy({ faults = [], killAfter }: UpOptions = {}): Promise<boolean> {
    const before = this.#begin(faults);
    const outcome = await this.#stack.destroy({ config: this.#config }, killAfter);
    this.#note("destroy", { faults, ...(killAfter !== undefined && { killAfter }) }, outcome);
    for (const { key } of this.profiles.writes) {
      if (!before.recorded.has(key)) throw new Broken(`deleted ${key}, which is not the stack's`);
    }
    if (outcome === "killed") return false;
    if (outcome.problems.length > 0) {
      if (this.#struck > 0) return false;
      throw new Broken(`a destroy fails: ${outcome.problems[0]!.message}`);
    }
    if (this.state.length > 0) throw new Broken("a destroy leaves something in the state");
    for (const key of before.recorded) {
      if (this.profiles.profiles.has(key)) throw new Broken(`a destroy leaves ${key}`);
    }
    return true;
  }

  #noteOwned(): void {
    const { profiles } = this.profiles;
    this.#owned = new Set([...recordedIn(this.state)].filter((key) => profiles.has(key)));
  }

  #begin(faults: readonly Fault[]): Before {
    this.#noteOwned();
    this.profiles.writes = [];
    this.profiles.faults = [...faults];
    this.profiles.struck = 0;
    return {
      recorded: recordedIn(this.state),
      known: recordedIn(this.state.filter(({ deletePending }) => !deletePending)),
      withKey: recordedIn(this.state, ({ sshPublicKey }) => sshPublicKey !== undefined),
      live: new Map(this.profiles.profiles),
    };
  }

  get #struck(): number {
    return this.profiles.struck;
  }

  #urns(names: readonly string[]): Set<string> {
    return new Set(
      names.flatMap((name) => (["single", "roster"] as const).map((kind) => urnOf({ kind, name }))),
    );
  }

  /** Nobody declares it, and a roster is to remove such. */
  #removable(key: string, { driftOff, targets }: UpOptions): boolean {
    return this.program.some(
      (resource) =>
        resource.kind === "roster" &&
        resource.unmanaged === "remove" &&
        !driftOff &&
        (targets?.includes(resource.name) ?? true) &&
        [...profilesOf(resource).keys()].some((own) => sameAccount(own, key)),
    );
  }

  #checkNeedless({ known, live, withKey }: Before, { driftOff }: UpOptions): void {
    for (const { call, key, values, before, outcome } of this.profiles.writes) {
      const isKnown = known.has(key) && live.has(key) && !driftOff;
      if (call === "create" && outcome === "exists" && isKnown) {
        throw new Broken(`tried to create ${key}, which is the stack's and there`);
      }
      const declared = declaredBy(this.program).get(key);
      if (call !== "delete" && declared !== undefined) {
        for (const [field, value] of Object.entries(values)) {
          const isRevoked = field === "sshPublicKey" && value === "" && withKey.has(key);
          if (Object.hasOwn(declared, field) || isRevoked) continue;
          throw new Broken(`wrote ${field} of ${key}, which nobody declares`);
        }
      }
      if (call === "update" && before && !driftOff) {
        const needed = Object.keys(values).some((f) => !same(f, values, before));
        if (!needed) throw new Broken(`a needless update of ${key}`);
      }
    }
  }

  #checkReached({ live }: Before, removalsMayWait: boolean): void {
    const owned = this.#owned;
    const declared = declaredBy(this.program);
    const ignored = new Map(
      this.program.flatMap((resource) =>
        resource.kind === "single"
          ? [[keyOf(resource.region, resource.userArn), resource.ignores ?? []] as const]
          : [],
      ),
    );
    for (const [key, fields] of declared) {
      const now = this.profiles.profiles.get(key);
      if (now === undefined) throw new Broken(`${key} is declared and missing`);
      for (const field of Object.keys(fields)) {
        if (ignored.get(key)?.includes(field as keyof Fields)) continue;
        if (!same(field, fields, now)) throw new Broken(`${field} of ${key} is not as declared`);
      }
    }
    if (removalsMayWait) return;
    for (const key of owned) {
      if (!declared.has(key) && this.profiles.profiles.has(key)) {
        throw new Broken(`${key} is no longer declared and still there`);
      }
    }
    for (const key of live.keys()) {
      if (declared.has(key) || owned.has(key)) continue;
      if (this.profiles.profiles.has(key) && this.#removable(key, {})) {
        throw new Broken(`${key} is unmanaged and still there`);
      }
    }
  }

  /** An update without accidents fails only for what the program has to decide. */
  #checkRefusals(problems: readonly Problem[], before: Before): void {
    for (const problem of problems) {
      if (!this.#isDue(problem, before)) {
        throw new Broken(`refused: ${problem.urn} ${problem.during}: ${problem.message}`);
      }
    }
  }

  #isDue({ urn, during, message }: Problem, { known, live }: Before): boolean {
    if (during === "target") return true;
    const resource = this.program.find((one) => urnOf(one) === urn);
    if (resource === undefined) return false;
    if (/would remove \d+ profile|which would remove all/.test(message)) {
      return resource.kind === "roster" && resource.maxRemovals === undefined;
    }
    if (!/exists already and differs|profiles? exists? already/.test(message)) return false;
    if (resource.adopt) return false;
    // The engine puts the old profile's values in place of the new one's.
    if (resource.kind === "single" && resource.ignores) return true;
    return [...profilesOf(resource)].some(([key, fields]) => {
      const there = live.get(key);
      if (there === undefined || known.has(key)) return false;
      return Object.keys(fields).some((field) => !same(field, fields, there));
    });
  }

  #note(what: string, options: UpOptions, outcome: Outcome | "killed"): void {
    const { faults = [], ...others } = options;
    const told = [
      ...faults.map(({ call, key, how }) => `${call} of ${key.split("/").at(-1)} ${how}`),
      ...Object.entries(others).map(([name, value]) => `${name} ${String(value)}`),
    ];
    const calls = this.profiles.writes.map(
      ({ call, key, outcome: how }) =>
        `${call} ${key.split("/").at(-1)}${how === "done" ? "" : ` (${how})`}`,
    );
    const end =
      outcome === "killed"
        ? "killed"
        : outcome.problems.length > 0
          ? `failed (${outcome.problems.map(({ urn, message }) => `${urn.split("::").at(-1)}: ${message}`).join(" | ")})`
          : "ok";
    this.log.push(
      `${what}${told.length > 0 ? ` [${told.join(", ")}]` : ""}: ${calls.join(", ") || "no write"} -> ${end}`,
    );
  }
}

interface Before {
  /** The keys of the profiles that the state holds. */
  readonly recorded: ReadonlySet<string>;
  /** Those that the engine tells the program of; it leaves out what is still to be deleted. */
  readonly known: ReadonlySet<string>;
  /** Those whose SSH key the state holds as well. */
  readonly withKey: ReadonlySet<string>;
  readonly live: ReadonlyMap<string, Live>;
}

/** The keys of the profiles that a state holds. */
export function recordedIn(
  state: readonly StateResource[],
  which: (fields: Fields) => boolean = () => true,
): Set<string> {
  return new Set(
    state.flatMap(({ type, outputs, id }) => {
      const region = String(outputs.region);
      if (type === resourceTypes.single) return which(outputs) ? [keyOf(region, id)] : [];
      if (type !== resourceTypes.roster) return [];
      return Object.entries(outputs.people as Record<string, Fields>)
        .filter(([, fields]) => which(fields))
        .map(([arn]) => keyOf(region, arn));
    }),
  );
}

function sameAccount(a: string, b: string): boolean {
  // "us-east-1 arn:aws:iam::123456789012"
  return a.split(":user/")[0] === b.split(":user/")[0];
}

function same(field: string, a: Fields, b: Fields): boolean {
  const [one, other] = [a, b].map((fields) => (fields as Record<string, string>)[field] ?? "");
  return one!.trim() === other!.trim();
}

function describe(resource: Declared): string {
  const { kind, name, region, adopt, explicit, after } = resource;
  const people = [...profilesOf(resource)].map(
    ([key, { displayName, sshPublicKey }]) =>
      `${key.split("/").at(-1)}=${displayName}${sshPublicKey === undefined ? "" : "+key"}`,
  );
  const options = [
    adopt && "adopt",
    explicit && "own provider",
    after && `after ${after}`,
    region !== "us-east-1" && region,
    ...(kind === "single"
      ? [resource.arnComes, resource.ignores && `ignores ${resource.ignores.join("+")}`]
      : [
          resource.unmanaged && `unmanaged ${resource.unmanaged}`,
          resource.maxRemovals !== undefined && `maxRemovals ${resource.maxRemovals}`,
        ]),
  ].filter((option) => typeof option === "string");
  return `${kind} ${name} {${people.join(" ")}}${options.length > 0 ? ` (${options.join(", ")})` : ""}`;
}
