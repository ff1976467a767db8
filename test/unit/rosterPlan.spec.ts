import assert from "node:assert/strict";
import fc from "fast-check";
import type { FieldValues, LiveProfile } from "../../profile/fields";
import { describeChanges, summarize } from "../../provider/lifecycle/rosterChanges";
import { refusals } from "../../provider/lifecycle/rosterGuard";
import { type People, type PlanOptions, planRoster } from "../../provider/lifecycle/rosterPlan";

const arn = (name: string, account = "123456789012") => `arn:aws:iam::${account}:user/${name}`;
const ada: FieldValues = { displayName: "Ada", emailAddress: "ada@example.com" };
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIND0TNfVc0dr0+Zjwinh3vNC5bVtcObqTHZUGA+gBEoV ada";
const report: PlanOptions = { unmanaged: "report", adopt: false };

function profile(userArn: string, values: FieldValues): LiveProfile {
  return { userArn, displayName: "", emailAddress: "", sshPublicKey: "", ...values };
}

function liveOf(people: People): Map<string, LiveProfile> {
  return new Map(Object.entries(people).map(([userArn, v]) => [userArn, profile(userArn, v)]));
}

/** What the writes make of the live profiles. */
function apply(live: Map<string, LiveProfile>, plan: ReturnType<typeof planRoster>) {
  const after = new Map(live);
  for (const write of plan.writes) {
    const { userArn } = write;
    if (write.call === "delete") {
      assert.ok(after.delete(userArn), "deletes only what is there");
    } else if (write.call === "create") {
      assert.ok(!after.has(userArn), "creates only what is missing");
      after.set(userArn, profile(userArn, write.values));
    } else {
      assert.ok(after.has(userArn), "updates only what is there");
      after.set(userArn, { ...after.get(userArn)!, ...write.values });
    }
  }
  return after;
}

const names = fc.constantFrom("a", "b", "c", "d", "e", "f").map((name) => arn(name));
const values = fc.record(
  {
    displayName: fc.constantFrom("Ada", "Bob", "Eve"),
    emailAddress: fc.constantFrom("x@example.com", "y@example.com"),
    sshPublicKey: fc.constantFrom("", key, `${key}2`),
  },
  { requiredKeys: ["displayName", "emailAddress"] },
);
const people = fc.dictionary(names, values, { maxKeys: 6 });

