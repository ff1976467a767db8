import { checkInputs } from "../../profile/check";
import { CodeStarError } from "../../profile/codeStarError";
import {
  asLive,
  type Drift,
  fields,
  type LiveProfile,
  liveValues,
  type ProfileInputs,
  type ProfileState,
  pick,
  sameValue,
} from "../../profile/fields";
import { reconcile } from "../../profile/reconcile";
import { isUnknown } from "../../profile/unknown";
import { apply, existsAlready, missingForCreate, type Owner } from "./apply";
import { profileKey } from "./declarations";
import type { CheckContext, Checked, Lifecycle, Props } from "./lifecycle";
import type { Session } from "./session";

/** How messages call a profile. */
export const profileName = (userArn: string) => `CodeStar user profile ${userArn}`;

/** A single profile. What check has seen counts for the diff and the update after it. */
export function profileLifecycle(session: Session): Lifecycle<ProfileInputs, ProfileState, Drift> {
  const { declarations } = session;
  /** Profiles in which check found drift. */
  const drifted = new Set<string>();

  /** Whom a write of somebody new is about. */
  const newcomer = (declared: ProfileInputs): Owner => ({
    userArn: declared.userArn,
    declared,
    mayTakeOver:
      declared.adopt === true ||
      isUnknown(declared.adopt) ||
      declarations.isOwn(declared.region, declared.userArn),
  });
  const find = async (region: string, userArn: string) =>
    (await session.connection(region)).directory.find(userArn);

  /**
   * Checks the inputs, fills in the region, and compares them with the live profile. No remote call
   * is made for inputs that are invalid or not known yet.
   */
  async function check(
    before: Partial<ProfileInputs>,
    news: Props,
    { isPreview, hidden = [], knowledge }: CheckContext,
  ): Promise<Checked<Drift>> {
    const inputs = { ...news };
    const { allowWeakKeys, drift: reads } = session.settings();
    const own = knowledge?.own ?? [];
    declarations.noteOwn(own);
    const reasonsIf = (exists: boolean) =>
      checkInputs(inputs, { allowWeakKeys, exists }).map(({ reason }) => reason);
    const mayExist =
      before.userArn !== undefined ||
      own.length > 0 ||
      inputs.adopt === true ||
      isUnknown(inputs.adopt);
    const refused = reasonsIf(mayExist);
    // What is only missing is not needed when the profile turns out to be there.
    if (refused.length > 0 && reasonsIf(true).length > 0) return { refused };
    inputs.region ??= await session.defaultRegion();
    const declared = inputs as unknown as ProfileInputs;
    const { userArn, region } = declared;
    if (isUnknown(userArn) || isUnknown(region)) {
      return refused.length > 0 ? { refused } : { inputs };
    }
    await declarations.declare(region, [userArn], isPreview);
    const live = reads ? await lookUp(region, userArn) : "not read";

    if (before.userArn !== userArn || before.region !== region) {
      const isSeen = live !== undefined && live !== "not read";
      if (!isSeen && refused.length > 0) return { refused };
      const reason = live === "not read" ? undefined : refusalOfNew(newcomer(declared), live);
      return reason ? { refused: [reason] } : { inputs };
    }
    if (live === "not read") return { inputs };
    const { drift } = reconcile({ recorded: before, declared, live, hidden, mayTakeOver: false });
    if (drift === undefined) return { inputs };
    const missing = live ? undefined : missingForCreate({ userArn, declared });
    if (missing) return { refused: [missing] };
    drifted.add(profileKey(region, userArn));
    return { inputs, shown: drift };
  }

  async function lookUp(region: string, userArn: string): Promise<LiveProfile | undefined> {
    try {
      return await find(region, userArn);
    } catch (error) {
      throw session.failure(`reading ${profileName(userArn)}`, error);
    }
  }

  return {
    check,

    diff(before, now) {
      const replaces = (["userArn", "region"] as const).filter((key) => before[key] !== now[key]);
      const differing = [
        ...replaces,
        ...fields.filter((field) => !sameValue(field, before[field], now[field])),
        ...(["adopt", "ignoreDrift", "secretFields"] as const).filter(
          (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
        ),
      ];
      const isDrifted = drifted.has(profileKey(now.region, now.userArn));
      return { changed: differing.length > 0 || isDrifted, differing, replaces };
    },

    /**
     * A profile that exists already is taken as ours when every declared field is equal, which is
     * what a lost answer leaves behind, and taken over when `adopt` says so.
     */
    async create(declared) {
      const service = await session.connection(declared.region);
      const owner = newcomer(declared);
      // One without a name or an address cannot be created, but may be there.
      const isExpected = owner.mayTakeOver || missingForCreate(owner) !== undefined;
      const found = isExpected ? await service.describe(declared.userArn) : undefined;
      const { conflict, write } = reconcile({ ...owner, live: found });
      if (conflict) throw new CodeStarError(existsAlready(conflict));
      if (found) service.directory.record(found);
      const live = write ? await apply(service, owner, write) : found;
      return { id: declared.userArn, state: { ...declared, ...times(live) } };
    },

    /**
     * Fields that are not managed or whose drift is ignored stay as they are recorded. The
     * times are those of the last write by this program unless the read carried some: a list
     * of many profiles has none.
     */
    async read(id, recorded) {
      const service = await session.connection(recorded.region);
      const live = await service.directory.find(id);
      // From here on the state says what is live.
      drifted.delete(profileKey(service.region, id));
      if (live === undefined) return undefined;
      const followed = pick(recorded, (field) => !recorded.ignoreDrift?.includes(field));
      return { ...recorded, ...liveValues(followed, live), ...times(live) };
    },

    /**
     * Sends only the fields whose live value differs from what is declared. A key that was declared
     * and now is not is revoked; a profile that disappeared is created again.
     */
    async update(id, recorded, declared) {
      const service = await session.connection(declared.region);
      // With drift off the state alone says what to send.
      const found = session.settings().drift
        ? await service.directory.find(id)
        : asLive(id, recorded);
      const owner = { userArn: id, recorded, declared, mayTakeOver: true };
      const { write } = reconcile({ ...owner, live: found });
      const live = write ? await apply(service, owner, write) : { ...times(recorded), ...found };
      return { ...declared, ...times(live) };
    },

    /** One that the program declares elsewhere stays; one that is gone already is done. */
    async delete(id, { region }) {
      const service = await session.connection(region);
      await declarations.deleteUndeclared(region, id, service.delete);
    },
  };
}

/** Why somebody new cannot be managed. */
function refusalOfNew(owner: Owner, live: LiveProfile | undefined): string | undefined {
  if (live === undefined) return missingForCreate(owner);
  const { conflict } = reconcile({ ...owner, live });
  if (conflict === undefined) return undefined;
  return `creating ${profileName(owner.userArn)}: ${existsAlready(conflict)}`;
}

function times({
  createdTimestamp,
  lastModifiedTimestamp,
}: Partial<LiveProfile> = {}): Pick<LiveProfile, "createdTimestamp" | "lastModifiedTimestamp"> {
  return {
    ...(createdTimestamp && { createdTimestamp }),
    ...(lastModifiedTimestamp && { lastModifiedTimestamp }),
  };
}
