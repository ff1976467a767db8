import { factOf } from "../../client/facts";
import { type Surface, sentence } from "../../client/sentences";
import type { Settings } from "../../client/settings";

/**
 * When it failed. In a `preview` the state alone would do. A `refresh` or `destroy` has run no
 * program: the engine gave it the settings of the last update, whatever they are today.
 */
export type Situation = "preview" | "without program" | "other";

/** What hosts the provider. */
export type Form = "dynamic" | "native";

const fromState = ", or preview from state alone with `pulumi config set codestar:drift off`";

const withoutProgram: Readonly<Record<Form, string>> = {
  dynamic:
    "; refresh and destroy use the settings of the last update: if codestar:endpoint has changed since, " +
    "run `pulumi up` without --refresh first, or add --run-program",
  // The engine refreshes before each update, too.
  native:
    "; a refresh uses the settings of the last update: if codestar:endpoint has changed since, " +
    "run `pulumi up --refresh --run-program`; to go by the state alone, set CODESTAR_DRIFT=off in the environment",
};

function adviceOf(situation: Situation, form: Form): string {
  if (situation === "other") return "";
  return situation === "preview" ? fromState : withoutProgram[form];
}

export const surface = (situation: Situation, form: Form): Surface => ({
  endpoint: "codestar:endpoint",
  profile: "aws:profile",
  useBundled:
    "set codestar:endpoint to the bundled service, for example `pulumi config set codestar:endpoint file:profiles.db`",
  giveRegion: "give the resource a `region`, or run `pulumi config set codestar:region us-east-1`",
  advice: adviceOf(situation, form),
  meanwhile: situation === "preview" ? fromState : "",
});

/** One sentence, as users of Pulumi are told. */
export function explain(
  error: unknown,
  settings: Settings,
  situation: Situation = "other",
  form: Form = "dynamic",
): string {
  return sentence(factOf(error, settings), settings, surface(situation, form));
}
