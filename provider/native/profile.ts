import { fields, type ProfileInputs, type ProfileState } from "../../profile/fields";
import { isUnknown } from "../../profile/unknown";
import { profileLifecycle, profileName } from "../lifecycle/profile";
import type { Session } from "../lifecycle/session";
import type { Claims } from "./claims";
import type { NativeResource, Tell } from "./server";
import { phrased, unmarked } from "./values";

/**
 * A single profile for the engine's plugin protocol. The engine refreshes it before each
 * preview and update, so drift is a difference between what is recorded, which is live by
 * then, and what is declared.
 */
export function nativeProfile(session: Session, claims: Claims, tell: Tell): NativeResource {
  const lifecycle = profileLifecycle(session);
  let isTold = false;
  return {
    async check(urn, olds, news) {
      session.noteProgram(false);
      const before = unmarked(olds) as Partial<ProfileInputs>;
      const given = unmarked(news);
      const checked = await lifecycle
        .check(before, given, {
          isPreview: false,
          knowledge: { own: claims.others(urn).filter((key) => key.endsWith(` ${given.userArn}`)) },
        })
        .catch((error: unknown) => ({ refused: [session.sentenceOf(error)] }));
      if ("refused" in checked) return checked;
      const { userArn, region } = checked.inputs as unknown as ProfileInputs;
      if (isUnknown(userArn) || isUnknown(region)) return checked;
      const refusal = claims.claim(urn, region, [userArn]);
      return refusal ? { refused: [refusal] } : checked;
    },

    diff(olds, news) {
      const before = unmarked(olds) as unknown as ProfileState;
      const now = unmarked(news) as unknown as ProfileInputs;
      const { changed, replaces, differing } = lifecycle.diff(before, now);
      return {
        changed,
        replaces,
        properties: Object.fromEntries(
          differing.map((name) => [
            name,
            !(name in before) ? "add" : name in now ? "update" : "delete",
          ]),
        ),
      };
    },

    create: (news) =>
      phrased(session, `creating ${profileName(String(news.userArn))}`, async () => {
        const { id, state } = await lifecycle.create(unmarked(news) as unknown as ProfileInputs);
        return { id, state: { ...state } };
      }),

    read: (urn, id, recorded) =>
      phrased(session, `reading ${profileName(id)}`, async () => {
        const known = recorded ? (unmarked(recorded) as unknown as ProfileState) : await blank(id);
        if (recorded) claims.note(urn, known.region, [id]);
        const isAsked = recorded === undefined || (await mayRefresh(urn));
        const state = isAsked ? await lifecycle.read(id, known) : known;
        if (state === undefined) return undefined;
        const shown = recorded ? state : withoutBlanks(state);
        const { createdTimestamp: _c, lastModifiedTimestamp: _m, ...inputs } = shown;
        return { state: { ...shown }, inputs };
      }),

    update: (id, olds, news) =>
      phrased(session, `updating ${profileName(id)}`, async () => ({
        ...(await lifecycle.update(
          id,
          unmarked(olds) as unknown as ProfileState,
          unmarked(news) as unknown as ProfileInputs,
        )),
      })),

    delete: (id, recorded) =>
      phrased(session, `deleting ${profileName(id)}`, () =>
        lifecycle.delete(id, unmarked(recorded) as unknown as ProfileState),
      ),

    refreshes: () => true,
  };

  /**
   * Whether the engine's refresh before an update reads. It may still have the settings of the
   * last update, whose store is gone: that is not taken for profiles that are gone. The check
   * after it has today's settings.
   */
  async function mayRefresh(urn: string): Promise<boolean> {
    if (!session.settings().drift) return false;
    if (!session.lacksStore()) return true;
    if (!isTold)
      await tell(urn, "the store of the last update is not there, so nothing is refreshed");
    isTold = true;
    return false;
  }

  /** What an import starts from: every field is followed. */
  async function blank(userArn: string): Promise<ProfileState> {
    const region = await session.defaultRegion();
    return { userArn, region, ...Object.fromEntries(fields.map((field) => [field, ""])) };
  }
}

function withoutBlanks(state: ProfileState): ProfileState {
  const given = Object.entries(state).filter(([, value]) => value !== "");
  return Object.fromEntries(given) as unknown as ProfileState;
}
