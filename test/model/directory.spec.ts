import assert from "node:assert/strict";
import fc from "fast-check";
import { createDirectory, type Directory, snapshotLifetime } from "../../client/directory";
import {
  type Change,
  type Disturbance,
  type Fault,
  ReadError,
  SimulatedProfiles,
  turn,
} from "../support/simulatedProfiles";

const arnOf = (name: string | number) =>
  `arn:aws:iam::123456789012:user/${String(name).padStart(6, "0")}`;

/** ARNs of as many profiles as said, in the order of the list. */
function fill(service: SimulatedProfiles, profiles: number): string[] {
  const arns = Array.from({ length: profiles }, (_, index) => arnOf(index));
  for (const arn of arns) service.put(arn);
  return arns;
}

function directoryOf(service: SimulatedProfiles, now = () => 0): Directory {
  return createDirectory(service.port, now);
}

/** Asks about each in turn, and checks each answer. */
async function ask(service: SimulatedProfiles, arns: readonly string[]): Promise<number> {
  const directory = directoryOf(service);
  for (const arn of arns) assert.equal(await directory.find(arn), service.find(arn));
  return service.calls;
}

const bound = (asked: number, profiles: number, pageSize = 100) =>
  2 * Math.min(asked, Math.ceil(profiles / pageSize)) + 2;

