import { factOf } from "../../client/facts";
import { type Surface, sentence } from "../../client/sentences";
import type { Settings } from "../../client/settings";

/**
 * When it failed. In a `preview` the state alone would do. A `refresh` or `destroy` has run no program: the engine
 * gave it the settings of the last update, whatever they are today.
 */
export type Situation = "preview" | "without program" | "other";

const fromState = ", or preview from state alone with `pulumi config set codestar:drift off`";

const advice: Readonly<Record<Situation, string>> = {
  preview: fromState,
  "without program":
    "; refresh and destroy use the settings of the last update: if codestar:endpoint has changed since, " +
    "run `pulumi up` without --refresh first, or add --run-program",
  other: "",
};

const surface = (situation: Situation): Surface => ({
  endpoint: "codestar:endpoint",
  profile: "aws:profile",
  useBundled:
    "set codestar:endpoint to the bundled service, for example `pulumi config set codestar:endpoint file:profiles.db`",
  giveRegion: "give the resource a `region`, or run `pulumi config set codestar:region us-east-1`",
  advice: advice[situation],
  meanwhile: situation === "preview" ? fromState : "",
});

/** One sentence, as users of Pulumi are told. */
export function explain(
  error: unknown,
  settings: Settings,
  situation: Situation = "other",
): string {
  return sentence(factOf(error, settings), settings, surface(situation));
}
