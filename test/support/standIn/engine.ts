import assert from "node:assert/strict";
import { profileProvider } from "../../../provider/dynamic/profileProvider";
import { rosterProvider } from "../../../provider/dynamic/rosterProvider";
import type { OtherProcesses } from "../../../provider/lifecycle/otherProcesses";
import { createSession } from "../../../provider/lifecycle/session";
import { repository } from "../imports";
import { userType } from "./declareProgram";
import type { Network } from "./network";
import type { Program } from "./program";
import {
  forgetProgram,
  type Props,
  type Registered,
  type Registration,
  runProgram,
  type StackOutputs,
} from "./programRun";
import type { Random } from "./random";

/*
 * A stand-in for the Pulumi engine, after its own sources (pkg/resource/deploy of 3.274.1): what is
 * checked and compared when, which steps follow, what runs side by side, what a failure stops, and
 * what the state holds then.
 */

/** What the state holds of a resource. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
  /** The URN of the provider instance; `""` for the default one. */
  readonly provider: string;
  readonly dependencies: readonly string[];
  /** Set for the old of a replacement, which is still to be deleted. */
  deletePending: boolean;
  readonly partlyDone: boolean;
}

export interface Options {
  readonly config: Readonly<Record<string, string>>;
  /** URNs; without, everything. */
  readonly targets?: ReadonlySet<string>;
  /** `up --refresh` */
  readonly refresh?: boolean;
}

/** What went wrong, in the words of the provider or the program. */
export interface Problem {
  readonly urn: string;
  readonly during: "program" | "check" | "create" | "update" | "delete" | "read" | "target";
  readonly message: string;
}

export interface Outcome {
  /** By URN what was planned; those that stay the same left out. */
  readonly planned: ReadonlyMap<string, "create" | "update" | "replace" | "delete">;
  readonly problems: readonly Problem[];
}

interface Provider {
  check(olds: Props, news: Props): Promise<{ inputs?: Props; failures?: { reason: string }[] }>;
  diff(
    id: string,
    olds: Props,
    news: Props,
  ): Promise<{ changes?: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }>;
  create(inputs: Props): Promise<{ id: string; outs?: Props }>;
  update(id: string, olds: Props, news: Props): Promise<{ outs?: Props }>;
  read(id: string, props: Props): Promise<{ id?: string; props?: Props; inputs?: Props }>;
  delete(id: string, props: Props): Promise<void>;
  configure(request: unknown): Promise<void>;
}

/** A host of dynamic providers: one process, with a session that its providers share. */
class Host {
  readonly #providers: Readonly<Record<string, Provider>>;

  constructor(
    network: Network,
    name: string,
    others: OtherProcesses,
    config: Readonly<Record<string, string>>,
  ) {
    const openTransport = network.transportOf(name);
    const session = createSession({ variables: {}, folder: repository, others, openTransport });
    this.#providers = {
      provider: profileProvider(session) as Provider,
      "roster-provider": rosterProvider(session) as Provider,
    };
    // Not waited for: the host uses the provider of a second resource before it has settled.
    for (const provider of Object.values(this.#providers)) {
      void provider.configure({ config: { get: (key: string) => config[key] } });
    }
  }

  /** The provider that the text in the resource names. */
  provider({ __provider: text }: Props): Provider {
    assert.equal(typeof text, "string");
    const [, name] = /require\("pulumi-codestar\/([\w-]+)"\)/.exec(text as string)!;
    const provider = this.#providers[name!];
    assert.ok(provider, name);
    return provider;
  }
}

export class Engine {
  state: StateResource[] = [];

  readonly #random: Random;
  readonly #newNetwork: () => Network;

  constructor(random: Random, newNetwork: () => Network) {
    this.#random = random;
    this.#newNetwork = newNetwork;
  }

