import type * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../../client/connection";
import { isFault } from "../../client/errors";
import { checkRosterInputs } from "../../profile/check";
import {
  type FieldValues,
  fields,
  type LiveProfile,
  liveValues,
  pick,
  sameValue,
} from "../../profile/fields";
import { reconcile } from "../../profile/reconcile";
import { isUnknown } from "../../profile/unknown";
import {
  declare,
  declareElsewhere,
  deleteUndeclared,
  isDeclared,
  isOwn,
  noteOwn,
  profileKey,
} from "./declared";
import { existsAlready } from "./existsAlready";
import { readKnowledge } from "./knowledge";
import { describeChanges, nameInAccount, type RosterChanges, summarize } from "./rosterChanges";
import { refusals } from "./rosterGuard";
import {
  type People,
  planRoster,
  type RosterPlan,
  type UnmanagedRule,
  type Write,
} from "./rosterPlan";
import {
  configure,
  connection,
  current,
  failed,
  noteProgram,
  type Props,
  reasonOf,
  refuse,
  settingProblem,
  withoutNulls,
} from "./session";

/*
 * The dynamic provider of a whole roster. As with profile.ts, the module itself is the provider and the
 * state holds the line `exports.handler = () => require("pulumi-codestar/roster-provider")`.
 */

/** Inputs once checked. `people` is a secret map: names and addresses are personal data. */
interface RosterInputs {
  readonly people: People;
  readonly region: string;
  readonly unmanaged?: UnmanagedRule;
  readonly maxRemovals?: number;
  /** ARNs of people who may not be removed. */
  readonly required?: readonly string[];
  readonly adopt?: boolean;
  readonly showValues?: boolean;
  /** Added by check in a preview. */
  readonly _changes?: RosterChanges;
}

interface RosterState extends Omit<RosterInputs, "_changes"> {
  /**
   * ARNs of people who left the roster for other resources of the program. Until those have written them
   * they are nobody else's, and they still are the stack's own.
   */
  readonly movedOut?: readonly string[];
  /** ARNs of the unmanaged profiles that an update has reported: a preview speaks of others only. */
  readonly unmanagedProfiles?: readonly string[];
}

/** How many writes are under way at once; a service that asks for fewer gets fewer, see client/retry.ts. */
const writesAtOnce = 16;

/** What this process's check of a roster has found, for the diff and the update after it. */
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

/** By roster. */
const found = new Map<string, Found>();

/**
 * Fills in the region, compares the roster with every live profile of the region, and in a preview adds what
 * an update would do: `_changes` for `--diff`, and an input whose name is the counts for the one line of a
 * plain preview. Refuses to remove more than allowed.
 */
async function check(olds: Props, news: Props): Promise<pulumi.dynamic.CheckResult> {
  const problem = settingProblem();
  if (problem) return refuse(problem);
  const { __isPreview, __hidden, __program, ...inputs } = withoutNulls(news);
  const isPreview = __isPreview === true;
  noteProgram(isPreview);
  const failures = checkRosterInputs(inputs);
  if (failures.length > 0) return refuse(...failures.map(({ reason }) => reason));
  try {
    inputs.region ??= current().region ?? (await connection(undefined)).region;
    if (isUnknown(inputs.people) || isUnknown(inputs.region)) return { inputs };
    const recorded = olds as Partial<RosterInputs>;
    const declared = inputs as unknown as RosterInputs;
    const knowledge = readKnowledge(__program);
    await declare(declared.region, Object.keys(declared.people), isPreview);
    if (recorded.people !== undefined && (knowledge === undefined || knowledge.isIgnored)) {
      found.set(rosterKey(declared), { changes: {}, isIgnored: true, staying: [] });
      return { inputs };
    }
    const { own = [], elsewhere = [], isUnknownElsewhere = false } = knowledge ?? {};
    noteOwn(own);
    await declareElsewhere(declared.region, elsewhere);

    const moved = recorded.region !== undefined && recorded.region !== declared.region;
    const before = moved ? {} : (recorded.people ?? {});
    const profiles = await liveProfiles(declared.region);
    const options = planOptions(declared, isUnknownElsewhere);
    const plan = planRoster(before, declared.people, profiles, options);
    // Who stays is recorded as before, and the next update asks again.
    const { staying } = plan;
    const kept = Object.fromEntries(staying.map((userArn) => [userArn, before[userArn]!]));
    const now = { ...declared, people: { ...declared.people, ...kept } };
    const refused = refusals(plan, before, recorded.required ?? [], {
      ...options,
      maxRemovals: now.maxRemovals,
    });
    const left = moved ? Object.keys(recorded.people ?? {}).length : 0;
    if (!(left <= (now.maxRemovals ?? 0))) refused.push(regionRefusal(recorded.region!, left));
    if (refused.length > 0) return refuse(...refused);
    const changes = describeChanges(plan, now.showValues === true && __hidden === undefined);
    const { unmanaged } = plan;
    found.set(rosterKey(now), { changes, unmanaged, isUnknownElsewhere, staying });
    const summary = summarize(changes);
    const checked = { ...inputs, people: now.people };
    if (!isPreview || summary === undefined) return { inputs: checked };
    // Everyone is new in a new roster, and the counts say it.
    const { added, ...others } = changes;
    const shown = recorded.people === undefined ? others : changes;
    return { inputs: { ...checked, _changes: shown, [`_${summary}`]: true } };
  } catch (error) {
    return refuse(`reading live profiles: ${reasonOf(error)}`);
  }
}