describe("planRoster", () => {
  it("makes every declared field what is declared, removes who left, and touches nobody else", () => {
    fc.assert(
      fc.property(people, people, people, fc.boolean(), (before, now, there, remove) => {
        const live = liveOf(there);
        const options: PlanOptions = { unmanaged: remove ? "remove" : "report", adopt: true };
        const after = apply(live, planRoster(before, now, live, options));
        for (const [userArn, declared] of Object.entries(now)) {
          for (const [field, value] of Object.entries(declared)) {
            assert.equal(after.get(userArn)?.[field as keyof FieldValues], value);
          }
          if (declared.sshPublicKey !== undefined) continue;
          const key = after.get(userArn)?.sshPublicKey;
          if (before[userArn]?.sshPublicKey !== undefined) assert.equal(key, "", "revoked");
          else
            assert.equal(key, live.get(userArn)?.sshPublicKey ?? "", "never declared, never sent");
        }
        for (const userArn of live.keys()) {
          if (Object.hasOwn(now, userArn)) continue;
          const goes = Object.hasOwn(before, userArn) || (remove && Object.keys(now).length > 0);
          assert.equal(after.has(userArn), !goes);
        }
        const again = planRoster(now, now, after, options);
        assert.deepEqual(again.writes, [], "a second update writes nothing");
        assert.equal(summarize(describeChanges({ ...again, unmanaged: [] }, false)), undefined);
      }),
    );
  });

  it("without live profiles takes what was recorded for what is there", () => {
    fc.assert(
      fc.property(people, people, (before, now) => {
        const blind = planRoster(before, now, undefined, report);
        const seeing = planRoster(before, now, liveOf(before), report);
        assert.deepEqual(blind.writes, seeing.writes);
        assert.deepEqual(blind.drifted.size, 0);
      }),
    );
  });

  it("tells the program's change from drift, and drift from who is missing", () => {
    const before = { [arn("ada")]: ada, [arn("bob")]: ada, [arn("eve")]: ada };
    const now = { ...before, [arn("ada")]: { ...ada, displayName: "Ada King" } };
    const live = liveOf({ [arn("ada")]: ada, [arn("bob")]: { ...ada, displayName: "Bob" } });
    const plan = planRoster(before, now, live, report);
    assert.deepEqual(describeChanges(plan, false), {
      changed: { ada: "displayName" },
      drifted: { bob: "displayName" },
      missing: ["eve"],
    });
    assert.deepEqual(describeChanges(plan, true).drifted, {
      bob: { displayName: { live: "Bob", declared: "Ada" } },
    });
    assert.equal(summarize(describeChanges(plan, false)), "1 changed, 1 drifted, 1 missing");
  });

  it("knows as unmanaged only profiles of the roster's accounts", () => {
    const now = { [arn("ada")]: ada };
    const live = liveOf({ ...now, [arn("eve")]: ada, [arn("zoe", "999999999999")]: ada });
    assert.deepEqual(planRoster({}, now, live, report).unmanaged, [arn("eve")]);
    const ignoring = planRoster({}, now, live, { ...report, unmanaged: "ignore" });
    assert.deepEqual(ignoring.unmanaged, []);
  });

  it("neither removes nor reports whom the program declares elsewhere", () => {
    const before = { [arn("ada")]: ada, [arn("bob")]: ada, [arn("eve")]: ada };
    const live = liveOf({ ...before, [arn("zoe")]: ada });
    const elsewhere = [arn("bob"), arn("zoe")];
    const isDeclared = (userArn: string) => elsewhere.includes(userArn);
    const options: PlanOptions = { unmanaged: "remove", adopt: false, isDeclared };
    const plan = planRoster(before, { [arn("ada")]: ada }, live, options);
    assert.deepEqual(plan.writes, [{ userArn: arn("eve"), call: "delete" }]);
    assert.deepEqual(describeChanges(plan, false), { moved: ["bob"], removed: ["eve"] });
    assert.deepEqual(refusals(plan, before, [arn("bob")], { ...options, maxRemovals: 1 }), []);
  });

  it("removes nobody while somebody else is declared whose ARN is not known", () => {
    const before = { [arn("ada")]: ada, [arn("bob")]: ada, [arn("eve")]: ada };
    const live = liveOf({ ...before, [arn("zoe")]: ada });
    const options: PlanOptions = {
      unmanaged: "remove",
      adopt: false,
      isDeclared: (userArn) => userArn === arn("bob"),
      isUnknownElsewhere: true,
    };
    const plan = planRoster(before, { [arn("ada")]: ada }, live, options);
    assert.deepEqual(plan.writes, []);
    assert.deepEqual(describeChanges(plan, false), { moved: ["bob"], staying: ["eve"] });
    assert.deepEqual(refusals(plan, before, [arn("eve")], { ...options, maxRemovals: 0 }), []);
  });

  it("names people of several accounts by their ARNs", () => {
    const now = { [arn("ada")]: ada, [arn("ada", "999999999999")]: ada };
    const changes = describeChanges(planRoster({}, now, new Map(), report), false);
    assert.deepEqual(changes.added, Object.keys(now).sort());
  });
});

describe("planRoster, in order", () => {
  it("goes by the ARNs, whatever the order of what it is given", () => {
    const unordered = (...names: string[]) =>
      Object.fromEntries(names.map((name) => [arn(name), ada]));
    const before = unordered("z", "m", "a");
    const now = unordered("y", "b");
    const live = liveOf(unordered("s2", "z", "m", "a", "s1"));
    const plan = planRoster(before, now, live, { unmanaged: "report", adopt: false });
    assert.deepEqual(plan.added, [arn("b"), arn("y")]);
    assert.deepEqual(plan.removed, [arn("a"), arn("m"), arn("z")]);
    assert.deepEqual(plan.unmanaged, [arn("s1"), arn("s2")]);
  });
});

