import assert from "node:assert/strict";
import { profileProvider } from "../../provider/dynamic/profileProvider";
import { createSession } from "../../provider/lifecycle/session";

export type Props = Record<string, unknown>;

/** What a state file holds of a resource. */
export interface Resource {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

export interface Plan {
  readonly op: "create" | "same" | "update" | "replace";
  readonly inputs: Props;
  readonly drift: unknown;
}

/** The reasons that check refuses inputs for. */
export class Refused extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join("\n"));
  }
}

const providerText = 'exports.handler = () => require("pulumi-codestar/provider")';

/**
 * One process of the engine's host of dynamic providers, with a provider of its own, which it calls
 * in the order that the engine does. Everything passes as the protocol passes it.
 */
export class ProviderHost {
  readonly #provider: ReturnType<typeof profileProvider>;

  constructor(config: Readonly<Record<string, string>>) {
    this.#provider = profileProvider(
      createSession({
        variables: process.env,
        folder: process.cwd(),
        others: { tell: () => {}, haveTold: () => false },
      }),
    );
    // Not waited for: the host uses the provider of a second resource before it has settled.
    void this.#provider.configure({
      config: { get: (key: string) => config[key], require: () => assert.fail("not used") },
    } as unknown as Parameters<ReturnType<typeof profileProvider>["configure"]>[0]);
  }

  /** What a preview finds. Throws Refused. */
  async plan(resource: Resource | undefined, args: Props): Promise<Plan> {
    const inputs = await this.check(resource?.inputs ?? {}, args);
    const { _drift: drift } = inputs;
    if (resource === undefined) return { op: "create", inputs, drift };
    const { changes, replaces = [] } = await this.diff(resource, inputs);
    if (replaces.length > 0) {
      return { op: "replace", inputs: await this.check({}, args), drift };
    }
    return { op: changes ? "update" : "same", inputs, drift };
  }

  /** Does what the plan says, as an update does in a process of its own. */
  async apply(resource: Resource | undefined, args: Props): Promise<Resource> {
    const { op, inputs } = await this.plan(resource, args);
    if (resource === undefined) return this.create(inputs);
    if (op === "replace") {
      const created = await this.create(inputs);
      await this.delete(resource);
      return created;
    }
    return op === "update" ? this.update(resource, inputs) : { ...resource, inputs };
  }

  async check(olds: Props, args: Props): Promise<Props> {
    const news = overTheWire({ ...args, __isPreview: true, __provider: providerText });
    const { inputs = news, failures = [] } = await this.#provider.check(overTheWire(olds), news);
    for (const { property } of failures) assert.equal(property, "", "its value would be printed");
    if (failures.length > 0) throw new Refused(failures.map(({ reason }) => reason));
    return result(inputs);
  }

  async diff({ id, outputs }: Resource, inputs: Props) {
    const difference = await this.#provider.diff(id, overTheWire(outputs), overTheWire(inputs));
    assert.equal(typeof difference.changes, "boolean");
    return difference;
  }

  async create(inputs: Props): Promise<Resource> {
    const { id, outs } = await this.#provider.create(overTheWire(inputs));
    return { id, inputs, outputs: result(outs) };
  }

  async update({ id, outputs }: Resource, inputs: Props): Promise<Resource> {
    const { outs } = await this.#provider.update(id, overTheWire(outputs), overTheWire(inputs));
    return { id, inputs, outputs: result(outs) };
  }

  /** Undefined when the resource is to leave the state. */
  async refresh({ id, outputs, inputs: before }: Resource): Promise<Resource | undefined> {
    const read = await this.#provider.read(id, overTheWire(outputs));
    if (!read.id) return undefined;
    return {
      id: read.id,
      outputs: result(read.props),
      inputs: read.inputs ? result(read.inputs) : before,
    };
  }

  async delete({ id, outputs }: Resource): Promise<void> {
    await this.#provider.delete(id, overTheWire(outputs));
  }
}

/**
 * The host writes `__provider` onto what it is given, and the protocol's structs hold JSON alone.
 */
function result(value: unknown): Props {
  const props = value as Props;
  assert.ok(!Object.isFrozen(props), "a frozen result throws in the host");
  props.__provider = providerText;
  return overTheWire(props);
}

function overTheWire(props: Props): Props {
  const text = JSON.stringify(props, (key, value: unknown) => {
    assert.notEqual(value, undefined, `${key}: undefined throws in the host`);
    return value;
  });
  const copy = JSON.parse(text) as Props;
  assert.deepEqual(copy, props, "a value does not pass the protocol unchanged");
  return copy;
}
