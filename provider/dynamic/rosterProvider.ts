import { type RosterPreview, rosterLifecycle } from "../lifecycle/roster";
import type { Session } from "../lifecycle/session";
import { dynamicProvider } from "./adapter";

/**
 * A preview shows what an update would do: `_changes` under `--diff`, and an input whose name is
 * the counts, since a plain preview prints nothing but names of inputs.
 */
const show = ({ summary, changes }: RosterPreview) => ({
  _changes: changes,
  [`_${summary}`]: true,
});

export const rosterProvider = (session: Session) =>
  dynamicProvider(session, rosterLifecycle(session), { name: () => "the roster", show });