describe("refusals of a roster's update", () => {
  const team = (size: number): People =>
    Object.fromEntries(Array.from({ length: size }, (_, i) => [arn(`u${i}`), ada]));
  const without = (all: People, gone: number): People =>
    Object.fromEntries(Object.entries(all).slice(gone));
  const refused = (size: number, gone: number, maxRemovals?: number, unmanaged = 0) => {
    const before = team(size);
    const now = without(before, gone);
    const strangers = Object.fromEntries(
      Array.from({ length: unmanaged }, (_, i) => [arn(`stranger${i}`), ada]),
    );
    const live = liveOf({ ...before, ...strangers });
    const options: PlanOptions = { unmanaged: unmanaged > 0 ? "remove" : "report", adopt: false };
    return refusals(planRoster(before, now, live, options), before, [], {
      ...options,
      maxRemovals,
    });
  };

  it("lets a tenth go, and three of a small roster", () => {
    assert.deepEqual(refused(100, 10), []);
    assert.equal(refused(100, 11).length, 1);
    assert.deepEqual(refused(5, 3), []);
    assert.equal(refused(5, 4).length, 1);
    assert.deepEqual(refused(49, 4), []);
    assert.equal(refused(49, 5).length, 1);
  });

  it("lets as many go as maxRemovals says, none for 0", () => {
    assert.deepEqual(refused(100, 50, 50), []);
    assert.match(refused(100, 51, 50)[0]!, /would remove 51 profiles and may remove 50/);
    assert.equal(refused(100, 1, 0).length, 1);
  });

  it("lets nothing happen when maxRemovals is not a whole number of 0 or more", () => {
    for (const maxRemovals of [Number.NaN, -1, 0.5, Infinity, "none", "3", {}, true]) {
      for (const gone of [0, 1, 50]) {
        assert.match(
          refused(100, gone, maxRemovals as number)[0] ?? "",
          /^maxRemovals must be a whole number/,
          `${maxRemovals}, ${gone}`,
        );
      }
    }
  });

  it("counts nobody twice, and unmanaged profiles only when they are to be removed", () => {
    const before = team(5);
    const live = liveOf({
      ...before,
      ...Object.fromEntries(["x", "y", "z"].map((n) => [arn(n), ada])),
    });
    const plan = planRoster(before, without(before, 3), live, report);
    assert.equal(plan.unmanaged.length, 3);
    assert.deepEqual(refusals(plan, before, [], report), []);
  });

  it("counts unmanaged profiles that are to be removed", () => {
    assert.match(refused(5, 1, undefined, 3)[0]!, /would remove 4 profiles and may remove 3/);
  });

  it("names at most twenty, and says how many more", () => {
    assert.match(
      refused(100, 50)[0]!,
      /u\d+ and 30 more; if they are all to go, set `maxRemovals: 50`/,
    );
    assert.equal(refused(100, 50)[0]!.match(/\bu\d+\b/g)?.length, 20);
    assert.doesNotMatch(refused(100, 20)[0]!, /more;/);
  });

  it("lets nobody go who was required", () => {
    const before = team(3);
    const plan = planRoster(before, without(before, 1), liveOf(before), report);
    assert.match(
      refusals(plan, before, [arn("u0")], report)[0]!,
      /^u0 is required and cannot be removed; take them out of `required` in one update first, and out of the roster in the next$/,
    );
    assert.deepEqual(refusals(plan, before, [arn("u1")], report), []);
    const all = planRoster(before, without(before, 2), liveOf(before), report);
    assert.match(refusals(all, before, [arn("u0"), arn("u1")], report)[0]!, /^u0, u1 are required/);
    const stays = { ...report, maxRemovals: 2 };
    assert.equal(
      refusals(all, before, [arn("u0")], stays).length,
      1,
      "whatever maxRemovals allows",
    );
  });

  it("lets no profile be taken over that differs, unless adopt says so", () => {
    const now = { [arn("ada")]: ada };
    const live = liveOf({ [arn("ada")]: { ...ada, displayName: "Eve", emailAddress: "e@x.y" } });
    const plan = planRoster({}, now, live, report);
    const [reason] = refusals(plan, {}, [], report);
    assert.match(
      reason!,
      /^ada: a profile exists already and differs in displayName, emailAddress; set `adopt: true` on the roster to take such profiles over, or declare what is there$/,
    );
    assert.doesNotMatch(reason!, /Eve|Ada/);
    const own = { ...report, isOwn: (userArn: string) => userArn === arn("ada") };
    assert.deepEqual(refusals(planRoster({}, now, live, own), {}, [], own), []);
    const adopting = { ...report, adopt: true };
    assert.deepEqual(refusals(planRoster({}, now, live, adopting), {}, [], adopting), []);
  });

  it("names twenty who exist and differ, and says how many more", () => {
    const differing = (size: number) => {
      const now = team(size);
      const live = liveOf(
        Object.fromEntries(
          Object.keys(now).map((userArn) => [userArn, { ...ada, displayName: "Eve" }]),
        ),
      );
      return refusals(planRoster({}, now, live, report), {}, [], report);
    };
    assert.equal(differing(20).length, 20);
    assert.equal(differing(22).length, 21);
    assert.equal(differing(22)[20], "2 more profiles exist already and differ");
  });
});
