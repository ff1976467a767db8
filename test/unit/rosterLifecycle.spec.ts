import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTransport } from "../../client/transport";
import { unknownValue } from "../../profile/unknown";
import type { Knowledge } from "../../provider/lifecycle/knowledge";
import { type CheckContext, PartlyDone } from "../../provider/lifecycle/lifecycle";
import {
  type RosterInputs,
  type RosterState,
  rosterLifecycle,
} from "../../provider/lifecycle/roster";
import { createSession } from "../../provider/lifecycle/session";

const region = "us-east-1";
const arn = (user: string) => `arn:aws:iam::123456789012:user/${user}`;
const key = (user: string, of = region) => `${of} ${arn(user)}`;
const person = (user: string, version = "") => ({
  displayName: `${user}${version}`,
  emailAddress: `${user}@example.com`,
});
const people = (...users: string[]) =>
  Object.fromEntries(users.map((user) => [arn(user), person(user)]));
const nobodyElse: Knowledge = { own: [], elsewhere: [] };

describe("the lifecycle of a roster", () => {
  let folder: string;
  /** By user, what the service refuses. */
  const refused = new Set<string>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-codestar-"));
    refused.clear();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** One operation of the engine, on a real service in a file. */
  function operation(settings: Record<string, string> = {}) {
    const session = createSession({
      variables: {},
      folder,
      others: { tell: () => {}, haveTold: () => false },
      openTransport: (...args) => {
        const transport = openTransport(...args);
        return {
          async send(call, input) {
            const user = (input as { userArn?: string }).userArn?.split("/").at(-1);
            if (refused.has(user ?? call)) throw new Error("out of order");
            return transport.send(call, input);
          },
          region: () => transport.region(),
          close: () => transport.close(),
        };
      },
    });
    const all: Record<string, string> = {
      "codestar:endpoint": "file:profiles.db",
      "aws:region": region,
      ...settings,
    };
    session.configure((name) => all[name]);
    session.noteProgram(false);
    const roster = rosterLifecycle(session);
    return {
      session,
      roster,
      check: (olds: Partial<RosterInputs>, news: object, context: Partial<CheckContext> = {}) =>
        roster.check(olds, { ...news }, { isPreview: true, knowledge: nobodyElse, ...context }),
      live: async (of = region) => (await session.connection(of)).all(),
      write: async (user: string, values: object) => {
        const { update } = await session.connection(region);
        await update(arn(user), values);
      },
      add: async (user: string, version = "") => {
        const { create } = await session.connection(region);
        await create(arn(user), person(user, version));
      },
    };
  }
  type Operation = ReturnType<typeof operation>;

  async function inputsOf(checked: ReturnType<Operation["check"]>): Promise<RosterInputs> {
    const answer = await checked;
    assert.ok("inputs" in answer, JSON.stringify(answer));
    return answer.inputs as unknown as RosterInputs;
  }

  async function shownBy(checked: ReturnType<Operation["check"]>) {
    const answer = await checked;
    assert.ok("inputs" in answer, JSON.stringify(answer));
    return answer.shown;
  }

  /** Check and create or update, in one operation, as an update of the engine does. */
  async function up(
    before: RosterState | undefined,
    news: object,
    context: Partial<CheckContext> = {},
    settings: Record<string, string> = {},
  ): Promise<RosterState> {
    const { check, roster } = operation(settings);
    const inputs = await inputsOf(check(before ?? {}, news, { isPreview: false, ...context }));
    if (before === undefined) return (await roster.create(inputs)).state;
    return roster.update("roster/us-east-1", before, inputs);
  }

  const namesIn = (profiles: ReadonlyMap<string, unknown>) =>
    [...profiles.keys()].map((one) => one.split("/").at(-1)).sort();

  it("creates everybody; counts say that all are new, and nothing is left to do", async () => {
    const news = { people: people("ada", "bob") };
    const { check, roster } = operation();
    const inputs = await inputsOf(check({}, news));
    assert.deepEqual(inputs, { ...news, region });
    assert.deepEqual(await shownBy(check({}, news)), { summary: "2 added", changes: {} });
    const { id, state } = await roster.create(inputs);
    assert.equal(id, "roster/us-east-1");
    assert.deepEqual(state, { ...news, region });

    const next = operation();
    assert.deepEqual(namesIn(await next.live()), ["ada", "bob"]);
    const same = await next.check(state, news);
    assert.deepEqual(same, { inputs: { ...news, region } });
    assert.deepEqual(next.roster.diff(state, inputs), {
      changed: false,
      differing: [],
      replaces: [],
    });
  });

  it("tells who is added, changed, drifted, missing and removed, and brings it about", async () => {
    const state = await up(undefined, { people: people("ada", "bob", "cy", "dan") });
    const before = operation();
    await before.write("bob", { displayName: "Robert" });
    await (await before.session.connection(region)).delete(arn("cy"));

    const now = { ...people("bob", "cy", "eve"), [arn("ada")]: person("ada", " L") };
    const { check, roster, live } = operation();
    const shown = await shownBy(check(state, { people: now }));
    assert.deepEqual(shown, {
      summary: "1 added, 1 changed, 1 drifted, 1 missing, 1 removed",
      changes: {
        added: ["eve"],
        changed: { ada: "displayName" },
        drifted: { bob: "displayName" },
        missing: ["cy"],
        removed: ["dan"],
      },
    });
    const inputs = await inputsOf(check(state, { people: now }));
    assert.deepEqual(roster.diff(state, inputs), {
      changed: true,
      differing: ["people"],
      replaces: [],
    });
    assert.deepEqual(await roster.update("id", state, inputs), { people: now, region });
    const after = await live();
    assert.deepEqual(namesIn(after), ["ada", "bob", "cy", "eve"]);
    assert.equal(after.get(arn("ada"))?.displayName, "ada L");
    assert.equal(after.get(arn("bob"))?.displayName, "bob");
  });

  it("takes drift alone for a change", async () => {
    const news = { people: people("ada") };
    const state = await up(undefined, news);
    await operation().write("ada", { displayName: "X" });
    const { check, roster } = operation();
    const inputs = await inputsOf(check(state, news));
    assert.deepEqual(roster.diff(state, inputs), { changed: true, differing: [], replaces: [] });
  });

  it("shows values when it is asked for, unless they are hidden", async () => {
    const news = { people: people("ada"), showValues: true };
    const state = await up(undefined, news);
    await operation().write("ada", { displayName: "X" });
    const drifted = async (given: object, context: Partial<CheckContext> = {}) =>
      (await shownBy(operation().check(state, given, context)))?.changes.drifted;
    const values = { ada: { displayName: { live: "X", declared: "ada" } } };
    assert.deepEqual(await drifted(news), values);
    assert.deepEqual(await drifted(news, { hidden: ["people"] }), { ada: "displayName" });
    assert.deepEqual(await drifted({ ...news, showValues: false }), { ada: "displayName" });
  });

  it("names each setting that differs, and another region as one that replaces", () => {
    const { roster } = operation();
    const state: RosterState = { people: people("ada"), region };
    const differing = (more: Partial<RosterInputs>) => roster.diff(state, { ...state, ...more });
    for (const [name, value] of [
      ["unmanaged", "ignore"],
      ["maxRemovals", 3],
      ["required", [arn("ada")]],
      ["adopt", true],
      ["showValues", true],
    ] as const) {
      assert.deepEqual(differing({ [name]: value }), {
        changed: true,
        differing: [name],
        replaces: [],
      });
    }
    assert.deepEqual(differing({ region: "eu-west-1" }), {
      changed: true,
      differing: ["region"],
      replaces: ["region"],
    });
    for (const other of [
      people("ada", "bob"),
      people("bob"),
      {},
      { [arn("ada")]: { ...person("ada"), emailAddress: "x@example.com" } },
    ]) {
      assert.deepEqual(differing({ people: other }).differing, ["people"]);
    }
    const key = "ssh-ed25519 AAAA";
    const keyed = { [arn("ada")]: { ...person("ada"), sshPublicKey: key } };
    const spaced = { [arn("ada")]: { ...person("ada"), sshPublicKey: `${key}\n` } };
    const before = { ...state, people: keyed };
    assert.deepEqual(roster.diff(before, { ...state, people: spaced }).changed, false);
  });

  it("asks before another region empties this one", async () => {
    const news = { people: people("ada", "bob") };
    const state = await up(undefined, news);
    const elsewhere = (more: object) =>
      operation().check(state, { ...news, region: "eu-west-1", ...more });
    for (const more of [{}, { maxRemovals: 1 }]) {
      assert.deepEqual(await elsewhere(more), {
        refused: [
          "a roster of another region replaces this one, which would remove all 2 profiles in us-east-1; " +
            "give the new roster a name of its own, or set `maxRemovals: 2` for this update",
        ],
      });
    }
    assert.deepEqual(await shownBy(elsewhere({ maxRemovals: 2 })), {
      summary: "2 added",
      changes: { added: ["ada", "bob"] },
    });
    const inRegion = await operation().check({ people: state.people }, news);
    assert.ok("inputs" in inRegion);
  });

  it("refuses removals beyond maxRemovals, and of people who are required", async () => {
    const state = await up(undefined, { people: people("ada", "bob"), required: [arn("bob")] });
    const answer = await operation().check(state, { people: people("ada"), maxRemovals: 0 });
    assert.ok("refused" in answer);
    assert.equal(answer.refused.length, 2, answer.refused.join("\n"));
    const allowed = await up(undefined, { people: people("cy", "dan") });
    const fine = await operation().check(allowed, { people: people("cy"), maxRemovals: 1 });
    assert.ok("inputs" in fine);
  });

  it("refuses arguments that are wrong, a sentence each", async () => {
    const answer = await operation().check({}, { people: {}, maxRemovals: -1, unmanaged: "all" });
    assert.ok("refused" in answer);
    assert.match(answer.refused.join("\n"), /^unmanaged [^\n]+\nmaxRemovals [^\n]+$/);
  });

  it("waits for what is not known yet", async () => {
    const { check, live } = operation();
    assert.deepEqual(await check({}, { people: unknownValue }), {
      inputs: { people: unknownValue, region },
    });
    const news = { people: people("ada"), region: unknownValue };
    assert.deepEqual(await check({}, news), { inputs: news });
    assert.equal((await live()).size, 0);
  });

  it("says what failed when live profiles cannot be read", async () => {
    refused.add("ListUserProfiles");
    await assert.rejects(operation().check({}, { people: people("ada") }), {
      message: /^reading live profiles: .*out of order/,
    });
  });

  it("reports a stranger once, and again when another comes", async () => {
    const news = { people: people("ada") };
    const first = await up(undefined, news);
    await operation().add("eve");
    const told = operation();
    const checked = await told.check(first, news);
    assert.ok("inputs" in checked);
    assert.deepEqual(checked.shown, { summary: "1 unmanaged", changes: { unmanaged: ["eve"] } });
    const inputs = checked.inputs as unknown as RosterInputs;
    assert.equal(told.roster.diff(first, inputs).changed, true);

    const state = await up(first, news);
    assert.deepEqual(state, { ...news, region, unmanagedProfiles: [arn("eve")] });
    const again = operation();
    await again.check(state, news);
    assert.equal(again.roster.diff(state, inputs).changed, false);
    // As 0.1.0 recorded it.
    const named = { ...state, unmanagedProfiles: ["eve"] };
    assert.equal(again.roster.diff(named, inputs).changed, false);
    assert.deepEqual(namesIn(await again.live()), ["ada", "eve"]);

    await again.add("mallory");
    const more = operation();
    await more.check(state, news);
    assert.equal(more.roster.diff(state, inputs).changed, true);
  });

  it("removes strangers when told to, and then none is left to report", async () => {
    const news = { people: people("ada"), unmanaged: "remove" };
    const state = await up(undefined, news);
    await operation().add("eve");
    const told = operation();
    const inputs = await inputsOf(told.check(state, news));
    const reported = { ...state, unmanagedProfiles: [arn("eve")] };
    assert.equal(told.roster.diff(reported, inputs).changed, true);
    assert.deepEqual(await up(state, news), { ...news, region });
    const after = operation();
    assert.deepEqual(namesIn(await after.live()), ["ada"]);
    await after.check(state, news);
    assert.equal(after.roster.diff(state, inputs).changed, false);
  });

  it("keeps what was reported when nobody is looked for", async () => {
    const news = { people: people("ada") };
    const state = { ...(await up(undefined, news)), unmanagedProfiles: [arn("eve")] };
    const changed = { people: { [arn("ada")]: person("ada", "!") } };
    const off = await up(state, changed, {}, { "codestar:drift": "off" });
    assert.deepEqual(off.unmanagedProfiles, [arn("eve")]);
    const knowledge = { ...nobodyElse, isUnknownElsewhere: true };
    assert.deepEqual((await up(state, changed, { knowledge })).unmanagedProfiles, [arn("eve")]);
    assert.equal((await up(state, changed)).unmanagedProfiles, undefined);
  });

  it("writes nothing when the engine keeps the recorded people", async () => {
    const state = {
      ...(await up(undefined, { people: people("ada") })),
      unmanagedProfiles: [arn("eve")],
      movedOut: [arn("bob")],
    };
    await operation().write("ada", { displayName: "X" });
    for (const knowledge of [undefined, { ...nobodyElse, isIgnored: true }]) {
      const after = await up(state, { people: state.people }, { knowledge });
      assert.deepEqual(after, state);
      const told = operation();
      assert.equal(
        await shownBy(told.check(state, { people: state.people }, { knowledge })),
        undefined,
      );
      assert.equal((await told.live()).get(arn("ada"))?.displayName, "X");
    }
    // A new roster is made all the same.
    const made = await up(undefined, { people: people("cy") }, { knowledge: undefined });
    assert.deepEqual(made.people, people("cy"));
    assert.ok((await operation().live()).has(arn("cy")));
  });

  it("lets who moved to another resource be, and remembers them while they are declared", async () => {
    const state = await up(undefined, { people: people("ada", "bob") });
    const knowledge = { own: [], elsewhere: [key("bob")] };
    const news = { people: people("ada") };
    assert.deepEqual(await shownBy(operation().check(state, news, { knowledge })), {
      summary: "1 moved",
      changes: { moved: ["bob"] },
    });
    const moved = await up(state, news, { knowledge });
    assert.deepEqual(moved, { ...news, region, movedOut: [arn("bob")] });
    assert.deepEqual(namesIn(await operation().live()), ["ada", "bob"]);
    // Still declared elsewhere; then by nobody; then here again.
    const changed = { people: { [arn("ada")]: person("ada", "!") } };
    assert.deepEqual((await up(moved, changed, { knowledge })).movedOut, [arn("bob")]);
    assert.equal((await up(moved, changed)).movedOut, undefined);
    const back = { people: people("ada", "bob") };
    const own = { own: [key("bob")], elsewhere: [] };
    assert.equal((await up(moved, back, { knowledge: own })).movedOut, undefined);
  });

  it("lets who left stay, as recorded, while a profile elsewhere is not known yet", async () => {
    const state = await up(undefined, { people: people("ada", "bob") });
    const knowledge = { ...nobodyElse, isUnknownElsewhere: true };
    const news = { people: people("ada") };
    assert.deepEqual(await shownBy(operation().check(state, news, { knowledge })), {
      summary: "1 staying",
      changes: { staying: ["bob"] },
    });
    const after = await up(state, news, { knowledge });
    assert.deepEqual(after, { people: people("ada", "bob"), region });
    assert.deepEqual(namesIn(await operation().live()), ["ada", "bob"]);
  });

  it("takes over who was the stack's own or is adopted, and nobody else who differs", async () => {
    await operation().add("ada", " of others");
    const news = { people: people("ada") };
    const answer = await operation().check({}, news);
    assert.ok("refused" in answer);
    assert.match(answer.refused.join(), /ada/);
    const own = { own: [key("ada")], elsewhere: [] };
    await up(undefined, news, { knowledge: own });
    assert.equal((await operation().live()).get(arn("ada"))?.displayName, "ada");

    await operation().write("ada", { displayName: "Y" });
    await up(undefined, { ...news, adopt: true });
    assert.equal((await operation().live()).get(arn("ada"))?.displayName, "ada");
  });

  it("does not take over who appeared after check", async () => {
    const { check, roster, add, live } = operation();
    const inputs = await inputsOf(check({}, { people: people("ada") }));
    await add("ada", " of others");
    const partly = await roster.create(inputs).then(
      () => assert.fail("was done"),
      (error: unknown) => error,
    );
    assert.ok(partly instanceof PartlyDone);
    assert.deepEqual(partly.reasons, [
      `updating CodeStar user profile ${arn("ada")}: a profile exists already and differs in displayName; ` +
        "set `adopt: true` to take it over and update it, or declare what is there",
    ]);
    assert.deepEqual((partly.state as RosterState).people, {});
    assert.equal((await live()).get(arn("ada"))?.displayName, "ada of others");
  });

  it("records what is done when some writes fail, and says which are not", async () => {
    const state = await up(undefined, { people: people("ada", "bob", "dan") });
    for (const user of ["ada", "cy", "dan"]) refused.add(user);
    const now = {
      ...people("cy", "eve"),
      [arn("ada")]: person("ada", "!"),
      [arn("bob")]: person("bob", "!"),
    };
    const partly = await up(state, { people: now }).then(
      () => assert.fail("was done"),
      (error: unknown) => error,
    );
    assert.ok(partly instanceof PartlyDone);
    assert.equal(partly.message, "3 of the roster's writes failed");
    assert.equal(partly.id, "roster/us-east-1");
    assert.deepEqual([...partly.reasons].sort(), [
      `creating CodeStar user profile ${arn("cy")}: out of order`,
      `deleting CodeStar user profile ${arn("dan")}: out of order`,
      `updating CodeStar user profile ${arn("ada")}: out of order`,
    ]);
    assert.deepEqual((partly.state as RosterState).people, {
      ...people("ada", "dan", "eve"),
      [arn("bob")]: person("bob", "!"),
    });
    refused.clear();
    const after = await operation().live();
    assert.deepEqual(namesIn(after), ["ada", "bob", "dan", "eve"]);
    assert.equal(after.get(arn("bob"))?.displayName, "bob!");
  });

  it("reads what is live, without who is gone; nothing when nobody is left", async () => {
    const state = await up(undefined, { people: people("ada", "bob"), adopt: true });
    const { write, session, roster } = operation();
    await write("ada", { displayName: "X" });
    const service = await session.connection(region);
    await service.delete(arn("bob"));
    const read = await roster.read("id", state);
    assert.deepEqual(read, {
      people: { [arn("ada")]: { ...person("ada"), displayName: "X" } },
      region,
      adopt: true,
    });
    await service.delete(arn("ada"));
    assert.equal(await operation().roster.read("id", state), undefined);
  });

  it("deletes everybody but who is declared elsewhere, and says whom it could not", async () => {
    const state = await up(undefined, { people: people("ada", "bob", "cy") });
    const { roster, session } = operation();
    await session.declarations.declare(region, [arn("bob")], false);
    refused.add("cy");
    await assert.rejects(roster.delete("id", state), {
      message: `deleting CodeStar user profile ${arn("cy")}: out of order`,
    });
    refused.clear();
    assert.deepEqual(namesIn(await operation().live()), ["bob", "cy"]);
    await operation().roster.delete("id", state);
    assert.equal((await operation().live()).size, 0);
  });
});
