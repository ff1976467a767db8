import fc from "fast-check";
import { keyLine } from "../rosterFiles";
import { type Fault, type Fields, keyOf } from "./liveProfiles";
import {
  type Declared,
  declaredBy,
  type Program,
  profilesOf,
  type RosterResource,
  type SingleResource,
} from "./program";
import { recordedIn, type UpOptions, type World } from "./world";

/*
 * Random scripts: what a team does to a program, what happens to its updates, and what others do
 * meanwhile. A step is a verb and three numbers that mean something whatever the program is, so
 * that a script stays one when steps are left out of it.
 */

const edits = {
  single: 3,
  roster: 2,
  drop: 2,
  rename: 3,
  move: 6,
  merge: 1,
  dissolve: 1,
  swap: 2,
  readdress: 2,
  values: 2,
  region: 1,
  adopt: 1,
  provider: 1,
  arrival: 1,
  after: 1,
  unmanaged: 2,
  ignore: 1,
  order: 2,
} as const;
const events = { drift: 3, vanish: 1, stranger: 1 } as const;
const operations = {
  up: 8,
  failing: 8,
  killed: 3,
  target: 3,
  blind: 1,
  refresh: 1,
  destroy: 1,
} as const;
const weights = { ...edits, ...events, ...operations };

export type Verb = keyof typeof weights;
export type Step = readonly [verb: Verb, a: number, b: number, c: number];

const number = fc.nat(11);
const step: fc.Arbitrary<Step> = fc
  .oneof(
    ...Object.entries(weights).map(([verb, weight]) => ({
      weight,
      arbitrary: fc.constant(verb as Verb),
    })),
  )
  .chain((verb) => fc.tuple(fc.constant(verb), number, number, number));

export const scripts = (maxLength: number) =>
  fc.record({
    seed: fc.noShrink(fc.nat(1_000_000)),
    steps: fc.array(step, { minLength: 1, maxLength, size: "max" }),
  });

/** What the scripts may do. */
export interface Scope {
  /** Verbs that are left out. */
  readonly without?: readonly Verb[];
}

const users = ["u0", "u1", "u2", "u3", "u4", "u5"];
const arns = users.map((user, index) => {
  const account = index === 5 ? "210987654321" : "123456789012";
  return `arn:aws:iam::${account}:user/${user}`;
});
const regions = ["us-east-1", "us-east-1", "us-east-1", "eu-west-1"];
const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!;

/** Carries a script out. Throws Broken, and whatever else should never be thrown. */
export async function play(world: World, steps: readonly Step[], scope: Scope = {}): Promise<void> {
  const editor = new Editor(world);
  for (const [verb, a, b, c] of steps) {
    if (scope.without?.includes(verb)) continue;
    if (Object.hasOwn(edits, verb)) editor.edit(verb as keyof typeof edits, a, b, c);
    else if (Object.hasOwn(events, verb)) happen(world, verb as keyof typeof events, a, b);
    else await operate(world, verb as keyof typeof operations, a, b, c);
  }
  // However it went, one or two updates more put everything right, unless the
  // program has to decide something.
  if ((await world.up()) || (await world.up())) await world.destroy();
}

function happen(world: World, verb: keyof typeof events, a: number, b: number): void {
  const key = keyOf(at(regions, b), at(arns, a));
  const there = world.profiles.profiles.get(key);
  if (verb === "vanish") {
    if (there) world.outside(key, undefined);
  } else if (there || verb === "stranger") {
    world.outside(key, valuesOf(at(users, a), 20 + b));
  }
}

async function operate(
  world: World,
  verb: keyof typeof operations,
  a: number,
  b: number,
  c: number,
): Promise<void> {
  switch (verb) {
    case "up":
      return void (await world.up({ ...(a === 11 && { refresh: true }) }));
    case "failing":
      return void (await world.up({ faults: faults(world, a, b, c) }));
    case "killed":
      return void (await world.up({ killAfter: a + b }));
    case "target":
      return void (await world.up(targets(world, a)));
    case "blind":
      return void (await world.up({
        driftOff: true,
        faults: a % 3 === 0 ? faults(world, b, c, a) : [],
      }));
    case "refresh":
      return world.refresh();
    case "destroy":
      return void (await world.destroy(
        a % 3 === 0 ? { faults: faults(world, b, c, a) } : a % 3 === 1 ? { killAfter: b } : {},
      ));
  }
}

/**
 * One kind of write of a profile that is likely to be written, and sometimes
 * of another, or every kind.
 */
