import { checkRosterInputs } from "../../profile/check";
import { CodeStarError } from "../../profile/codeStarError";
import {
  type FieldValues,
  fields,
  type LiveProfile,
  liveValues,
  sameValue,
} from "../../profile/fields";
import { isUnknown } from "../../profile/unknown";
import { profileKey } from "./declarations";
import {
  type CheckContext,
  type Checked,
  type Lifecycle,
  PartlyDone,
  type Props,
} from "./lifecycle";
import { describeChanges, nameInAccount, type RosterChanges, summarize } from "./rosterChanges";
import { refusals } from "./rosterGuard";
import { type People, planRoster, type UnmanagedRule } from "./rosterPlan";
import { type FailedWrite, makeWrites } from "./rosterWrites";
import type { Session } from "./session";

/** Inputs once checked. `people` is a secret map: names and addresses are personal data. */
export interface RosterInputs {
  readonly people: People;
  readonly region: string;
  readonly unmanaged?: UnmanagedRule;
  readonly maxRemovals?: number;
  /** ARNs of people who may not be removed. */
  readonly required?: readonly string[];
  readonly adopt?: boolean;
  readonly showValues?: boolean;
}

export interface RosterState extends RosterInputs {
  /**
   * ARNs of people who left the roster for other resources of the program. Until those have written
   * them they are nobody else's, and they still are the stack's own.
   */
  readonly movedOut?: readonly string[];
  /**
   * ARNs of the unmanaged profiles that an update has reported: a preview speaks of others only.
   */
  readonly unmanagedProfiles?: readonly string[];
}

/** What a preview shows of a roster. */
export interface RosterPreview {
  /** The counts in one line. */
  readonly summary: string;
  readonly changes: RosterChanges;
}

/** What check has found about a roster, for the diff and the update after it. */
interface Found {
  readonly changes: RosterChanges;
  /** ARNs. */
  readonly unmanaged?: readonly string[];
  /** Whether the engine keeps the people that are recorded: then nothing is written. */
  readonly isIgnored?: boolean;
  /** Whether the program declares profiles whose ARNs are not known yet. */
  readonly isUnknownElsewhere?: boolean;
  /** ARNs of people who left and stay recorded, since one of those profiles could be theirs. */
  readonly staying: readonly string[];
}

