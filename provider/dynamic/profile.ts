import type * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../../client/connection";
import { Failure, isFault } from "../../client/errors";
import { checkInputs } from "../../profile/check";
import {
  fields,
  type LiveProfile,
  liveValues,
  neededFields,
  type ProfileInputs,
  type ProfileState,
  pick,
  sameValue,
} from "../../profile/fields";
import { reconcile } from "../../profile/reconcile";
import { isUnknown } from "../../profile/unknown";
import { declare, deleteUndeclared, isOwn, noteOwn, profileKey } from "./declared";
import { existsAlready } from "./existsAlready";
import { readKnowledge } from "./knowledge";
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
 * The dynamic provider. The module itself is the provider: state holds the line
 * `exports.handler = () => require("pulumi-codestar/provider")`, and the engine's host calls the functions
 * exported here. It is loaded once per process, one for a preview and another for the update that follows,
 * so what stands at module level belongs to one operation of the engine.
 */

/** Profiles in which this process's check found drift. */
const drifted = new Set<string>();

/**
 * Checks the inputs, fills in the region, and compares them with the live profile. In a preview `_drift` is
 * added to the inputs, for it is the differences of inputs that preview shows. No remote call is made for
 * inputs that are invalid or not yet known.
 */
async function check(olds: Props, news: Props): Promise<pulumi.dynamic.CheckResult> {
  if (settingProblem()) return refuse(settingProblem()!);
  const { _drift, __isPreview, __hidden, __program, ...inputs } = withoutNulls(news);
  const isPreview = __isPreview === true;
  noteProgram(isPreview);
  const own = readKnowledge(__program)?.own ?? [];
  noteOwn(own);
  const before = olds as Partial<ProfileInputs>;
  const failures = checkInputs(inputs, {
    ...current(),
    exists:
      before.userArn !== undefined ||
      own.length > 0 ||
      inputs.adopt === true ||
      isUnknown(inputs.adopt),
  });
  const reasons = failures.map(({ reason }) => reason);
  // What is only missing is not needed when the profile turns out to be there.
  const isWrong =
    reasons.length > 0 && checkInputs(inputs, { ...current(), exists: true }).length > 0;
  if (isWrong) return refuse(...reasons);
  if (inputs.region === undefined) {
    try {
      inputs.region = current().region ?? (await connection(undefined)).region;
    } catch (error) {
      return refuse(reasonOf(error));
    }
  }
  const checked = inputs as unknown as ProfileInputs;
  if (isUnknown(checked.userArn) || isUnknown(checked.region)) {
    return reasons.length > 0 ? refuse(...reasons) : { inputs };
  }
  try {
    await declare(checked.region, [checked.userArn], isPreview);
  } catch (error) {
    return refuse(reasonOf(error));
  }

  const exists = before.userArn === checked.userArn && before.region === checked.region;
  const live = current().drift ? await lookUp(checked) : "not read";
  if (live instanceof Failure) return refuse(live.message);
  if (!exists) {
    const isSeen = live !== undefined && live !== "not read";
    if (!isSeen && reasons.length > 0) return refuse(...reasons);
    const reason = conflict(checked, live);
    return reason ? refuse(reason) : { inputs };
  }
  if (live === "not read") return { inputs };
  const hidden = (__hidden as string[] | undefined) ?? [];
  const { drift } = reconcile({
    recorded: before,
    declared: checked,
    live,
    hidden,
    mayTakeOver: false,
  });
  if (drift === undefined) return { inputs };
  if (live === undefined) {
    const reason = missingForCreate(checked);
    if (reason) return refuse(reason);
  }
  drifted.add(profileKey(checked.region, checked.userArn));
  return { inputs: isPreview ? { ...inputs, _drift: drift } : inputs };
}

/**
 * Compares the recorded state with checked inputs, without any call: this process's check has seen the live
 * profile. In a refresh the engine calls this with the roles swapped, live values first.
 */