function faults({ program, state }: World, a: number, b: number, c: number): Fault[] {
  const keys = [...new Set([...declaredBy(program).keys(), ...recordedIn(state)])].sort();
  if (keys.length === 0) return [];
  const how = at(["refused", "refused", "lost", "repeated"] as const, c);
  const calls = at(
    [["create"], ["update"], ["delete"], ["create", "update", "delete"]] as const,
    b,
  );
  const struck = new Set([at(keys, a), ...(c % 3 === 0 ? [at(keys, a + 1)] : [])]);
  return [...struck].flatMap((key) => calls.map((call): Fault => ({ key, call, how })));
}

function targets(world: World, mask: number): UpOptions {
  const names = new Set([
    ...world.program.map(({ name }) => name),
    ...world.state.map(({ urn }) => urn.split("::").at(-1)!),
  ]);
  return { targets: [...names].filter((_name, index) => (mask >> (index % 4)) & 1) };
}

function valuesOf(user: string, version: number): Fields {
  return {
    displayName: `${user} ${version}`,
    emailAddress: `${user}@example.com`,
    ...(version % 4 === 3 && { sshPublicKey: keyLine(`${user} ${version}`) }),
  };
}

/**
 * Changes programs so that they stay right: each profile is declared once,
 * and nobody declares nothing.
 */
class Editor {
  #count = 0;

  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  edit(verb: keyof typeof edits, a: number, b: number, c: number): void {
    const { program } = this.#world;
    const changed = this.#changed(program, verb, a, b, c);
    const names = new Set(changed.map(({ name }) => name));
    const sound = changed
      .filter((one) => one.kind === "single" || Object.keys(one.people).length > 0)
      .map((one, index, all): Declared => {
        const earlier = all.slice(0, index).some(({ name }) => name === one.after);
        if (one.after === undefined || (earlier && names.has(one.after))) return one;
        const { after: _gone, ...rest } = one;
        return rest;
      });
    this.#world.declare(...sound);
  }

  #changed(program: Program, verb: keyof typeof edits, a: number, b: number, c: number): Program {
    const user = at(users, a);
    const userArn = at(arns, a);
    const region = at(regions, b);
    if (verb === "single") {
      const made = this.#single(userArn, region, valuesOf(user, 1));
      return [...without(program, keyOf(region, userArn)), made];
    }
    if (verb === "roster") {
      const people = Object.fromEntries(
        [a, a + 1, a + 2]
          .slice(0, 1 + (c % 3))
          .map((index) => [at(arns, index), valuesOf(at(users, index), 1)]),
      );
      const made: RosterResource = this.#roster(people, region);
      return [...[...profilesOf(made).keys()].reduce(without, program), made];
    }
    if (program.length === 0) return program;
    const one = at(program, a);
    const other = at(program, b);
    const replace = (...changed: Declared[]) =>
      program.map((resource) => changed.find(({ name }) => name === resource.name) ?? resource);
    switch (verb) {
      case "drop":
        return program.filter((resource) => resource !== one);
      case "rename": {
        const name = this.#name(one.kind);
        return program.map((resource) =>
          resource === one
            ? { ...one, name }
            : resource.after === one.name
              ? { ...resource, after: name }
              : resource,
        );
      }
      case "move":
        return this.#move(program, a, b, c);
      case "merge": {
        const people = Object.fromEntries(
          program
            .filter((resource) => resource.region === one.region)
            .flatMap((resource) => [...profilesOf(resource)])
            .map(([key, fields]) => [key.split(" ")[1]!, fields]),
        );
        return [
          ...program.filter((resource) => resource.region !== one.region),
          this.#roster(people, one.region),
        ];
      }
      case "dissolve": {
        if (one.kind === "single") return program;
        return program.flatMap((resource) =>
          resource === one
            ? Object.entries(one.people).map(([arn, fields]) =>
                this.#single(arn, one.region, fields),
              )
            : [resource],
        );
      }
      case "swap": {
        if (one === other || one.kind !== "single" || other.kind !== "single") return program;
        const take = (from: SingleResource, to: SingleResource): SingleResource => ({
          ...to,
          userArn: from.userArn,
          region: from.region,
          fields: from.fields,
        });
        return replace(take(one, other), take(other, one));
      }
      case "readdress": {
        if (one.kind !== "single") return program;
        const index = b % arns.length;
        const key = keyOf(one.region, at(arns, index));
        if (profilesOf(one).has(key)) return program;
        const before = program
          .flatMap((resource) => [...profilesOf(resource)])
          .find(([own]) => own === key)?.[1];
        const rest = without(
          program.filter((resource) => resource !== one),
          key,
        );
        const moved: SingleResource = {
          ...one,
          userArn: at(arns, index),
          fields: before ?? valuesOf(at(users, index), 1),
        };
        // Who was there stays, under a name of its own, as the one who is pushed out does.
        const added = c % 2 === 0 ? [this.#single(one.userArn, one.region, one.fields)] : [];
        return [...rest, moved, ...added];
      }
      case "values":
        return program.map((resource) => withValues(resource, at(arns, a), user, 2 + (b % 6)));
      case "region": {
        if (one.kind === "roster" && c % 2 === 0) return program;
        const keys = [...profilesOf({ ...one, region }).keys()];
        const rest = keys.reduce(
          without,
          program.filter((resource) => resource !== one),
        );
        return [...rest, { ...one, region }];
      }
      case "adopt": {
        const { adopt, ...rest } = one;
        return replace(adopt ? rest : { ...one, adopt: true });
      }
      case "provider": {
        const { explicit, ...rest } = one;
        return replace(explicit ? rest : { ...one, explicit: true });
      }
      case "arrival": {
        if (one.kind !== "single") return program;
        const { arnComes: _before, ...rest } = one;
        const arnComes = at([undefined, "late", "made"] as const, b);
        return replace(arnComes ? { ...rest, arnComes } : rest);
      }
      case "after": {
        const { after: _before, ...rest } = one;
        return replace(other === one ? rest : { ...rest, after: other.name });
      }
      case "unmanaged": {
        if (one.kind !== "roster") return program;
        const unmanaged = at(["ignore", "report", "remove"] as const, b);
        return replace({ ...one, unmanaged });
      }
      case "ignore": {
        if (one.kind !== "single") return program;
        const { ignores, ...rest } = one;
        return replace(ignores ? rest : { ...one, ignores: ["displayName"] });
      }
      case "order":
        return [...program.slice(a % program.length), ...program.slice(0, a % program.length)];
      default:
        throw new Error(`${verb satisfies never}`);
    }
  }

