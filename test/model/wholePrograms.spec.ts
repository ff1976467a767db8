import assert from "node:assert/strict";
import fc from "fast-check";
import { within } from "../support/properties";
import { arn, keyLine } from "../support/rosterFiles";
import { keyOf } from "../support/standIn/liveProfiles";
import type { Declared, RosterResource, SingleResource } from "../support/standIn/program";
import { play, type Step, scripts } from "../support/standIn/script";
import { World } from "../support/standIn/world";

const region = "us-east-1";
const key = (user: string) => keyOf(region, arn(user));
const values = (user: string, version = 1) => ({
  displayName: `${user} ${version}`,
  emailAddress: `${user}@example.com`,
});
const single = (
  name: string,
  user: string,
  more: Partial<SingleResource> = {},
): SingleResource => ({
  kind: "single",
  name,
  region,
  userArn: arn(user),
  fields: values(user),
  ...more,
});
const roster = (
  name: string,
  users: readonly string[],
  more: Partial<RosterResource> = {},
): RosterResource => ({
  kind: "roster",
  name,
  region,
  people: Object.fromEntries(users.map((user) => [arn(user), values(user)])),
  maxRemovals: 100,
  ...more,
});
const refused = (call: "create" | "update" | "delete", user: string) =>
  ({ call, key: key(user), how: "refused" }) as const;

/**
 * How much is tried: in `npm test` what fits into some seconds, in
 * `npm run test:soak` so many steps.
 */
const wantedSteps = Number(process.env.CODESTAR_TEST_MODEL_STEPS ?? 0);
/** Seconds. */
const shortForm = 8;
/** Orders of events that a fixed script is played in. */
const schedules = wantedSteps >= 1_000 ? 200 : 5;
const seed = Number(process.env.CODESTAR_TEST_MODEL_SEED ?? Date.now() % 1_000_000);

/** Programs one after another, each brought about without a write but those that are named. */
async function moves(
  programs: readonly (readonly [program: readonly Declared[], calls: readonly string[]])[],
): Promise<void> {
  for (let schedule = 0; schedule < schedules; schedule++) {
    const world = World.standIn(schedule);
    for (const [program, calls] of programs) {
      world.declare(...program);
      assert.ok(await world.up(), world.log.join("\n"));
      assert.deepEqual(callsOf(world), [...calls].sort(), world.log.join("\n"));
    }
  }
}

function callsOf({ lastWrites }: World): string[] {
  return lastWrites.map(({ call, key: of }) => `${call} ${of.split("/").at(-1)}`).sort();
}