async function diff(_id: string, olds: Props, news: Props): Promise<pulumi.dynamic.DiffResult> {
  const before = olds as unknown as ProfileState;
  const now = news as unknown as ProfileInputs;
  const replaces = (["userArn", "region"] as const).filter((key) => before[key] !== now[key]);
  const changed =
    fields.some((field) => !sameValue(field, before[field], now[field])) ||
    (["adopt", "ignoreDrift", "secretFields"] as const).some(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
    );
  const drift = drifted.has(profileKey(now.region, now.userArn));
  return { changes: replaces.length > 0 || changed || drift, replaces };
}

/**
 * Creates the profile. One that exists already is taken as ours when every declared field is equal, which
 * is what a lost response leaves behind, and taken over when `adopt` says so.
 */
async function create(inputs: Props): Promise<pulumi.dynamic.CreateResult> {
  const news = inputs as unknown as ProfileInputs;
  const { userArn } = news;
  try {
    const service = await connection(news.region);
    const live = await createOrTakeOver(service, news);
    return { id: userArn, outs: state(news, live) };
  } catch (error) {
    throw failed("creating", userArn, error);
  }
}

async function createOrTakeOver(service: Connection, news: ProfileInputs): Promise<LiveProfile> {
  const expected = mayTakeOver(news);
  // One without a name or an address cannot be created, but may be there.
  const isLooked = expected || missingForCreate(news) !== undefined;
  const live = isLooked ? await service.describe(news.userArn) : undefined;
  return live ? takeOver(service, news, live, expected) : createNew(service, news, expected);
}

async function createNew(
  service: Connection,
  news: ProfileInputs,
  mayUpdate: boolean,
): Promise<LiveProfile> {
  const missing = missingForCreate(news);
  if (missing) throw new Error(missing);
  try {
    return await service.create(news.userArn, pick(news));
  } catch (error) {
    if (!isFault(error, "UserProfileAlreadyExistsException")) throw error;
    const live = await service.describe(news.userArn);
    if (live === undefined) throw error;
    return takeOver(service, news, live, mayUpdate);
  }
}

async function takeOver(
  service: Connection,
  news: ProfileInputs,
  live: LiveProfile,
  mayUpdate: boolean,
): Promise<LiveProfile> {
  const { conflict, write } = reconcile({ declared: news, live, mayTakeOver: mayUpdate });
  if (conflict) throw new Error(existsAlready(conflict));
  if (write) return service.update(news.userArn, write.values);
  service.directory.record(live);
  return live;
}

/**
 * Reads the live profile for a refresh; an empty id drops the resource from the state, and is answered
 * only for a profile that is confirmed missing. Fields that are not managed or whose drift is ignored stay
 * as they are recorded. The times are those of the last write by this program unless the read carried
 * some: the list that serves many profiles at once has none.
 */
async function read(id: string, props: Props): Promise<pulumi.dynamic.ReadResult> {
  const recorded = props as unknown as ProfileState;
  const known = { ...props };
  delete known.__provider;
  try {
    const service = await connection(recorded.region);
    const live = await service.directory.find(id);
    // From here on the state says what is live.
    drifted.delete(profileKey(service.region, id));
    if (live === undefined) return { id: "", props: {} };
    const followed = pick(recorded, (field) => !recorded.ignoreDrift?.includes(field));
    const refreshed = { ...known, ...liveValues(followed, live) };
    const inputs: Props = { ...refreshed };
    delete inputs.createdTimestamp;
    delete inputs.lastModifiedTimestamp;
    return { id, props: { ...refreshed, ...times(live) }, inputs };
  } catch (error) {
    throw failed("reading", id, error);
  }
}

/**
 * Sends only the fields whose live value differs from what is declared. A key that was declared and now is
 * not is revoked; a profile that disappeared is created again.
 */