  /** @returns "killed" when everything stopped after so many events of the network. */
  async up(
    program: Program,
    options: Options,
    stopAfter = Number.POSITIVE_INFINITY,
  ): Promise<Outcome | "killed"> {
    const network = this.#newNetwork();
    const operation = new Operation(this, this.#random, network, options, false);
    try {
      return await network.carry(operation.run(program), stopAfter);
    } finally {
      operation.over = true;
      forgetProgram();
    }
  }

  async preview(program: Program, options: Options): Promise<Outcome> {
    const network = this.#newNetwork();
    const before = this.state;
    const operation = new Operation(this, this.#random, network, options, true);
    try {
      return (await network.carry(operation.run(program), Number.POSITIVE_INFINITY)) as Outcome;
    } finally {
      this.state = before;
      forgetProgram();
    }
  }

  async refresh(options: Options): Promise<Outcome | "killed"> {
    const network = this.#newNetwork();
    const operation = new Operation(this, this.#random, network, options, false);
    return network.carry(operation.refreshOnly(), Number.POSITIVE_INFINITY);
  }

  async destroy(
    options: Options,
    stopAfter = Number.POSITIVE_INFINITY,
  ): Promise<Outcome | "killed"> {
    const network = this.#newNetwork();
    const operation = new Operation(this, this.#random, network, options, false);
    const outcome = await network.carry(operation.destroy(), stopAfter);
    operation.over = true;
    return outcome;
  }
}

/** One run of the CLI, with the processes that it starts. */
class Operation {
  /** The engine is gone: nothing is written to the state any more. */
  over = false;
  readonly #hosts = new Map<string, Host>();
  /** What the processes have told each other. */
  readonly #seen = new Map<string, Set<string>>();
  readonly #planned = new Map<string, "create" | "update" | "replace" | "delete">();
  readonly #problems: Problem[] = [];
  readonly #stepsUnderWay = new Set<Promise<void>>();
  /** The state when the operation began. */
  #prior: readonly StateResource[];
  /** URNs that this operation dealt with, so that their old selves are not deleted. */
  readonly #operatedOn = new Set<string>();
  readonly #skippedCreates = new Set<string>();
  /** Registrations are checked and compared one after another. */
  #planning: Promise<unknown> = Promise.resolve();
  #cancel!: () => void;
  readonly #cancelled = new Promise<"cancelled">((resolve) => {
    this.#cancel = () => resolve("cancelled");
  });

  readonly #engine: Engine;
  readonly #random: Random;
  readonly #network: Network;
  readonly #options: Options;
  readonly #dryRun: boolean;

  constructor(engine: Engine, random: Random, network: Network, options: Options, dryRun: boolean) {
    this.#engine = engine;
    this.#random = random;
    this.#network = network;
    this.#options = options;
    this.#dryRun = dryRun;

    this.#prior = engine.state;
  }

  async run(program: Program): Promise<Outcome> {
    if (this.#options.refresh) await this.#refresh();
    const ended = runProgram(
      program,
      {
        preview: this.#dryRun,
        config: this.#options.config,
        stackOutputs: () => this.#stackOutputs(),
      },
      (registration) => this.#register(registration),
    ).catch((error: unknown) => this.#fail("", "program", error));
    await Promise.race([ended, this.#cancelled]);
    await this.#settle();
    if (this.#problems.length === 0) await this.#deleteOthers();
    return this.#outcome();
  }

  async refreshOnly(): Promise<Outcome> {
    await this.#refresh();
    return this.#outcome();
  }

  async destroy(): Promise<Outcome> {
    await this.#deleteOthers();
    return this.#outcome();
  }

  /** The engine leaves out what is still to be deleted. */
  #stackOutputs(): StackOutputs {
    const kept = this.#engine.state.filter(({ deletePending }) => !deletePending);
    return Object.fromEntries(kept.map(({ urn, type, outputs }) => [urn, { type, outputs }]));
  }

  #outcome(): Outcome {
    return { planned: this.#planned, problems: this.#problems };
  }

  #host(provider: string): Host {
    const host =
      this.#hosts.get(provider) ??
      new Host(this.#network, provider, this.#told(provider), this.#options.config);
    this.#hosts.set(provider, host);
    return host;
  }

  #told(name: string): OtherProcesses {
    const own = this.#seen.get(name) ?? new Set();
    this.#seen.set(name, own);
    return {
      tell: (keys) => {
        for (const key of keys) own.add(key);
      },
      haveTold: (key) => [...this.#seen.values()].some((keys) => keys !== own && keys.has(key)),
    };
  }

  #provider(provider: string, props: Props): Provider {
    return this.#host(provider).provider(props);
  }

  #fail(urn: string, during: Problem["during"], error: unknown): void {
    this.#problems.push({ urn, during, message: messageOf(error) });
    this.#cancel();
  }

  #targeted(urn: string): boolean {
    return this.#options.targets?.has(urn) ?? true;
  }

  #register(registration: Registration): Promise<Registered> {
    const answer = this.#planning.then(() => this.#plan(registration));
    this.#planning = answer.catch(() => {});
    return answer.then((step) => step());
  }

  /**
   * Checks and compares; what it answers carries the step out. A program is not
   * answered once it all failed.
   */
  async #plan(registration: Registration): Promise<() => Promise<Registered>> {
    const { urn, type, provider } = registration;
    const never = () => new Promise<Registered>(() => {});
    if (this.#problems.length > 0) return never;
    const old = this.#prior.find((resource) => resource.urn === urn && !resource.deletePending);
    if (type.startsWith("pulumi:providers:")) {
      this.#operatedOn.add(urn);
      return async () => ({ id: "own", outputs: registration.inputs });
    }
    if (!this.#targeted(urn)) {
      this.#operatedOn.add(urn);
      if (old === undefined) {
        this.#skippedCreates.add(urn);
        return async () => ({ id: "", outputs: {} });
      }
      return async () => ({ id: old.id, outputs: old.outputs });
    }
    const missing = registration.dependencies.find((needed) => this.#skippedCreates.has(needed));
    if (missing !== undefined) {
      this.#fail(urn, "target", new Error(`needs ${missing}, which is not targeted`));
      return never;
    }
    if (type === userType) return this.#planUser(registration, old);
    const host = this.#provider(provider, registration.inputs);
    const ignored = old ? withIgnored(registration, old.inputs) : registration.inputs;
    const inputs = await this.#check(host, urn, old?.inputs ?? {}, ignored);
    if (inputs === undefined) return never;
    if (old === undefined) {
      this.#planned.set(urn, "create");
      return () => this.#step(() => this.#create(host, registration, inputs, undefined));
    }
    let difference: Awaited<ReturnType<Provider["diff"]>>;
    try {
      difference = await host.diff(old.id, wire(old.outputs), wire(inputs));
    } catch (error) {
      this.#fail(urn, "check", error);
      return never;
    }
    assert.equal(typeof difference.changes, "boolean");
    this.#operatedOn.add(urn);
    if ((difference.replaces ?? []).length > 0) {
      const again = await this.#check(host, urn, {}, registration.inputs);
      if (again === undefined) return never;
      this.#planned.set(urn, "replace");
      return () => this.#step(() => this.#create(host, registration, again, old));
    }
    if (difference.changes || old.partlyDone) {
      this.#planned.set(urn, "update");
      return () => this.#step(() => this.#update(host, registration, inputs, old));
    }
    return () =>
      this.#step(async () => {
        const same = {
          ...old,
          inputs,
          provider,
          dependencies: registration.dependencies,
          partlyDone: false,
        };
        this.#write(old, same);
        return { id: same.id, outputs: same.outputs };
      });
  }

  #planUser(
    { urn, type, inputs, provider, dependencies }: Registration,
    old: StateResource | undefined,
  ): () => Promise<Registered> {
    const id = String(inputs.made);
    const outputs = { arn: id };
    if (old) this.#operatedOn.add(urn);
    if (this.#dryRun && old === undefined) return async () => ({ id: "", outputs: {} });
    return () =>
      this.#step(async () => {
        const user = { urn, type, id, inputs, outputs, provider, dependencies };
        this.#write(old, { ...user, deletePending: false, partlyDone: false });
        return { id, outputs };
      });
  }

  async #check(host: Provider, urn: string, olds: Props, news: Props): Promise<Props | undefined> {
    try {
      const { inputs = news, failures = [] } = await host.check(wire(olds), wire(news));
      for (const { reason } of failures) this.#fail(urn, "check", reason);
      if (failures.length > 0) return undefined;
      return wire({ ...inputs, __provider: news.__provider });
    } catch (error) {
      this.#fail(urn, "check", error);
      return undefined;
    }
  }

  /** Runs beside other steps. A step that has not begun when another fails is not begun. */
  #step(work: () => Promise<Registered>): Promise<Registered> {
    return new Promise((resolve) => {
      const run = async () => {
        if (this.#problems.length > 0 || this.over) return;
        const registered = await work();
        if (this.#problems.length === 0 && !this.over) resolve(registered);
      };
      const underWay = run().catch(() => {});
      this.#stepsUnderWay.add(underWay);
      void underWay.then(() => this.#stepsUnderWay.delete(underWay));
    });
  }

  async #settle(): Promise<void> {
    await this.#planning;
    while (this.#stepsUnderWay.size > 0) await Promise.all(this.#stepsUnderWay);
  }

  async #create(
    host: Provider,
    { urn, type, provider, dependencies }: Registration,
    inputs: Props,
    replaced: StateResource | undefined,
  ): Promise<Registered> {
    if (this.#dryRun) return { id: "", outputs: inputs };
    const resource = { urn, type, inputs, provider, dependencies, deletePending: false };
    try {
      const { id, outs } = await host.create(wire(inputs));
      assert.ok(id, "a provider has to answer an id");
      const made = {
        ...resource,
        id,
        outputs: result(outs, inputs),
        partlyDone: false,
      };
      if (!this.over && replaced) replaced.deletePending = true;
      this.#write(undefined, made);
      return { id, outputs: made.outputs };
    } catch (error) {
      const partly = error as { id?: string; properties?: Props };
      if (partly.id && !this.over) {
        if (replaced) replaced.deletePending = true;
        const outputs = wire(partly.properties ?? {});
        this.#write(undefined, { ...resource, id: partly.id, outputs, partlyDone: true });
      }
      this.#fail(urn, "create", error);
      throw error;
    }
  }

  async #update(
    host: Provider,
    { urn, type, provider, dependencies }: Registration,
    inputs: Props,
    old: StateResource,
  ): Promise<Registered> {
    const { id } = old;
    if (this.#dryRun) return { id, outputs: { ...old.outputs, ...inputs } };
    const resource = { urn, type, id, provider, dependencies, deletePending: false };
    try {
      const { outs } = await host.update(id, wire(old.outputs), wire(inputs));
      const outputs = result(outs, inputs);
      this.#write(old, { ...resource, inputs, outputs, partlyDone: false });
      return { id, outputs };
    } catch (error) {
      const partly = error as { id?: string; properties?: Props };
      if (partly.id) {
        // The inputs that are kept are those from before, for the new ones were not reached.
        const outputs = wire(partly.properties ?? {});
        this.#write(old, { ...resource, inputs: old.inputs, outputs, partlyDone: true });
      }
      this.#fail(urn, "update", error);
      throw error;
    }
  }

  /** Takes the place of the old in the state, or stands after all others. */
  #write(old: StateResource | undefined, resource: StateResource | undefined): void {
    if (this.over) return;
    const others = this.#engine.state.filter((other) => other !== old);
    this.#engine.state = resource ? [...others, resource] : others;
  }

  /**
   * What no registration was for, and the old of replacements; those that depend on others first.
   */
  async #deleteOthers(): Promise<void> {
    const condemned = new Set(
      this.#prior.filter(
        ({ urn, deletePending }) =>
          this.#targeted(urn) && (deletePending || !this.#operatedOn.has(urn)),
      ),
    );
    for (const { urn } of condemned) if (!this.#planned.has(urn)) this.#planned.set(urn, "delete");
    if (this.#dryRun) return;
    const waves: StateResource[][] = [];
    while (condemned.size > 0) {
      const urns = new Set([...condemned].map(({ urn }) => urn));
      let wave = [...condemned].filter(
        ({ urn, dependencies }) => !dependencies.some((one) => one !== urn && urns.has(one)),
      );
      if (wave.length === 0) wave = [...condemned];
      for (const resource of wave) condemned.delete(resource);
      waves.unshift(wave);
    }
    for (const wave of waves) {
      await Promise.all(this.#shuffled(wave).map((resource) => this.#deleteOne(resource)));
    }
  }

  async #deleteOne(resource: StateResource): Promise<void> {
    const { urn, type, id, outputs, provider } = resource;
    // Some are not begun any more when another fails.
    if (this.#problems.length > 0) return;
    try {
      if (type !== userType) await this.#provider(provider, outputs).delete(id, wire(outputs));
      this.#write(resource, undefined);
    } catch (error) {
      this.#fail(urn, "delete", error);
    }
  }

  async #refresh(): Promise<void> {
    const refreshed = await Promise.all(
      this.#engine.state.map(async (resource): Promise<StateResource | undefined> => {
        const { type, id, inputs, outputs, provider, urn } = resource;
        if (type === userType) return resource;
        try {
          const host = this.#provider(provider, outputs);
          const read = await host.read(id, wire(outputs));
          if (!read.id) return undefined;
          const now = {
            ...resource,
            id: read.id,
            outputs: result(read.props, outputs),
            inputs: read.inputs ? result(read.inputs, outputs) : inputs,
            partlyDone: false,
          };
          await host.diff(now.id, wire(now.outputs), wire(inputs));
          return now;
        } catch (error) {
          this.#fail(urn, "read", error);
          return resource;
        }
      }),
    );
    if (this.over) return;
    this.#engine.state = refreshed.filter((resource) => resource !== undefined);
    this.#prior = this.#engine.state;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items];
    const shuffled: T[] = [];
    while (rest.length > 0) shuffled.push(...rest.splice(this.#random.below(rest.length), 1));
    return shuffled;
  }
}

/** Ignored inputs are what they were. */
function withIgnored({ inputs, ignoreChanges }: Registration, olds: Props): Props {
  if (ignoreChanges.includes("*")) return { ...olds };
  const news = { ...inputs };
  for (const name of ignoreChanges) {
    if (Object.hasOwn(olds, name)) news[name] = olds[name];
    else delete news[name];
  }
  return news;
}

/** The host writes `__provider` onto what it is given. */
function result(value: Props | undefined, { __provider }: Props): Props {
  return wire(Object.assign(value ?? {}, { __provider }));
}

/** What passes the protocol passes it as JSON. */
function wire(props: Props): Props {
  return JSON.parse(
    JSON.stringify(props, (key, value: unknown) => {
      assert.notEqual(value, undefined, `${key}: undefined throws in the host`);
      return value;
    }),
  );
}

function messageOf(error: unknown): string {
  if (typeof error === "string") return error;
  const { message, reasons } = error as { message: string; reasons?: readonly string[] };
  return [message, ...(reasons ?? [])].join("\n");
}
