import type * as pulumi from "@pulumi/pulumi";
import { runError } from "./runError";

/**
 * The options with which `finish` gets what every transformation has made of the resource: those of
 * its parents and of the stack included, for they may add options that the engine hides from the
 * provider. (Transforms run in the engine and are not seen.)
 */
export function finishedLast<Props extends object>(
  opts: pulumi.CustomResourceOptions | undefined,
  finish: (props: Props, opts: pulumi.CustomResourceOptions) => { props: object; opts: object },
): pulumi.CustomResourceOptions {
  let enlisted = false;
  const enlist: pulumi.ResourceTransformation = ({ resource }) => {
    // A child of the resource inherits this one.
    if (enlisted) return undefined;
    enlisted = true;
    // The SDK walks this list, and comes to what is added to it meanwhile.
    const { __transformations: all } = resource as unknown as {
      __transformations: pulumi.ResourceTransformation[];
    };
    all.push((args) =>
      args.resource === resource ? finish(args.props as Props, args.opts) : undefined,
    );
    return undefined;
  };
  return { ...opts, transformations: [...(opts?.transformations ?? []), enlist] };
}

/** @throws pulumi.RunError for options that dynamic resources do not have. */
export function refuseOptions(of: string, opts: pulumi.CustomResourceOptions): void {
  if (opts.import === undefined) return;
  throw runError(
    `${of}: Pulumi cannot import dynamic resources; take the option \`import\` out and declare the resource with ` +
      "`adopt: true`, which takes over what exists",
  );
}

/** @throws pulumi.RunError for a provider that lacks settings of the stack. */
export function refuseLacked(of: string, lacked: readonly string[]): void {
  if (lacked.length === 0) return;
  throw runError(
    `${of}: its provider gets its own arguments as settings and none of the stack's, and lacks ${lacked.join(" and ")}; ` +
      'give it the settings: new pulumi.ProviderResource("pulumi-nodejs", NAME, ' +
      `{ ${lacked.map((key) => `"${key}": …`).join(", ")} })`,
  );
}

/**
 * The options with `names` in place of a `"*"` of `ignoreChanges`, for which the engine would put
 * every recorded input in place of the program's, what the provider is told included.
 */
export function withoutWildcard(
  opts: pulumi.CustomResourceOptions,
  names: readonly string[],
): pulumi.CustomResourceOptions {
  const { ignoreChanges } = opts;
  if (!ignoreChanges?.includes("*")) return opts;
  const others = ignoreChanges.filter((name) => name !== "*");
  return { ...opts, ignoreChanges: [...new Set([...others, ...names])] };
}

/**
 * What `hideDiffs` names, for the provider, which gets all values and shows drift.
 * Undefined when it names nothing.
 */
export function hiddenMark({ hideDiffs }: pulumi.CustomResourceOptions): { __hidden?: string[] } {
  return hideDiffs?.length ? { __hidden: hideDiffs } : {};
}