async function update(id: string, olds: Props, news: Props): Promise<pulumi.dynamic.UpdateResult> {
  const before = olds as unknown as ProfileState;
  const now = news as unknown as ProfileInputs;
  try {
    const service = await connection(now.region);
    // With drift off the state alone says what to send.
    const live = current().drift
      ? await service.directory.find(id)
      : ({ sshPublicKey: "", ...before } as LiveProfile);
    const written = live && (await bringUpToDate(service, before, now, live));
    // Gone, yet ours: one that somebody, or an attempt whose answer was lost, created since is brought up to date.
    return { outs: state(now, written ?? (await createNew(service, now, true))) };
  } catch (error) {
    throw failed("updating", id, error);
  }
}

/** Answers undefined when the profile is gone. */
async function bringUpToDate(
  service: Connection,
  before: ProfileState,
  now: ProfileInputs,
  live: LiveProfile,
): Promise<LiveProfile | undefined> {
  const { write } = reconcile({ recorded: before, declared: now, live, mayTakeOver: false });
  if (write === undefined) {
    const { createdTimestamp, lastModifiedTimestamp } = before;
    return {
      ...live,
      ...(createdTimestamp && { createdTimestamp }),
      ...(lastModifiedTimestamp && { lastModifiedTimestamp }),
      ...times(live),
    };
  }
  try {
    return await service.update(now.userArn, write.values);
  } catch (error) {
    if (isFault(error, "UserProfileNotFoundException")) return undefined;
    throw error;
  }
}

/** Deletes the profile unless the program declares it elsewhere; one that is gone already is done. */
async function remove(id: string, props: Props): Promise<void> {
  const { region } = props as unknown as ProfileState;
  try {
    const service = await connection(region);
    await deleteUndeclared(region, id, service.delete);
  } catch (error) {
    throw failed("deleting", id, error);
  }
}

export { check, configure, create, diff, read, remove as delete, update };

/** The live profile through the directory, or the failure to say so. */
async function lookUp({
  userArn,
  region,
}: ProfileInputs): Promise<LiveProfile | undefined | Failure> {
  try {
    return await (await connection(region)).directory.find(userArn);
  } catch (error) {
    return failed("reading", userArn, error);
  }
}

/** Whether a profile that exists already may be updated to what is declared. */
function mayTakeOver({ adopt, region, userArn }: ProfileInputs): boolean {
  return adopt === true || isUnknown(adopt) || isOwn(region, userArn);
}

function conflict(
  news: ProfileInputs,
  live: LiveProfile | undefined | "not read",
): string | undefined {
  const expected = mayTakeOver(news);
  if (live === undefined) return missingForCreate(news);
  if (live === "not read") return undefined;
  const { conflict: differing } = reconcile({ declared: news, live, mayTakeOver: expected });
  if (differing === undefined) return undefined;
  return `creating CodeStar user profile ${news.userArn}: ${existsAlready(differing)}`;
}

/** The API asks for a name and an address when it creates a profile, and only then. */
function missingForCreate(news: ProfileInputs): string | undefined {
  const missing = neededFields.filter((field) => news[field] === undefined);
  if (missing.length === 0) return undefined;
  return (
    `${missing.join(" and ")} must be declared, since CodeStar user profile ${news.userArn} ` +
    "does not exist and is to be created"
  );
}

/** What the state records: the inputs without drift, and the times of the live profile. */
function state(news: ProfileInputs, live: LiveProfile): Props {
  const {
    _drift,
    __provider: _provider,
    ...declared
  } = news as ProfileInputs & {
    __provider?: string;
  };
  return { ...declared, ...times(live) };
}

function times(live: LiveProfile): Pick<LiveProfile, "createdTimestamp" | "lastModifiedTimestamp"> {
  const { createdTimestamp, lastModifiedTimestamp } = live;
  return {
    ...(createdTimestamp && { createdTimestamp }),
    ...(lastModifiedTimestamp && { lastModifiedTimestamp }),
  };
}