/** A roster of people: one resource for all of their profiles in a region. */
export function rosterLifecycle(
  session: Session,
): Lifecycle<RosterInputs, RosterState, RosterPreview> {
  const { declarations } = session;
  /** By roster. */
  const found = new Map<string, Found>();

  const planOptions = (
    { unmanaged = "report", adopt = false, region }: RosterInputs,
    isUnknownElsewhere = false,
  ) => ({
    unmanaged,
    adopt,
    isDeclared: (userArn: string) => declarations.isDeclared(region, userArn),
    isOwn: (userArn: string) => declarations.isOwn(region, userArn),
    isUnknownElsewhere,
  });
  /** Every live profile of a region; undefined when drift is off. */
  const liveProfiles = async (region: string) =>
    session.settings().drift ? (await session.connection(region)).all() : undefined;

  /**
   * Fills in the region and compares the roster with every live profile of the region. Refuses to
   * remove more than allowed.
   */
  async function check(
    recorded: Partial<RosterInputs>,
    news: Props,
    context: CheckContext,
  ): Promise<Checked<RosterPreview>> {
    const failures = checkRosterInputs(news);
    if (failures.length > 0) return { refused: failures.map(({ reason }) => reason) };
    try {
      return await compare(recorded, news, context);
    } catch (error) {
      throw session.failure("reading live profiles", error);
    }
  }

  async function compare(
    recorded: Partial<RosterInputs>,
    news: Props,
    { isPreview, hidden, knowledge }: CheckContext,
  ): Promise<Checked<RosterPreview>> {
    const inputs: Props = { ...news, region: news.region ?? (await session.defaultRegion()) };
    if (isUnknown(inputs.people) || isUnknown(inputs.region)) return { inputs };
    const declared = inputs as unknown as RosterInputs;
    const { region } = declared;
    await declarations.declare(region, Object.keys(declared.people), isPreview);
    if (recorded.people !== undefined && (knowledge === undefined || knowledge.isIgnored)) {
      found.set(rosterKey(declared), { changes: {}, isIgnored: true, staying: [] });
      return { inputs };
    }
    const { own = [], elsewhere = [], isUnknownElsewhere = false } = knowledge ?? {};
    declarations.noteOwn(own);
    await declarations.declareElsewhere(region, elsewhere);

    const moved = recorded.region !== undefined && recorded.region !== region;
    const before = moved ? {} : (recorded.people ?? {});
    const options = planOptions(declared, isUnknownElsewhere);
    const plan = planRoster(before, declared.people, await liveProfiles(region), options);
    const { staying, unmanaged } = plan;
    const { maxRemovals } = declared;
    const refused = refusals(plan, before, recorded.required ?? [], { ...options, maxRemovals });
    const left = moved ? Object.keys(recorded.people ?? {}).length : 0;
    if (!(left <= (maxRemovals ?? 0))) refused.push(regionRefusal(recorded.region!, left));
    if (refused.length > 0) return { refused };

    // People who stay are recorded as before, and the next update asks again.
    const kept = Object.fromEntries(staying.map((userArn) => [userArn, before[userArn]!]));
    const people = { ...declared.people, ...kept };
    const changes = describeChanges(plan, declared.showValues === true && hidden === undefined);
    found.set(rosterKey({ region, people }), { changes, unmanaged, isUnknownElsewhere, staying });
    const summary = summarize(changes);
    const checked = { ...inputs, people };
    if (summary === undefined) return { inputs: checked };
    // Everybody is new in a new roster, and the counts say it.
    const { added: _added, ...others } = changes;
    const shown = { summary, changes: recorded.people === undefined ? others : changes };
    return { inputs: checked, shown };
  }

  /**
   * Makes the writes and returns the state to record. When some fail the
   * rest are made all the same.
   */
  async function carryOut(
    id: string,
    before: Partial<RosterState>,
    news: RosterInputs,
  ): Promise<RosterState> {
    const { people: recorded = {}, unmanagedProfiles = [], movedOut = [] } = before;
    const { isIgnored, isUnknownElsewhere, staying = [] } = found.get(rosterKey(news)) ?? {};
    if (isIgnored) return withNotes(news, unmanagedProfiles, movedOut);
    const declared = without(news.people, staying);
    const options = planOptions(news, isUnknownElsewhere);
    const plan = planRoster(recorded, declared, await liveProfiles(news.region), options);
    const { region, adopt = false } = news;
    const failures = await makeWrites(session, plan.writes, { region, recorded, declared, adopt });
    const moved = new Set([...movedOut, ...plan.moved].filter(options.isDeclared));
    for (const userArn of Object.keys(news.people)) moved.delete(userArn);
    // Where nobody was looked for, those who were found before stay reported.
    const isLooked = session.settings().drift && !isUnknownElsewhere;
    const reported = news.unmanaged === "remove" ? [] : plan.unmanaged;
    const state = withNotes(news, isLooked ? reported : unmanagedProfiles, [...moved]);
    if (failures.length === 0) return state;
    throw new PartlyDone(
      `${failures.length} of the roster's writes failed`,
      id,
      { ...state, people: withoutFailed(news.people, recorded, failures) },
      failures.map(({ reason }) => reason),
    );
  }

  /**
   * Whether check found something that is not recorded yet: unmanaged profiles are reported once.
   */
  function isNews(before: RosterState, now: RosterInputs): boolean {
    const { changes = {}, unmanaged = [] } = found.get(rosterKey(now)) ?? {};
    const { unmanaged: _names, ...others } = changes;
    if (Object.keys(others).length > 0) return true;
    if (now.unmanaged === "remove") return unmanaged.length > 0;
    const reported = new Set(before.unmanagedProfiles);
    // 0.1.0 recorded what it showed, which mostly were names.
    return unmanaged.some((arn) => !reported.has(arn) && !reported.has(nameInAccount(arn)));
  }

  return {
    check,

    diff(before, now) {
      const replaces = before.region === now.region ? [] : ["region"];
      const settings = ["unmanaged", "maxRemovals", "required", "adopt", "showValues"] as const;
      const differing = [
        ...replaces,
        ...settings.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key])),
        ...(samePeople(before.people ?? {}, now.people ?? {}) ? [] : ["people"]),
      ];
      return { changed: differing.length > 0 || isNews(before, now), differing, replaces };
    },

    async create(news) {
      const id = `roster/${news.region}`;
      return { id, state: await carryOut(id, {}, news) };
    },

    update: carryOut,

    /** Resolves to undefined when not one of the people is left. */
    async read(_id, recorded) {
      const profiles = await (await session.connection(recorded.region)).all();
      // From here on the state says what is live.
      found.delete(rosterKey(recorded));
      const people = refreshed(recorded.people, profiles);
      return Object.keys(people).length === 0 ? undefined : { ...recorded, people };
    },

    /** Deletes every profile of the roster that the program does not declare elsewhere. */
    async delete(_id, { people, region }) {
      const writes = Object.keys(people).map((userArn) => ({ userArn, call: "delete" as const }));
      const update = { region, recorded: people, declared: {}, adopt: false };
      const [failed] = await makeWrites(session, writes, update);
      if (failed) throw new CodeStarError(failed.reason);
    },
  };
}