describe("createDirectory: how many reads it makes", () => {
  const shuffled = (arns: readonly string[]) =>
    [...arns].sort((a, b) => hash(a) - hash(b) || (a < b ? -1 : 1));
  const hash = (text: string) => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7);
  const orders: Record<string, (arns: readonly string[], asked: number) => string[]> = {
    "in the order of the list": (arns, asked) => arns.slice(0, asked),
    "from the end": (arns, asked) => [...arns].reverse().slice(0, asked),
    "in any order": (arns, asked) => shuffled(arns).slice(0, asked),
    "spread evenly": (arns, asked) =>
      arns.filter((_, index) => index % Math.max(1, Math.floor(arns.length / asked)) === 0),
    "none of which exists": (_, asked) =>
      Array.from({ length: asked }, (_, index) => arnOf(`x${index}`)),
  };
  for (const [name, order] of Object.entries(orders)) {
    it(`stays within 2 · min(N, ⌈T/100⌉) + 2 for profiles asked about ${name}`, async () => {
      for (const profiles of [0, 1, 99, 100, 101, 250, 1_000, 2_500]) {
        for (const asked of [1, 2, 3, 4, 5, 6, 10, 30, 300, 1_000]) {
          const service = new SimulatedProfiles();
          const arns = order(fill(service, profiles), asked);
          const calls = await ask(service, arns);
          const most = bound(arns.length, profiles);
          assert.ok(calls <= most, `${arns.length} of ${profiles}: ${calls} reads, not ${most}`);
        }
      }
    });
  }

  it("stays within the bound for every account, stack and order", async () => {
    // Pages of 5 instead of 100: the directory cannot tell, and more pages fit in a test.
    const pageSize = 5;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 70 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 79 }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom("as drawn", "ascending", "descending"),
        fc.boolean(),
        async (profiles, indexes, order, clustered) => {
          const service = new SimulatedProfiles(pageSize);
          fill(service, profiles);
          const sign = order === "descending" ? -1 : 1;
          if (order !== "as drawn") indexes.sort((a, b) => sign * (a - b));
          const spread = clustered
            ? (index: number) => Math.floor(index / 3)
            : (index: number) => index;
          const arns = [...new Set(indexes.map((index) => arnOf(spread(index))))];
          const calls = await ask(service, arns);
          assert.ok(calls <= bound(arns.length, profiles, pageSize), `${calls} reads`);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("stays within the bound whatever an adversary who sees each read asks next", async () => {
    // Before each question the adversary knows which pages were read, and picks a page that was
    // not, one that was, or a profile that is nowhere: every such game of some length, on
    // accounts of up to 6 pages.
    for (let pages = 0; pages <= 6; pages++) {
      const games = [[]] as number[][];
      for (let move = 0; move < 5; move++) {
        for (const game of games.splice(0)) {
          for (let page = 0; page <= pages; page++) games.push([...game, page]);
        }
      }
      for (const game of games) {
        const service = new SimulatedProfiles(10);
        fill(service, pages * 10);
        const arns = game.map((page, turn) =>
          page === pages ? arnOf(`x${turn}`) : arnOf(page * 10 + turn),
        );
        const calls = await ask(service, arns);
        assert.ok(calls <= bound(arns.length, pages * 10, 10), `${game}: ${calls} reads`);
      }
    }
  });

  it("describes a few profiles of a large account, whatever its size", async () => {
    const service = new SimulatedProfiles();
    const arns = fill(service, 20_000);
    assert.ok((await ask(service, [arns[19_000]!, arns[7]!, arnOf("nobody")])) <= 4);
    assert.equal(await ask(new SimulatedProfiles(), [arnOf("nobody")]), 1);
  });

  it("walks the list once for a stack of a whole account", async () => {
    const service = new SimulatedProfiles();
    const calls = await ask(service, fill(service, 1_000));
    assert.ok(calls <= 11, `${calls} reads`);
  });

  it("asks nothing twice", async () => {
    const service = new SimulatedProfiles();
    const arns = [...fill(service, 150).slice(0, 20), arnOf("nobody")];
    const directory = directoryOf(service);
    for (const arn of arns) await directory.find(arn);
    const { calls } = service;
    for (const arn of arns) assert.equal(await directory.find(arn), service.find(arn));
    assert.equal(service.calls, calls);
  });

  it("answers questions that arrive at once from the same reads", async () => {
    const service = new SimulatedProfiles();
    const arns = fill(service, 300);
    const directory = directoryOf(service);
    const answers = await Promise.all(arns.map((arn) => directory.find(arn)));
    assert.deepEqual(
      answers,
      arns.map((arn) => service.find(arn)),
    );
    assert.ok(service.calls <= bound(300, 300));
  });
});

describe("createDirectory: what it answers", () => {
  /** What one run is made of; ARNs are few, so that things meet. */
  const names = 12;
  const arn = fc.integer({ min: 0, max: names - 1 }).map(arnOf);
  const change: fc.Arbitrary<Change> = fc.record({ userArn: arn, deleted: fc.boolean() });
  const fault = fc.constantFrom<Fault>(
    "unreachable",
    "throttled",
    "denied",
    "expired token",
    "repeated token",
  );
  const disturbance: fc.Arbitrary<Disturbance> = fc.record(
    {
      before: fc.array(change, { maxLength: 2 }),
      after: fc.array(change, { maxLength: 2 }),
      fault: fc.option(fault, { nil: undefined, freq: 2 }) as fc.Arbitrary<Fault>,
    },
    { requiredKeys: [] },
  );
  type OwnWrite = Change & { readonly turns: number };
  const own: fc.Arbitrary<OwnWrite> = fc.record({
    userArn: arn,
    deleted: fc.boolean(),
    turns: fc.integer({ min: 1, max: 12 }),
  });
  type Step =
    | { kind: "ask"; arns: string[]; disturbances: Disturbance[]; own: OwnWrite[] }
    | { kind: "others"; change: Change }
    | { kind: "time"; milliseconds: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("ask" as const),
        arns: fc.array(arn, { minLength: 1, maxLength: 5 }),
        disturbances: fc.array(disturbance, { maxLength: 8 }),
        own: fc.array(own, { maxLength: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("others" as const), change }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("time" as const),
        milliseconds: fc.integer({ min: 1, max: snapshotLifetime }),
      }),
    },
  );

  /** A directory, what it reads, and what must be true of every answer. */
  class World {
    readonly service = new SimulatedProfiles(3);
    #milliseconds = 0;
    readonly #directory = directoryOf(this.service, () => this.#milliseconds);
    #begun = { at: 0, milliseconds: 0 };
    /** Our own writes since the snapshot began. */
    readonly #written = new Map<string, ReturnType<SimulatedProfiles["find"]>>();

    constructor(profiles: readonly string[]) {
      for (const profile of profiles) this.service.put(profile);
      this.#begun.at = this.service.tick();
    }

    pass(milliseconds: number): void {
      this.#milliseconds += milliseconds;
    }

    write({ userArn, deleted }: Change): void {
      this.#touch();
      if (deleted) {
        this.service.delete(userArn);
        this.#directory.forget(userArn);
        this.#written.set(userArn, undefined);
      } else {
        const profile = this.service.put(userArn);
        this.#directory.record(profile);
        this.#written.set(userArn, profile);
      }
    }

    async ask(userArn: string): Promise<void> {
      this.#touch();
      const errorsBefore = this.service.errors.length;
      let answer: ReturnType<SimulatedProfiles["find"]>;
      try {
        answer = await this.#directory.find(userArn);
      } catch (error) {
        assert.ok(error instanceof ReadError);
        const own = this.service.errors.slice(errorsBefore).find((e) => e.error === error);
        assert.equal(own?.described, userArn, "fails for the Describe of its own profile only");
        return;
      }
      if (this.#written.has(userArn)) {
        assert.equal(answer, this.#written.get(userArn), "our own write wins");
        return;
      }
      assert.ok(
        this.service.wasTrue(userArn, answer, this.#begun.at),
        `${userArn} was never ${JSON.stringify(answer)} since the snapshot began`,
      );
      if (answer === undefined) {
        assert.ok(
          this.service.saidMissing(userArn, this.#begun.at),
          `nothing said ${userArn} is missing`,
        );
      }
    }

    /** What was read counts for its lifetime and no longer. */
    #touch(): void {
      if (this.#milliseconds - this.#begun.milliseconds < snapshotLifetime) return;
      this.#begun = { at: this.service.tick(), milliseconds: this.#milliseconds };
      this.#written.clear();
    }
  }

  it("is always something that was true since the snapshot began, or our own newer write", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(arn),
        fc.array(step, { minLength: 1, maxLength: 15 }),
        async (profiles, steps) => {
          const world = new World(profiles);
          for (const next of steps) {
            if (next.kind === "time") world.pass(next.milliseconds);
            if (next.kind === "others") world.service.disturb({ before: [next.change] });
            if (next.kind !== "ask") continue;
            world.service.disturb(...next.disturbances);
            // All at once, with our own writes going on beside the questions.
            const asked = next.arns.map((userArn) => world.ask(userArn));
            const writing = next.own.map(async (write) => {
              await pause(write.turns);
              world.write(write);
            });
            await Promise.all([...asked, ...writing]);
          }
          // Whatever happened, a service that is well again answers.
          world.service.calm();
          const failures = world.service.errors.length;
          for (let name = 0; name < names; name++) await world.ask(arnOf(name));
          assert.equal(world.service.errors.length, failures);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  async function pause(turns: number): Promise<void> {
    for (let count = 0; count < turns; count++) await turn();
  }

  it("does not mix several directories of the same ARNs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ region: fc.nat({ max: 2 }), userArn: arn, write: fc.boolean() }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.uniqueArray(arn),
        async (moves, profiles) => {
          const services = [0, 1, 2].map(() => new SimulatedProfiles(3));
          const directories = services.map((service) => directoryOf(service));
          for (const [index, service] of services.entries()) {
            for (const profile of profiles.slice(index)) service.put(profile);
          }
          await Promise.all(
            moves.map(async ({ region, userArn, write }) => {
              if (write) return directories[region]!.record(services[region]!.put(userArn));
              const answer = await directories[region]!.find(userArn);
              assert.equal(answer, services[region]!.find(userArn));
            }),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("createDirectory: when reads fail", () => {
  /** A directory that has read so much that the next question is due a page. */
  async function sweeping(profiles = 2_000) {
    const service = new SimulatedProfiles();
    const arns = fill(service, profiles);
    const directory = directoryOf(service);
    for (const arn of arns.slice(-3)) await directory.find(arn);
    return { service, arns, directory };
  }

  it("fails the one question whose Describe failed, with its error, and answers it the next time", async () => {
    const service = new SimulatedProfiles();
    const [first, second] = fill(service, 2) as [string, string];
    const directory = directoryOf(service);
    service.disturb({ fault: "unreachable" });
    const asked = [directory.find(first), directory.find(second)];
    await assert.rejects(asked[0]!, { fault: "unreachable" });
    assert.equal(await asked[1], service.find(second));
    assert.equal(await directory.find(first), service.find(first));
  });

  it("puts a question to Describe when the page for it fails", async () => {
    const { service, arns, directory } = await sweeping();
    service.disturb({ fault: "unreachable" });
    const { calls } = service;
    assert.equal(await directory.find(arns[700]!), service.find(arns[700]!));
    assert.equal(service.calls, calls + 2);
    await directory.find(arns[800]!);
    assert.ok(
      service.reads.some((read) => "page" in read && read.page.has(arns[0]!)),
      "a later question goes on with the page",
    );
  });

  it("waits for a page under way before it fails, so that no two reads of it cross", async () => {
    const service = new SimulatedProfiles();
    const arns = fill(service, 5_000);
    let pagesUnderWay = 0;
    let mostUnderWay = 0;
    let failing = 0;
    const directory = createDirectory(
      {
        ...service.port,
        describe: (userArn) =>
          ++failing % 2 === 0
            ? Promise.reject(new ReadError("unreachable"))
            : service.port.describe(userArn),
        async list(token) {
          mostUnderWay = Math.max(mostUnderWay, ++pagesUnderWay);
          for (let count = 0; count < 10; count++) await turn();
          pagesUnderWay--;
          return service.port.list(token);
        },
      },
      () => 0,
    );
    // From the end of the list, so that each question costs a page and a Describe.
    const asked = arns.slice(-40).map((arn) => directory.find(arn).catch(() => {}));
    await Promise.all(asked);
    assert.ok(failing > 20);
    assert.equal(mostUnderWay, 1);
  });

  it("describes everything when listing is denied, and asks to list just once", async () => {
    const service = new SimulatedProfiles();
    const arns = fill(service, 50);
    let lists = 0;
    const directory = createDirectory(
      {
        ...service.port,
        list: async () => {
          lists++;
          throw new ReadError("denied");
        },
      },
      () => 0,
    );
    for (const arn of arns) assert.equal(await directory.find(arn), service.find(arn));
    assert.equal(lists, 1);
    assert.equal(service.calls, 50);
  });

  it("begins the walk again when its token has expired, and completes it", async () => {
    const { service, arns, directory } = await sweeping(500);
    service.disturb({}, { fault: "expired token" });
    for (const arn of arns) assert.equal(await directory.find(arn), service.find(arn));
    assert.equal(await directory.find(arnOf("nobody")), undefined);
    assert.ok(service.calls <= bound(500, 500) + 3, `${service.calls} reads`);
  });

  it("does not take a walk that was cut short for a complete one", async () => {
    const service = new SimulatedProfiles(10);
    const arns = fill(service, 100);
    const directory = directoryOf(service);
    for (let index = 0; index < 30; index++) service.disturb({ fault: "repeated token" });
    for (const arn of arns) assert.equal(await directory.find(arn), service.find(arn));
  });

  it("gives up on a service that refuses its own tokens, within twice the questions", async () => {
    const service = new SimulatedProfiles();
    const arns = fill(service, 400);
    const directory = createDirectory(
      {
        ...service.port,
        list: (token) =>
          token === undefined
            ? service.port.list(token)
            : Promise.reject(new ReadError("expired token")),
      },
      () => 0,
    );
    for (const arn of [...arns].reverse()) {
      assert.equal(await directory.find(arn), service.find(arn));
    }
    const pages = service.reads.filter((read) => "page" in read).length;
    assert.ok(pages <= 5, `${pages} pages`);
  });
});

describe("createDirectory: how long what it read counts", () => {
  it("reads again once the snapshot has lived its life, and not before", async () => {
    const service = new SimulatedProfiles();
    const [arn] = fill(service, 1) as [string];
    let now = 1_000_000;
    const directory = directoryOf(service, () => now);
    const before = await directory.find(arn);
    service.put(arn);
    now += snapshotLifetime - 1;
    assert.equal(await directory.find(arn), before);
    now += 1;
    assert.equal(await directory.find(arn), service.find(arn));
    assert.notEqual(service.find(arn), before);
  });

  it("keeps our own writes through pages that were read before them", async () => {
    const service = new SimulatedProfiles();
    const arns = fill(service, 350);
    const directory = directoryOf(service);
    for (const arn of arns.slice(0, 5)) await directory.find(arn);
    const updated = service.put(arns[200]!);
    directory.record(updated);
    service.delete(arns[201]!);
    directory.forget(arns[201]!);
    for (const arn of arns) assert.equal(await directory.find(arn), service.find(arn));
    assert.equal(await directory.find(arns[200]!), updated);
    assert.equal(await directory.find(arns[201]!), undefined);
  });
});
