import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  ListRequest,
  ProfileChange,
  ProfileStore,
  StoredProfile,
} from "../../service/store/store";

interface Subject {
  readonly store: ProfileStore;
  /** Two regions that hold nothing yet. */
  readonly regions: readonly [string, string];
}

type Regions = [Map<string, StoredProfile>, Map<string, StoredProfile>];
type Where = 0 | 1;
type Command = fc.AsyncCommand<Regions, Subject>;

/** Runs random sequences of calls against the store and against maps, and compares every answer. */
export async function storeMatchesModel(numRuns: number, fresh: () => Subject): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.commands(commandKinds, { size: "+1" }), async (commands) => {
      const setup = () => ({ model: [new Map(), new Map()] as Regions, real: fresh() });
      await fc.asyncModelRun(setup, commands);
    }),
    { numRuns },
  );
}

const plain = { noNullPrototype: true } as const;
const where = fc.constantFrom<Where>(0, 1);
/** Few ARNs, so that calls meet; of two accounts, with path and case variants. */
const userArn = fc
  .tuple(
    fc.constantFrom("111111111111", "111111111112"),
    fc.constantFrom("ann", "Ann", "ann-b", "bob", "team/ann", "team_ann"),
  )
  .map(([account, user]) => `arn:aws:iam::${account}:user/${user}`);
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 64 });
const sshPublicKey = fc.oneof(fc.constant(""), fc.string({ maxLength: 400 }));
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const profile: fc.Arbitrary<StoredProfile> = fc.record(
  {
    userArn,
    displayName: text,
    emailAddress: text,
    sshPublicKey,
    createdAt: time,
    modifiedAt: time,
  },
  plain,
);
const change: fc.Arbitrary<ProfileChange> = fc.record(
  { displayName: text, emailAddress: text, sshPublicKey },
  { ...plain, requiredKeys: [] },
);
const arnPrefix = fc.oneof(
  fc.constantFrom("arn:aws:iam::111111111111:user/", "arn:aws:iam::11111111111", "arn:x", ""),
  userArn,
);
const listRequest = fc.record(
  { arnPrefix, after: fc.oneof(userArn, arnPrefix), limit: fc.integer({ min: 1, max: 15 }) },
  { ...plain, requiredKeys: ["limit"] },
);

const commandKinds = [
  fc.tuple(where, profile).map(([region, created]) =>
    command(`create ${show(region, created)}`, async (model, { store, regions }) => {
      const absent = !model[region].has(created.userArn);
      if (absent) model[region].set(created.userArn, created);
      assert.equal(await store.create(regions[region], created), absent);
    }),
  ),
  fc.tuple(where, userArn).map(([region, key]) =>
    command(`find ${show(region, key)}`, async (model, { store, regions }) => {
      assert.deepEqual(await store.find(regions[region], key), model[region].get(key));
    }),
  ),
  fc.tuple(where, userArn, change, time).map(([region, key, set, modifiedAt]) =>
    command(`update ${show(region, key, set, modifiedAt)}`, async (model, { store, regions }) => {
      const old = model[region].get(key);
      const updated = old && { ...old, ...set, modifiedAt: Math.max(modifiedAt, old.modifiedAt) };
      if (updated) model[region].set(key, updated);
      assert.deepEqual(await store.update(regions[region], key, set, modifiedAt), updated);
    }),
  ),
  fc.tuple(where, userArn).map(([region, key]) =>
    command(`delete ${show(region, key)}`, async (model, { store, regions }) => {
      assert.equal(await store.delete(regions[region], key), model[region].delete(key));
    }),
  ),
  fc.tuple(where, listRequest).map(([region, request]) =>
    command(`list ${show(region, request)}`, async (model, { store, regions }) => {
      assert.deepEqual(await store.list(regions[region], request), listed(model[region], request));
    }),
  ),
];

function listed(
  profiles: ReadonlyMap<string, StoredProfile>,
  { arnPrefix: start = "", after = "", limit }: ListRequest,
): StoredProfile[] {
  return [...profiles.values()]
    .filter((one) => one.userArn.startsWith(start) && one.userArn > after)
    .sort((one, other) => (one.userArn < other.userArn ? -1 : 1))
    .slice(0, limit);
}

function command(title: string, run: (model: Regions, subject: Subject) => Promise<void>): Command {
  return { check: () => true, run, toString: () => title };
}

function show(...values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" ");
}
