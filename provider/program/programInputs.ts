import * as pulumi from "@pulumi/pulumi";
import type { CheckFailure } from "../../profile/check";
import { type Field, fields } from "../../profile/fields";
import { runError } from "./runError";

/** @throws pulumi.RunError when there are failures, with all of them. */
export function refuseFailures(of: string, failures: readonly CheckFailure[]): void {
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw runError(`${of}: ${first.reason}`);
  const list = failures.map(({ reason }) => `\n- ${reason}`).join("");
  throw runError(`${of} has ${failures.length} problems:${list}`);
}

/**
 * `ignoreChanges` hides a field's declared value from the provider, which would then take the live
 * value for drift: what it names is folded into `ignoreDrift`. Undefined when nothing is ignored.
 */
export function foldIgnoreChanges(
  ignoreDrift: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined,
  ignoreChanges: readonly string[] | undefined,
): pulumi.Input<string[] | undefined> {
  const hidden = fields.filter((f) => ignoreChanges?.includes(f));
  if (hidden.length === 0) return ignoreDrift as pulumi.Input<string[] | undefined>;
  return pulumi.output(ignoreDrift).apply((named: unknown) => {
    // What is no list is for the provider to refuse.
    if (named !== undefined && !Array.isArray(named)) return named as unknown as string[];
    return [...new Set([...((named as string[] | undefined) ?? []), ...hidden])].sort();
  });
}

/**
 * The fields whose values the program marked secret; undefined when there are none. The provider
 * gets the values in clear and must know which of them may not appear in `_drift`.
 */
export function secretFields(
  args: { [F in Field]?: pulumi.Input<string | undefined> },
  additionalSecretOutputs: readonly string[] | undefined,
): Promise<Field[] | undefined> | undefined {
  const mayBeSecret = fields.filter(
    (field) => pulumi.Output.isInstance(args[field]) || additionalSecretOutputs?.includes(field),
  );
  if (mayBeSecret.length === 0) return undefined;
  return Promise.all(
    mayBeSecret.map(async (field) => {
      if (additionalSecretOutputs?.includes(field)) return [field];
      return (await pulumi.isSecret(args[field] as pulumi.Output<unknown>)) ? [field] : [];
    }),
  ).then((secret) => (secret.flat().length > 0 ? secret.flat() : undefined));
}

/**
 * Tells the provider, which cannot know otherwise, that this is a preview. Only then does check add
 * what it found to the inputs: those of an update are kept in the state, where `_drift` would stay
 * in clear and be printed as a difference by the preview after it.
 */
export function previewMark(): { __isPreview?: true } {
  return pulumi.runtime.isDryRun() ? { __isPreview: true } : {};
}