  /** One profile, or two, go from where they are to another resource, or to one of their own. */
  #move(program: Program, a: number, b: number, c: number): Program {
    const from = program.flatMap((resource) =>
      [...profilesOf(resource)].map(([key, fields]) => ({ resource, key, fields })),
    );
    const { key, fields, resource } = at(from, a);
    const [region, userArn] = key.split(" ") as [string, string];
    const now = c % 3 === 0 ? valuesOf(userArn.split("/").at(-1)!, 30 + b) : fields;
    const rosters = program.filter(
      (one): one is RosterResource =>
        one.kind === "roster" && one !== resource && one.region === region,
    );
    const choice = b % (rosters.length + 1);
    const rest = without(program, key);
    if (choice < rosters.length) {
      const goal = rosters[choice]!;
      return rest.map((one) =>
        one === goal ? { ...goal, people: { ...goal.people, [userArn]: now } } : one,
      );
    }
    const made =
      resource.kind === "single" && c % 2 === 0
        ? this.#roster({ [userArn]: now }, region)
        : this.#single(userArn, region, now);
    return c % 4 < 2 ? [...rest, made] : [made, ...rest];
  }

  #single(userArn: string, region: string, fields: Fields): SingleResource {
    return { kind: "single", name: this.#name("single"), region, userArn, fields };
  }

  #roster(people: Readonly<Record<string, Fields>>, region: string): RosterResource {
    const name = this.#name("roster");
    return { kind: "roster", name, region, people, maxRemovals: 1000 };
  }

  #name(kind: Declared["kind"]): string {
    return `${kind[0]}${this.#count++}`;
  }
}

function without(program: Program, key: string): Program {
  return program.flatMap((resource): Declared[] => {
    const [region, arn] = key.split(" ") as [string, string];
    if (resource.region !== region) return [resource];
    if (resource.kind === "single") return resource.userArn === arn ? [] : [resource];
    if (!Object.hasOwn(resource.people, arn)) return [resource];
    const { [arn]: _gone, ...people } = resource.people;
    return [{ ...resource, people }];
  });
}

function withValues(resource: Declared, arn: string, user: string, version: number): Declared {
  if (resource.kind === "single") {
    return resource.userArn === arn ? { ...resource, fields: valuesOf(user, version) } : resource;
  }
  if (!Object.hasOwn(resource.people, arn)) return resource;
  return { ...resource, people: { ...resource.people, [arn]: valuesOf(user, version) } };
}