/** Compares what is recorded with checked inputs, without any call. */
async function diff(_id: string, olds: Props, news: Props): Promise<pulumi.dynamic.DiffResult> {
  const before = olds as unknown as RosterState;
  const now = news as unknown as RosterInputs;
  const replaces = before.region === now.region ? [] : ["region"];
  const settings = ["unmanaged", "maxRemovals", "required", "adopt", "showValues"] as const;
  const changed =
    settings.some((key) => text(before[key]) !== text(now[key])) || !samePeople(before, now);
  return { changes: replaces.length > 0 || changed || isNews(before, now), replaces };
}

/** Whether check found something that is not yet known: unmanaged profiles are reported once. */
function isNews(before: RosterState, now: RosterInputs): boolean {
  const { changes = {}, unmanaged = [] } = found.get(rosterKey(now)) ?? {};
  const { unmanaged: _names, ...others } = changes;
  if (Object.keys(others).length > 0) return true;
  if (now.unmanaged === "remove") return unmanaged.length > 0;
  const reported = new Set(before.unmanagedProfiles);
  // 0.1.0 recorded what it showed, which mostly were names.
  return unmanaged.some((arn) => !reported.has(arn) && !reported.has(nameInAccount(arn)));
}

/** Nobody is in two rosters of a region, so one of them tells rosters apart. */
function rosterKey({ region, people }: RosterInputs): string {
  return profileKey(region, Object.keys(people ?? {}).sort()[0] ?? "");
}

async function create(inputs: Props): Promise<pulumi.dynamic.CreateResult> {
  const news = inputs as unknown as RosterInputs;
  const id = `roster/${news.region}`;
  return { id, outs: await carryOut(id, { people: {} }, news, inputs) };
}

async function update(id: string, olds: Props, news: Props): Promise<pulumi.dynamic.UpdateResult> {
  const before = olds as unknown as RosterState;
  return { outs: await carryOut(id, before, news as unknown as RosterInputs, news) };
}

/** A write that failed: whose profile, and why. */
interface Failed {
  readonly write: Write;
  readonly reason: string;
}

/**
 * Makes the writes and answers the state to record. When some fail the rest are made all the same, and
 * the error carries what was done: the engine records it, and the next update goes on from there.
 */
async function carryOut(
  id: string,
  before: Partial<RosterState>,
  news: RosterInputs,
  props: Props,
): Promise<Props> {
  const { people = {}, unmanagedProfiles = [], movedOut = [] } = before;
  const { isIgnored, isUnknownElsewhere, staying = [] } = found.get(rosterKey(news)) ?? {};
  if (isIgnored) return record(props, unmanagedProfiles, movedOut);
  let plan: RosterPlan;
  let failures: Failed[];
  try {
    const profiles = await liveProfiles(news.region);
    const now = without(news.people, staying);
    plan = planRoster(people, now, profiles, planOptions(news, isUnknownElsewhere));
    failures = await makeWrites(await connection(news.region), plan.writes, news);
  } catch (error) {
    throw new Error(`updating the roster: ${reasonOf(error)}`);
  }
  const unmanaged = news.unmanaged === "remove" ? [] : plan.unmanaged;
  const moved = new Set([...movedOut, ...plan.moved].filter(planOptions(news).isDeclared));
  for (const userArn of Object.keys(news.people)) moved.delete(userArn);
  // Where nobody was looked for, those who were found before stay reported.
  const isLooked = current().drift && !isUnknownElsewhere;
  const recorded = record(props, isLooked ? unmanaged : unmanagedProfiles, [...moved]);
  if (failures.length === 0) return recorded;
  throw Object.assign(new Error(`${failures.length} of the roster's writes failed`), {
    id,
    properties: {
      ...recorded,
      people: withoutFailed(news.people, people, failures),
      __provider: props.__provider,
    },
    reasons: failures.map(({ reason }) => reason),
  });
}

async function makeWrites(
  service: Connection,
  writes: readonly Write[],
  news: RosterInputs,
): Promise<Failed[]> {
  const failures: Failed[] = [];
  const queue = writes.values();
  const worker = async () => {
    for (const write of queue) {
      try {
        await makeWrite(service, write, news);
      } catch (error) {
        const verb = { create: "creating", update: "updating", delete: "deleting" }[write.call];
        failures.push({ write, reason: failed(verb, write.userArn, error).message });
      }
    }
  };
  await Promise.all(Array.from({ length: writesAtOnce }, worker));
  return failures;
}