describe("whole programs on a stand-in for the engine", function () {
  this.timeout(Math.max(120_000, wantedSteps * 500));

  describe("a profile that moves costs no delete and no create", () => {
    it("from one roster into another, whichever comes first", async () => {
      const created = ["create x", "create y", "create z"];
      await moves([
        [[roster("a", ["x", "y"]), roster("b", ["z"])], created],
        [[roster("a", ["y"]), roster("b", ["z", "x"])], []],
        [[roster("a", ["y", "x"]), roster("b", ["z"])], []],
      ]);
    });

    it("out of a roster into a resource of its own, and back", async () => {
      await moves([
        [[roster("people", ["x", "y"])], ["create x", "create y"]],
        [[roster("people", ["y"]), single("x", "x")], []],
        [[single("x", "x"), roster("people", ["y", "x"])].slice(1), []],
        [[single("x2", "x"), roster("people", ["y"])], []],
      ]);
    });

    it("out of a roster into a resource that adopts it and whose ARN comes late", async () => {
      await moves([
        [[roster("people", ["x", "y"])], ["create x", "create y"]],
        [[roster("people", ["y"]), single("x", "x", { arnComes: "late", adopt: true })], []],
      ]);
    });

    it("out of a roster into a resource whose other ARN comes late", async () => {
      await moves([
        [
          [roster("people", ["x", "y"]), single("z", "z")],
          ["create x", "create y", "create z"],
        ],
        [[roster("people", ["y"]), single("z", "x", { arnComes: "late" }), single("z2", "z")], []],
      ]);
    });

    it("with a changed value: the update of that alone", async () => {
      await moves([
        [
          [roster("a", ["x", "y"]), roster("b", ["z"])],
          ["create x", "create y", "create z"],
        ],
        [
          [
            roster("a", ["y"]),
            roster("b", [], { people: { [arn("z")]: values("z"), [arn("x")]: values("x", 2) } }),
          ],
          ["update x"],
        ],
        [
          [roster("a", ["y"]), roster("b", ["z"]), single("x", "x", { fields: values("x", 3) })],
          ["update x"],
        ],
      ]);
    });

    it("when two resources exchange their ARNs", async () => {
      await moves([
        [
          [single("a", "x"), single("b", "y")],
          ["create x", "create y"],
        ],
        [[single("a", "y"), single("b", "x")], []],
      ]);
    });
  });

  describe("what a failure leaves to the next update deletes nobody who is declared", () => {
    it("after a rename without an alias beside another that fails", async () => {
      for (let schedule = 0; schedule < schedules; schedule++) {
        const world = World.standIn(schedule);
        world.declare(single("ada", "x"), single("other", "y"));
        assert.ok(await world.up());
        world.declare(single("ada2", "x"), single("other", "y", { fields: values("y", 2) }));
        assert.equal(await world.up({ faults: [refused("update", "y")] }), false);
        assert.ok(await world.up());
        assert.ok(world.profiles.profiles.has(key("x")));
      }
    });

    it("after an exchange of ARNs beside another that fails", async () => {
      for (let schedule = 0; schedule < schedules; schedule++) {
        const world = World.standIn(schedule);
        world.declare(single("a", "u5"));
        assert.ok(await world.up());
        world.declare(single("a", "u2"), single("b", "u5"), single("c", "z"));
        assert.equal(await world.up({ faults: [refused("create", "z")] }), false);
        assert.ok(await world.up());
      }
    });

    it("after who left a roster was not written", async () => {
      const world = World.standIn(1);
      world.declare(roster("people", ["x", "y"]));
      assert.ok(await world.up());
      world.declare(roster("people", ["y"]), single("x", "x", { fields: values("x", 2) }));
      assert.equal(await world.up({ faults: [refused("update", "x")] }), false);
      assert.ok(await world.up());
      assert.deepEqual(callsOf(world), ["update x"]);
    });

    it("after singles became a roster in an update of the roster alone", async () => {
      await moves([
        [["x", "y", "z"].map((user) => single(user, user)), ["create x", "create y", "create z"]],
      ]);
      const world = World.standIn(1);
      world.declare(...["x", "y", "z"].map((user) => single(user, user)));
      assert.ok(await world.up());
      world.declare(roster("people", ["x", "y", "z"]));
      assert.ok(await world.up({ targets: ["people"] }));
      assert.ok(await world.up());
      assert.ok(await world.destroy());
    });
  });

  it("leaves an SSH key that was never declared, and revokes one that no longer is", async () => {
    const keys = { sshPublicKey: keyLine("x") };
    for (const declare of [
      (more: object) => single("x", "x", { fields: { ...values("x"), ...more } }),
      (more: object) =>
        roster("people", [], { people: { [arn("x")]: { ...values("x"), ...more } } }),
    ]) {
      const world = World.standIn(1);
      world.declare(declare({}));
      assert.ok(await world.up());
      world.outside(key("x"), { ...values("x", 2), ...keys });
      assert.ok(await world.up());
      assert.equal(world.profiles.profiles.get(key("x"))?.sshPublicKey, keys.sshPublicKey);
      world.declare(declare(keys));
      assert.ok(await world.up());
      world.declare(declare({}));
      assert.ok(await world.up());
      assert.equal(world.profiles.profiles.get(key("x"))?.sshPublicKey, "");
    }
  });

  it(`holds for random programs, accidents and moments (seed ${seed})`, async () => {
    let steps = 0;
    let failed: World | undefined;
    const property = fc.asyncProperty(scripts(20), async ({ seed: schedule, steps: script }) => {
      // Once the long form has made its steps, the runs that are left count for nothing.
      if (wantedSteps > 0 && steps >= wantedSteps && failed === undefined) return;
      steps += script.length;
      const world = World.standIn(schedule);
      try {
        await play(world, script);
      } catch (error) {
        failed = world;
        throw error;
      }
    });
    const {
      failed: broken,
      counterexample,
      errorInstance,
    } = await fc.check(property, {
      seed,
      numRuns: wantedSteps === 0 ? 10_000 : wantedSteps,
      plugins: wantedSteps === 0 ? [within(shortForm)] : [],
    });
    if (wantedSteps > 0) console.log(`      ${steps} steps`);
    if (broken && counterexample !== null) {
      const script: readonly Step[] = counterexample[0].steps;
      assert.fail(
        `${(errorInstance as Error).message}\n\n${failed?.log.join("\n")}\n\n${JSON.stringify(counterexample[0])} of ${script.length} steps, seed ${seed}`,
      );
    }
  });
});
