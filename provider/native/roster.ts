import { isDeepStrictEqual } from "node:util";
import { projectFolder } from "../../client/projectFolder";
import { checkArguments } from "../../profile/check";
import { CodeStarError } from "../../profile/codeStarError";
import { type FieldDrift, pick } from "../../profile/fields";
import { isUnknown } from "../../profile/unknown";
import { loadForProgram, refusalOf } from "../../roster/forProgram";
import { PartlyDone } from "../lifecycle/lifecycle";
import {
  type RosterInputs,
  type RosterPreview,
  type RosterState,
  rosterLifecycle,
} from "../lifecycle/roster";
import type { Session } from "../lifecycle/session";
import type { Claims } from "./claims";
import { type NativeResource, Partly, type Tell, type Values } from "./server";
import { phrased, secret, unmarked } from "./values";

/**
 * A roster for the engine's plugin protocol. Check reads the files. A refresh leaves it as it is
 * recorded, since the engine would call drift a change: what differs is told in a line.
 */
export function nativeRoster(session: Session, claims: Claims, tell: Tell): NativeResource {
  const lifecycle = rosterLifecycle(session);

  async function carryOut<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PartlyDone)) throw session.failure("updating the roster", error);
      throw new Partly(error.message, error.id, outputs(error.state), error.reasons);
    }
  }

  return {
    async check(urn, olds, news) {
      session.noteProgram(false);
      const before = unmarked(olds) as Partial<RosterInputs>;
      const { isIgnored, given } = withoutRecorded(unmarked(news), before);
      const refused = checkArguments("CodeStarRoster", given).map(({ reason }) => reason);
      if (refused.length > 0) return { refused };
      const { files, ...settings } = given;
      if (hasUnknown(files)) return { inputs: given };
      try {
        const loaded = loadForProgram(files as string | string[], {
          allowWeakKeys: session.settings().allowWeakKeys,
          folder: projectFolder(process.cwd(), process.env.PULUMI_PROJECT),
          ownRegion: settings.region !== undefined,
        });
        const problems = refusalOf(loaded);
        if (problems) return { refused: [problems] };
        const { people, region = await session.defaultRegion(), required } = loaded.roster;
        const inputs = {
          region,
          ...settings,
          people: isIgnored
            ? before.people!
            : Object.fromEntries(people.map((person) => [person.userArn, pick(person)])),
          ...(required.length > 0 && { required: [...required] }),
        };
        const where = String(inputs.region);
        const refusal = claims.claim(urn, where, Object.keys(inputs.people));
        if (refusal) return { refused: [refusal] };
        const context = { isPreview: false, knowledge: { own: claims.others(urn), isIgnored } };
        const checked = await lifecycle.check(before, inputs, context);
        if ("refused" in checked) return checked;
        if (checked.shown) await tell(urn, lines(checked.shown));
        return { inputs: { ...checked.inputs, files, people: secret(checked.inputs.people) } };
      } catch (error) {
        return { refused: [session.sentenceOf(error)] };
      }
    },

    diff(olds, news) {
      const { changed, differing, replaces } = lifecycle.diff(rosterOf(olds), rosterOf(news));
      // Drift shows in no two values: it is a line of check's.
      const names = changed && differing.length === 0 ? ["people"] : differing;
      const properties = Object.fromEntries(names.map((name) => [name, "update" as const]));
      return { changed, properties, replaces };
    },

    create: (news) =>
      carryOut(async () => {
        const { id, state } = await lifecycle.create(rosterOf(news));
        return { id, state: outputs(state) };
      }),

    /**
     * The engine refreshes a roster for what the state says of it, and gets that back: drift is
     * told by check, which compares with what is live at every preview and update.
     */
    async read(urn, _id, recorded, inputs) {
      if (recorded === undefined) {
        throw new CodeStarError(
          "reading the roster: a roster cannot be imported; declare it with `adopt: true`",
        );
      }
      const { region, people, movedOut = [] } = rosterOf(recorded);
      claims.note(urn, region, [...Object.keys(people), ...movedOut]);
      return { state: outputs(rosterOf(recorded)), inputs };
    },

    update: (id, olds, news) =>
      carryOut(async () => {
        const [before, now] = [rosterOf(olds), rosterOf(news)];
        if (mayDelete(before, now)) await claims.settled();
        return outputs(await lifecycle.update(id, before, now));
      }),

    delete: (id, recorded) =>
      phrased(session, "deleting the roster", () => lifecycle.delete(id, rosterOf(recorded))),

    refreshes: () => true,
  };
}

/** `ignoreChanges` puts the recorded people in, as if the program gave them. */
function withoutRecorded(news: Values, before: Partial<RosterInputs>) {
  const { people, required, ...others } = news;
  const isIgnored = people !== undefined && isDeepStrictEqual(people, before.people);
  const isRecorded = required !== undefined && isDeepStrictEqual(required, before.required);
  const given: Values = {
    ...others,
    ...(people !== undefined && !isIgnored && { people }),
    ...(required !== undefined && !isRecorded && { required }),
  };
  return { isIgnored, given };
}

function mayDelete(before: RosterState, now: RosterState): boolean {
  const isLeft = Object.keys(before.people).some((userArn) => !Object.hasOwn(now.people, userArn));
  return isLeft || now.unmanaged === "remove";
}

function rosterOf(values: Values): RosterState {
  return unmarked(values) as unknown as RosterState;
}

function outputs({ people, ...state }: RosterState): Values {
  return { ...state, people: secret(people) };
}

function hasUnknown(files: unknown): boolean {
  return isUnknown(files) || (Array.isArray(files) && files.some(isUnknown));
}

/**
 * The counts, and below them a line for each list: names and fields, with values where
 * the program asks for them.
 */
function lines({ summary, changes }: RosterPreview): string {
  const lists = Object.entries(changes).map(([list, people]) => {
    const names = Array.isArray(people)
      ? people
      : Object.entries<Described>(people).map(([name, what]) => `${name} (${described(what)})`);
    return `${list}: ${names.join(", ")}`;
  });
  return [summary, ...lists].join("\n");
}

type Described = string | Readonly<Record<string, FieldDrift>>;

function described(what: Described): string {
  if (typeof what === "string") return what;
  return Object.entries(what)
    .map(([field, drift]) =>
      typeof drift === "string"
        ? `${field}: ${drift}`
        : `${field}: ${JSON.stringify(drift.live)} => ${JSON.stringify(drift.declared)}`,
    )
    .join(", ");
}