async function makeWrite(
  service: Connection,
  { userArn, call, values }: Write,
  news: RosterInputs,
): Promise<unknown> {
  // It may have moved to another resource since it was planned.
  if (call === "delete") return deleteUndeclared(news.region, userArn, service.delete);
  const declared = news.people[userArn];
  try {
    return await service[call](userArn, values);
  } catch (error) {
    // Somebody was faster, or an answer was lost on the way: once more, from what is there now.
    if (isFault(error, "UserProfileNotFoundException") && declared) {
      return service.create(userArn, pick(declared));
    }
    if (!isFault(error, "UserProfileAlreadyExistsException")) throw error;
    const profile = await service.describe(userArn);
    if (profile === undefined || declared === undefined) throw error;
    const { conflict, write: again } = reconcile({
      declared,
      live: profile,
      mayTakeOver: news.adopt === true || isOwn(news.region, userArn),
    });
    if (conflict) throw new Error(existsAlready(conflict));
    if (again === undefined) return profile;
    return service.update(userArn, again.values);
  }
}

/**
 * Refreshes the people from the live profiles; an empty id when not one of them is left. It answers no inputs: they
 * stay as declared, and from them the next check tells who drifted or is missing.
 */
async function read(id: string, props: Props): Promise<pulumi.dynamic.ReadResult> {
  const recorded = props as unknown as RosterState;
  let profiles: ReadonlyMap<string, LiveProfile>;
  try {
    profiles = await (await connection(recorded.region)).all();
    // From here on the state says what is live.
    found.delete(rosterKey(recorded));
  } catch (error) {
    throw failed("reading", id, error);
  }
  const people: Record<string, FieldValues> = {};
  for (const [userArn, declared] of Object.entries(recorded.people)) {
    const profile = profiles.get(userArn);
    if (profile !== undefined) people[userArn] = liveValues(declared, profile);
  }
  if (Object.keys(people).length === 0) return { id: "", props: {} };
  return { id, props: { ...state(props), people } };
}

/** Deletes every profile of the roster that the program does not declare elsewhere. */
async function remove(id: string, props: Props): Promise<void> {
  const { people, region } = props as unknown as RosterState;
  const writes = Object.keys(people).map(
    (userArn): Write => ({ userArn, call: "delete", values: {} }),
  );
  try {
    const service = await connection(region);
    const none = { people: {}, region };
    const [failure] = await makeWrites(service, writes, none);
    if (failure) throw new Error(failure.reason);
  } catch (error) {
    throw failed("deleting", id, error);
  }
}

export { check, configure, create, diff, read, remove as delete, update };

function regionRefusal(region: string, profiles: number): string {
  return (
    `a roster of another region replaces this one, which would remove all ${profiles} profiles in ${region}; ` +
    `give the new roster a name of its own, or set \`maxRemovals: ${profiles}\` for this update`
  );
}

function planOptions(
  { unmanaged = "report", adopt = false, region }: RosterInputs,
  isUnknownElsewhere = false,
) {
  return {
    unmanaged,
    adopt,
    isDeclared: (userArn: string) => isDeclared(region, userArn),
    isOwn: (userArn: string) => isOwn(region, userArn),
    isUnknownElsewhere,
  };
}

/** Every live profile of a region; undefined when drift is off. */
async function liveProfiles(region: string): Promise<ReadonlyMap<string, LiveProfile> | undefined> {
  return current().drift ? (await connection(region)).all() : undefined;
}

function without(people: People, userArns: readonly string[]): People {
  const left = new Set(userArns);
  return Object.fromEntries(Object.entries(people).filter(([userArn]) => !left.has(userArn)));
}

/** What the state records of an update. */
function record(props: Props, unmanaged: readonly string[], movedOut: readonly string[]): Props {
  return {
    ...state(props),
    ...(unmanaged.length > 0 && { unmanagedProfiles: unmanaged }),
    ...(movedOut.length > 0 && { movedOut }),
  };
}

/** What the state records: the inputs without the host's own. */
function state(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([name]) => name !== "__provider"));
}

/** What is true of the profiles now: who failed is as before, or not there. */
function withoutFailed(now: People, before: People, failures: readonly Failed[]): People {
  const people: Record<string, FieldValues> = { ...now };
  for (const { write } of failures) {
    const recorded = before[write.userArn];
    if (recorded) people[write.userArn] = recorded;
    else delete people[write.userArn];
  }
  return people;
}

function samePeople(before: RosterState, now: RosterInputs): boolean {
  const [a, b] = [before.people ?? {}, now.people ?? {}];
  const arns = Object.keys(b);
  return (
    arns.length === Object.keys(a).length &&
    arns.every((arn) => {
      const [was, is] = [a[arn], b[arn]];
      return was && is && fields.every((field) => sameValue(field, was[field], is[field]));
    })
  );
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? "";
}
