import assert from "node:assert/strict";
import fc from "fast-check";
import type { ProfileStore, StoredProfile } from "../../service/store/store";
import { storeMatchesModel } from "./storeModel";

export interface StoreUnderTest {
  /** A handle on the store; every call opens another one on the same profiles. */
  open(): Promise<ProfileStore>;
  /** Takes away the store with all its profiles. */
  remove(): Promise<void>;
}

export interface Conformance {
  /** `memory:` has one process, one handle, and forgets when closed. */
  readonly durable: boolean;
  /** Random command sequences for the comparison with the model. */
  readonly modelRuns: number;
}

const account = "123456789012";
/** After the times of `storedProfile`. */
const later = 1_700_000_000_000;

/** The promises of ProfileStore, one and the same list for every store. */
export function conformsToProfileStore(
  start: () => Promise<StoreUnderTest>,
  { durable, modelRuns }: Conformance,
): void {
  let place: StoreUnderTest;
  let store: ProfileStore;
  let region: string;
  let regions = 0;

  before(async () => {
    place = await start();
    store = await place.open();
  });
  after(async () => {
    await store.close();
    await place.remove();
  });
  beforeEach(() => {
    regions += 1;
    region = `test-region-${regions}`;
  });

  describe("create", () => {
    it("creates a profile that can be found, member by member", async () => {
      const profile = storedProfile();
      assert.equal(await store.create(region, profile), true);
      assert.deepEqual(await store.find(region, profile.userArn), profile);
    });

    it("answers false for an ARN that exists, and changes nothing", async () => {
      const profile = storedProfile();
      await store.create(region, profile);
      const other = { ...profile, displayName: "Other", createdAt: 5, modifiedAt: 5 };
      assert.equal(await store.create(region, other), false);
      assert.deepEqual(await store.find(region, profile.userArn), profile);
    });

    it("creates again what was deleted", async () => {
      const profile = storedProfile();
      await store.create(region, profile);
      await store.delete(region, profile.userArn);
      const again = { ...profile, displayName: "Again", createdAt: profile.createdAt + 1 };
      assert.equal(await store.create(region, again), true);
      assert.deepEqual(await store.find(region, profile.userArn), again);
    });

    it("lets exactly one of 100 concurrent creates of one ARN win", async () => {
      const handles = durable ? [store, await place.open()] : [store];
      try {
        const candidates = Array.from({ length: 100 }, (_, n) =>
          storedProfile({ displayName: `Candidate ${n}` }),
        );
        const won = await Promise.all(
          candidates.map((candidate, n) => handles[n % handles.length]!.create(region, candidate)),
        );
        assert.equal(won.filter(Boolean).length, 1);
        const winner = candidates[won.indexOf(true)]!;
        assert.deepEqual(await store.find(region, winner.userArn), winner);
      } finally {
        await Promise.all(handles.slice(1).map((handle) => handle.close()));
      }
    });
  });

  describe("find", () => {
    it("answers undefined for an ARN that does not exist", async () => {
      assert.equal(await store.find(region, arn("nobody")), undefined);
    });

    it("tells ARNs apart by case", async () => {
      await store.create(region, storedProfile({ userArn: arn("ann") }));
      assert.equal(await store.find(region, arn("Ann")), undefined);
      assert.equal(await store.create(region, storedProfile({ userArn: arn("Ann") })), true);
    });

    for (const [what, displayName] of Object.entries(unusualNames)) {
      it(`gives a name back unchanged: ${what}`, async () => {
        const profile = storedProfile({ displayName });
        await store.create(region, profile);
        assert.deepEqual(await store.find(region, profile.userArn), profile);
        const renamed = await store.update(region, profile.userArn, { displayName }, 7);
        assert.equal(renamed?.displayName, displayName);
        assert.equal((await store.list(region, { limit: 1 }))[0]?.displayName, displayName);
      });
    }

    it("keeps a key of 16,384 characters, Latin-1 and line breaks among them", async () => {
      const sshPublicKey = "ssh-rsa ÿ\t\r\n".padEnd(16_384, "ké");
      assert.equal(sshPublicKey.length, 16_384);
      const profile = storedProfile({ sshPublicKey });
      await store.create(region, profile);
      assert.deepEqual(await store.find(region, profile.userArn), profile);
    });

    it("keeps times to the millisecond", async () => {
      const times = [0, 1, 999, 1_491_439_687_681, 1_572_552_308_607, 4_102_444_799_999];
      for (const [n, time] of times.entries()) {
        const profile = storedProfile({ userArn: arn(`t${n}`), createdAt: time, modifiedAt: time });
        await store.create(region, profile);
        assert.deepEqual(await store.find(region, profile.userArn), profile);
        const updated = await store.update(region, profile.userArn, {}, time + 1);
        assert.equal(updated?.createdAt, time);
        assert.equal(updated?.modifiedAt, time + 1);
      }
    });
  });

  describe("update", () => {
    it("sets the given members only, and answers the profile as it is now", async () => {
      const profile = storedProfile();
      await store.create(region, profile);
      const changes = [
        { displayName: "New Name" },
        { emailAddress: "new@example.com" },
        { sshPublicKey: "ssh-ed25519 NEW" },
        { displayName: "Newer", sshPublicKey: "ssh-ed25519 NEWER" },
      ];
      let expected = profile;
      for (const [n, change] of changes.entries()) {
        const modifiedAt = profile.modifiedAt + n + 1;
        expected = { ...expected, ...change, modifiedAt };
        assert.deepEqual(await store.update(region, profile.userArn, change, modifiedAt), expected);
        assert.deepEqual(await store.find(region, profile.userArn), expected);
      }
    });

    it("clears the key with an empty text", async () => {
      const profile = storedProfile();
      await store.create(region, profile);
      const cleared = await store.update(region, profile.userArn, { sshPublicKey: "" }, later);
      assert.deepEqual(cleared, { ...profile, sshPublicKey: "", modifiedAt: later });
      assert.deepEqual(await store.find(region, profile.userArn), cleared);
    });

    it("sets only the time for an empty change", async () => {
      const profile = storedProfile();
      await store.create(region, profile);
      const touched = await store.update(region, profile.userArn, {}, later);
      assert.deepEqual(touched, { ...profile, modifiedAt: later });
    });

    it("never lets the time of a profile fall, whichever clock is behind", async () => {
      const profile = storedProfile();
      await store.create(region, profile);
      const tenMinutes = 600_000;
      let highest = profile.modifiedAt;
      for (const [n, behind] of [0, tenMinutes, 1, 0, tenMinutes].entries()) {
        const modifiedAt = profile.modifiedAt + 100 * n - behind;
        highest = Math.max(highest, modifiedAt);
        const change = n === 1 ? {} : { displayName: `Ann ${n}` };
        const updated = await store.update(region, profile.userArn, change, modifiedAt);
        assert.equal(updated?.modifiedAt, highest);
        assert.equal(updated.displayName, n === 1 ? "Ann 0" : `Ann ${n}`);
        assert.deepEqual(await store.find(region, profile.userArn), updated);
      }
      const together = [later + 5, later - tenMinutes, later + 9, later].map((modifiedAt) =>
        store.update(region, profile.userArn, {}, modifiedAt),
      );
      await Promise.all(together);
      assert.equal((await store.find(region, profile.userArn))?.modifiedAt, later + 9);
    });

    it("answers undefined for an ARN that does not exist, and creates nothing", async () => {
      assert.equal(await store.update(region, arn("no"), { displayName: "X" }, later), undefined);
      assert.equal(await store.find(region, arn("no")), undefined);
      assert.deepEqual(await store.list(region, { limit: 10 }), []);
    });

    it("keeps concurrent updates of different members", async () => {
      const handles = durable ? [store, await place.open()] : [store];
      try {
        const profile = storedProfile();
        await store.create(region, profile);
        const change = {
          displayName: "Concurrent",
          emailAddress: "concurrent@example.com",
          sshPublicKey: "ssh-ed25519 CONCURRENT",
        };
        const members = Object.entries(change);
        for (let round = 0; round < 10; round += 1) {
          await Promise.all(
            members.map(([member, value], n) =>
              handles[n % handles.length]!.update(
                region,
                profile.userArn,
                { [member]: `${value}${round}` },
                later,
              ),
            ),
          );
          const expected = Object.fromEntries(members.map(([m, value]) => [m, `${value}${round}`]));
          assert.deepEqual(await store.find(region, profile.userArn), {
            ...profile,
            ...expected,
            modifiedAt: later,
          });
        }
      } finally {
        await Promise.all(handles.slice(1).map((handle) => handle.close()));
      }
    });
  });

  describe("delete", () => {
    it("deletes one profile, once", async () => {
      await fill(region, ["ann", "bob"]);
      assert.equal(await store.delete(region, arn("ann")), true);
      assert.equal(await store.delete(region, arn("ann")), false);
      assert.equal(await store.find(region, arn("ann")), undefined);
      assert.deepEqual(await names(region), ["bob"]);
    });

    it("answers false for an ARN that does not exist", async () => {
      assert.equal(await store.delete(region, arn("nobody")), false);
    });

    it("lets exactly one of 20 concurrent deletes find the profile", async () => {
      await fill(region, ["ann"]);
      const found = await Promise.all(
        Array.from({ length: 20 }, () => store.delete(region, arn("ann"))),
      );
      assert.equal(found.filter(Boolean).length, 1);
    });
  });

  describe("name spaces", () => {
    it("keeps regions apart", async () => {
      const other = `${region}-other`;
      const here = storedProfile({ displayName: "Here" });
      const there = storedProfile({ displayName: "There" });
      assert.equal(await store.create(region, here), true);
      assert.equal(await store.find(other, here.userArn), undefined);
      assert.equal(await store.update(other, here.userArn, { displayName: "X" }, later), undefined);
      assert.equal(await store.delete(other, here.userArn), false);
      assert.deepEqual(await store.list(other, { limit: 10 }), []);
      assert.equal(await store.create(other, there), true);
      assert.deepEqual(await store.find(region, here.userArn), here);
      assert.deepEqual(await store.list(other, { limit: 10 }), [there]);
      assert.equal(await store.delete(other, here.userArn), true);
      assert.deepEqual(await store.find(region, here.userArn), here);
    });

    it("lists one account by the prefix of its ARNs", async () => {
      const accounts = ["111111111111", "222222222222", "333333333333"];
      for (const owner of accounts) await fill(region, ["ann", "bob"], owner);
      const listed = await store.list(region, { arnPrefix: prefix("222222222222"), limit: 10 });
      assert.deepEqual(arnsOf(listed), [arn("ann", "222222222222"), arn("bob", "222222222222")]);
      const all = await store.list(region, { limit: 10 });
      assert.equal(all.length, 6);
    });

    it("takes the characters of a prefix as they are", async () => {
      await fill(region, ["a_1", "ab1", "a+1", "a%1"].sort());
      const listed = await store.list(region, { arnPrefix: arn("a_"), limit: 10 });
      assert.deepEqual(arnsOf(listed), [arn("a_1")]);
      assert.deepEqual(await store.list(region, { arnPrefix: arn("A"), limit: 10 }), []);
    });

    it("lists after an ARN before, in, and behind the prefix", async () => {
      for (const owner of ["111111111111", "222222222222", "333333333333"]) {
        await fill(region, ["ann", "bob"], owner);
      }
      const request = { arnPrefix: prefix("222222222222"), limit: 10 };
      const both = [arn("ann", "222222222222"), arn("bob", "222222222222")];
      const listAfter = async (userArn: string) =>
        arnsOf(await store.list(region, { ...request, after: userArn }));
      assert.deepEqual(await listAfter(arn("bob", "111111111111")), both);
      assert.deepEqual(await listAfter(prefix("222222222222")), both);
      assert.deepEqual(await listAfter(arn("ann", "222222222222")), both.slice(1));
      assert.deepEqual(await listAfter(arn("bob", "222222222222")), []);
      assert.deepEqual(await listAfter(arn("ann", "333333333333")), []);
    });
  });

  describe("list", () => {
    const everyAsciiKind = ["+x", ",x", "-x", ".x", "0x", "=x", "@x", "Ax", "Zx", "_x", "ax", "zx"];

    it("answers whole profiles, in the order of their ARNs by code unit", async () => {
      const shuffled = [...everyAsciiKind].reverse();
      await fill(region, [...shuffled.slice(5), ...shuffled.slice(0, 5)]);
      const listed = await store.list(region, { limit: 100 });
      assert.deepEqual(
        listed,
        everyAsciiKind.map((name) => storedProfile({ userArn: arn(name) })),
      );
    });

    it("sorts IAM paths by character too", async () => {
      const paths = ["a", "a!/b", "a/b", "a0", "a~/b"];
      await fill(region, paths);
      assert.deepEqual(await names(region), [...paths].sort());
    });

    it("answers nothing for an empty region", async () => {
      assert.deepEqual(await store.list(region, { limit: 1 }), []);
    });

    it("answers at most the limit, and goes on after an ARN", async () => {
      await fill(region, everyAsciiKind);
      for (const limit of [1, 2, 5, 11, 12, 13]) {
        assert.deepEqual(
          await walk(region, limit),
          everyAsciiKind.map((name) => arn(name)),
        );
      }
      const first = await store.list(region, { limit: 5 });
      assert.equal(first.length, 5);
    });

    it("goes on after an ARN that does not exist, or no longer", async () => {
      await fill(region, ["ann", "bob", "cid"]);
      const listAfter = async (userArn: string) =>
        arnsOf(await store.list(region, { after: userArn, limit: 10 }));
      assert.deepEqual(await listAfter(arn("b")), [arn("bob"), arn("cid")]);
      await store.delete(region, arn("bob"));
      assert.deepEqual(await listAfter(arn("bob")), [arn("cid")]);
      assert.deepEqual(await listAfter(arn("zoe")), []);
    });

    it("answers 100 profiles with keys of 16,384 characters in one list", async () => {
      const sshPublicKey = "ÿ".repeat(16_384);
      const everyone = Array.from({ length: 110 }, (_, n) =>
        storedProfile({ userArn: arn(`user${String(n).padStart(3, "0")}`), sshPublicKey }),
      );
      await Promise.all(everyone.map((profile) => store.create(region, profile)));
      assert.deepEqual(await store.list(region, { limit: 100 }), everyone.slice(0, 100));
      assert.deepEqual(
        await store.list(region, { after: everyone[99]!.userArn, limit: 100 }),
        everyone.slice(100),
      );
    });

    it("shows everyone who stays exactly once while others come and go", async () => {
      const name = (n: number) => `user${String(n).padStart(3, "0")}`;
      const numbers = Array.from({ length: 120 }, (_, n) => n);
      const staying = numbers.filter((n) => n % 3 === 0).map(name);
      const leaving = numbers.filter((n) => n % 3 === 1).map(name);
      const coming = numbers.filter((n) => n % 3 === 2).map(name);
      await fill(region, [...staying, ...leaving]);
      const seen: string[] = [];
      for (let after = ""; ; ) {
        const profiles = await store.list(region, { after, limit: 7 });
        seen.push(...arnsOf(profiles));
        if (profiles.length < 7) break;
        after = profiles[6]!.userArn;
        // Some before and some behind the place where the listing is.
        const left = [leaving.shift(), leaving.pop()].filter((one) => one !== undefined);
        const came = [coming.shift(), coming.pop()].filter((one) => one !== undefined);
        await Promise.all(left.map((one) => store.delete(region, arn(one))));
        await fill(region, came);
      }
      assert.deepEqual(seen, [...new Set(seen)].sort());
      const stayed = new Set(staying.map((one) => arn(one)));
      assert.deepEqual(
        seen.filter((userArn) => stayed.has(userArn)),
        [...stayed],
      );
    });
  });

  describe("any sequence of calls", () => {
    it("answers as a plain map would", async function () {
      this.timeout(120_000);
      let run = 0;
      await storeMatchesModel(modelRuns, () => {
        run += 1;
        return { store, regions: [`${region}-${run}-a`, `${region}-${run}-b`] };
      });
    });
  });

  describe("close", () => {
    it("settles every call begun before it", async () => {
      const own = await start();
      try {
        const handle = await own.open();
        const profiles = Array.from({ length: 20 }, (_, n) =>
          storedProfile({ userArn: arn(`user${n}`) }),
        );
        const creating = profiles.map((profile) => handle.create(region, profile));
        await handle.close();
        assert.deepEqual(
          await Promise.all(creating),
          profiles.map(() => true),
        );
      } finally {
        await own.remove();
      }
    });

    if (durable) {
      it("loses nothing: another handle sees every profile", async () => {
        const own = await start();
        try {
          const first = await own.open();
          const profile = storedProfile();
          await first.create(region, profile);
          await first.close();
          const second = await own.open();
          assert.deepEqual(await second.find(region, profile.userArn), profile);
          await second.close();
        } finally {
          await own.remove();
        }
      });

      it("leaves other handles open", async () => {
        const other = await place.open();
        const profile = storedProfile();
        await other.create(region, profile);
        await other.close();
        assert.deepEqual(await store.find(region, profile.userArn), profile);
      });

      it("a write through one handle is seen by the next read through another", async () => {
        const other = await place.open();
        try {
          await fc.assert(
            fc.asyncProperty(fc.string({ minLength: 1, maxLength: 9 }), async (user) => {
              const profile = storedProfile({ displayName: user });
              await store.delete(region, profile.userArn);
              assert.equal(await other.find(region, profile.userArn), undefined);
              await other.create(region, profile);
              assert.deepEqual(await store.list(region, { limit: 2 }), [profile]);
              await store.update(region, profile.userArn, { displayName: "Changed" }, 8);
              const changed = await other.find(region, profile.userArn);
              assert.equal(changed?.displayName, "Changed");
            }),
            { numRuns: 10 },
          );
        } finally {
          await other.close();
        }
      });
    }
  });

  async function fill(where: string, users: readonly string[], owner = account): Promise<void> {
    await Promise.all(
      users.map((user) => store.create(where, storedProfile({ userArn: arn(user, owner) }))),
    );
  }

  /** Every ARN of the region, read page by page. */
  async function walk(where: string, limit: number): Promise<string[]> {
    const seen: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await store.list(where, { limit, ...(after === undefined ? {} : { after }) });
      seen.push(...arnsOf(page));
      if (page.length < limit) return seen;
      after = page.at(-1)!.userArn;
    }
  }

  async function names(where: string): Promise<string[]> {
    const listed = await store.list(where, { limit: 1_000 });
    return listed.map(({ userArn }) => userArn.slice(prefix(account).length));
  }
}

const unusualNames = {
  "beyond Latin-1": "Жанна д’Арк 聖女",
  "beyond the basic plane": "Ann 👩🏽‍💻 𝒜",
  "composed and decomposed": "Zoe\u0308 Zo\u00eb",
  "right to left": "\u200fنور\u200e",
  "control characters": "a\u0000b\u0001c\u007fd",
  "quotes and percent signs": `'"\`%_\\--;{}[]$`,
  "64 characters outside the basic plane": "🦊".repeat(32),
};

function prefix(owner: string): string {
  return `arn:aws:iam::${owner}:user/`;
}

function arn(user: string, owner = account): string {
  return `${prefix(owner)}${user}`;
}

function arnsOf(profiles: readonly { readonly userArn: string }[]): string[] {
  return profiles.map(({ userArn }) => userArn);
}

function storedProfile(members: Partial<StoredProfile> = {}): StoredProfile {
  return {
    userArn: arn("ann"),
    displayName: "Ann Example",
    emailAddress: "ann@example.com",
    sshPublicKey: "ssh-ed25519 AAAA ann",
    createdAt: 1_572_552_308_607,
    modifiedAt: 1_572_552_308_607,
    ...members,
  };
}