/** Nobody is in two rosters of a region, so one of them tells rosters apart. */
function rosterKey({ region, people }: Pick<RosterInputs, "region" | "people">): string {
  return profileKey(region, Object.keys(people ?? {}).sort()[0] ?? "");
}

function regionRefusal(region: string, profiles: number): string {
  return (
    `a roster of another region replaces this one, which would remove all ${profiles} profiles in ${region}; ` +
    `give the new roster a name of its own, or set \`maxRemovals: ${profiles}\` for this update`
  );
}

function refreshed(recorded: People, profiles: ReadonlyMap<string, LiveProfile>): People {
  return Object.fromEntries(
    Object.entries(recorded).flatMap(([userArn, declared]) => {
      const profile = profiles.get(userArn);
      return profile ? [[userArn, liveValues(declared, profile)]] : [];
    }),
  );
}

function without(people: People, userArns: readonly string[]): People {
  const left = new Set(userArns);
  return Object.fromEntries(Object.entries(people).filter(([userArn]) => !left.has(userArn)));
}

/** What the state records of an update. */
function withNotes(
  news: RosterInputs,
  unmanaged: readonly string[],
  movedOut: readonly string[],
): RosterState {
  return {
    ...news,
    ...(unmanaged.length > 0 && { unmanagedProfiles: unmanaged }),
    ...(movedOut.length > 0 && { movedOut }),
  };
}

/** The people to record: a failed write keeps the old values, or leaves the person out. */
function withoutFailed(now: People, before: People, failures: readonly FailedWrite[]): People {
  const people: Record<string, FieldValues> = { ...now };
  for (const { write } of failures) {
    const recorded = before[write.userArn];
    if (recorded) people[write.userArn] = recorded;
    else delete people[write.userArn];
  }
  return people;
}

function samePeople(before: People, now: People): boolean {
  const arns = Object.keys(now);
  return (
    arns.length === Object.keys(before).length &&
    arns.every((arn) => {
      const [was, is] = [before[arn], now[arn]];
      return was && is && fields.every((field) => sameValue(field, was[field], is[field]));
    })
  );
}
