import * as pulumi from "@pulumi/pulumi";
import { type Field, fields } from "./profile";

/**
 * `ignoreChanges` hides a field's declared value from the provider, which would then take the live value
 * for drift: what it names is folded into `ignoreDrift`. Undefined when nothing is ignored.
 */
export function foldIgnoreChanges(
  ignoreDrift: pulumi.Input<pulumi.Input<string>[] | undefined> | undefined,
  ignoreChanges: readonly string[] | undefined,
): pulumi.Input<string[] | undefined> {
  const hidden = fields.filter((f) => ignoreChanges?.includes(f) || ignoreChanges?.includes("*"));
  if (hidden.length === 0) return ignoreDrift as pulumi.Input<string[] | undefined>;
  return pulumi
    .output(ignoreDrift)
    .apply((named) => [...new Set([...((named as string[] | undefined) ?? []), ...hidden])].sort());
}

/**
 * The fields whose values the program marked secret; undefined when there are none. The provider gets the
 * values in clear and must know which of them may not appear in `drift`.
 */
export async function secretFields(
  args: { [F in Field]?: pulumi.Input<string | undefined> },
  additionalSecretOutputs: readonly string[] | undefined,
): Promise<Field[] | undefined> {
  const secret: Field[] = [];
  for (const field of fields) {
    const value = args[field];
    const marked = pulumi.Output.isInstance(value) && (await pulumi.isSecret(value));
    if (marked || additionalSecretOutputs?.includes(field)) secret.push(field);
  }
  return secret.length > 0 ? secret : undefined;
}
